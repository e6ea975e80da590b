//! Artifacts.

use grantry_model::artifact::{Artifact, Upkeep, Upstream};
use grantry_model::id::ArtifactId;
use grantry_store::artifact::{NAME_UNIQUE, UpstreamCredentials};
use grantry_store::db::params;
use grantry_store::error::Error;
use grantry_store::seal::MasterKey;
use grantry_store::store::Store;
use grantry_testdb::both_engines;
use zeroize::Zeroizing;

use crate::sample::{NOW, expect_conflict, id, permit, writing};

fn artifact(number: u128, name: &str) -> Artifact {
    let upstream = Upstream {
        url: "ghcr.io/acme/ship".to_owned(),
        username: None,
        synced_at: None,
        sync_error: None,
        upkeep: Upkeep::default(),
    };
    Artifact {
        id: id::<ArtifactId>(number),
        name: name.parse().unwrap(),
        created_at: NOW,
        pushed_at: None,
        upstream: Some(upstream),
        image: None,
    }
}

both_engines! {
    async fn a_name_is_taken_once_in_an_organization(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_artifact(&permit(1), &artifact(70, "ship")).await.unwrap();
        tx.insert_artifact(&permit(2), &artifact(71, "ship")).await.unwrap();
        expect_conflict(tx.insert_artifact(&permit(1), &artifact(72, "ship")).await, NAME_UNIQUE);
    }

    async fn a_password_is_sealed_and_another_organizations_is_not_found(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_artifact(&permit(1), &artifact(70, "ship")).await.unwrap();
        let password = Zeroizing::new("hunter2!".to_owned());
        let given = UpstreamCredentials { username: "robot".to_owned(), password };
        tx.update_upstream(&permit(2), id(70), "ghcr.io/evil", Some(&given)).await.unwrap();
        let unchanged = tx.find_artifact(&permit(1), id(70)).await.unwrap().unwrap().upstream.unwrap();
        assert_eq!((unchanged.url.as_str(), unchanged.username), ("ghcr.io/acme/ship", None));
        tx.update_upstream(&permit(1), id(70), "ghcr.io/acme/ship", Some(&given)).await.unwrap();
        let found = tx.find_upstream_credentials(&permit(1), id(70)).await.unwrap().unwrap();
        assert_eq!((found.username.as_str(), found.password.as_str()), ("robot", "hunter2!"));
        assert!(tx.find_upstream_credentials(&permit(2), id(70)).await.unwrap().is_none());
        tx.commit().await.unwrap();

        let sql = "select upstream_password from artifact";
        let row = db.database.read().await.unwrap().query_opt(sql, params![]).await.unwrap().unwrap();
        let kept = row.get::<Vec<u8>>(0).unwrap();
        assert!(!kept.windows(7).any(|part| part == b"hunter2"), "the database does not hold it as it is");
        let stranger = Store::new(db.database.clone(), MasterKey::from_bytes([99; 32]));
        let mut tx = stranger.write().await.unwrap();
        let refused = tx.find_upstream_credentials(&permit(1), id(70)).await;
        assert!(matches!(refused, Err(Error::Sealed)), "{refused:?}");
        tx.update_upstream(&permit(1), id(70), "ghcr.io/acme/ship", None).await.unwrap();
        assert!(tx.find_upstream_credentials(&permit(1), id(70)).await.unwrap().is_none());
    }
}
