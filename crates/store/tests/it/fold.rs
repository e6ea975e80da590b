//! `fold`, by which searches ignore case, is the same on both engines as in the model.

use grantry_model::name::fold;
use grantry_store::db::params;
use grantry_testdb::both_engines;

both_engines! {
    async fn texts_are_folded_as_the_model_folds_names(db: TestDatabase) {
        let mut tx = db.database.read().await.unwrap();
        for text in ["", "ABC xyz 09_%\\", "ÄÖÜ ẞß", "ŽIŽKOV", "ÇELİK ı", "ДОМ", "ΟΔΥΣΣΕΥΣ ΣΑΣ", "日本", "Ⅷ Ａ", "𝔘 𐐀"] {
            let row = tx.query_opt("select fold(cast($1 as text))", params![text]).await.unwrap().unwrap();
            assert_eq!(row.get::<String>(0).unwrap(), fold(text), "{text}");
        }
    }
}
