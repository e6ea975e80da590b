//! What is shown once is on that one page, and a page is for its reader only.

use grantry_model::role::Role;
use grantry_store::db::{Database, params};
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use grantry_ui::route as at;

use super::browser::{SESSION, expect_page};
use super::place::{PAGES, Place, Whose};

/// The secret of this kind that a page shows.
fn shown(page: &Reply, prefix: &str) -> String {
    let text = page.text();
    let start = text.find(prefix).unwrap_or_else(|| panic!("no {prefix} in {page}"));
    text[start..start + prefix.len() + 43].to_owned()
}

async fn password_hash(database: &Database) -> String {
    let mut tx = database.read().await.unwrap();
    let sql = "select password_hash from user_account where password_hash is not null limit 1";
    tx.query_opt(sql, params![]).await.unwrap().unwrap().get(0).unwrap()
}

/// Pages, which images are none of.
fn pages() -> impl Iterator<Item = &'static str> {
    PAGES.into_iter().filter(|path| *path != at::ShowFile::PATH)
}

both_engines! {
    async fn a_secret_stands_on_no_other_page(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut browser = place.browser(&place.mara);
        let made = browser.fill("/tokens/new", "/tokens/new", &[("label", "Release pipeline")]).await;
        expect_page(&made, 200);
        let invitation = [("email", "pia@example.com"), ("userRole", "read_only")];
        let invited = browser.fill("/users/new", "/users/new", &invitation).await;
        expect_page(&invited, 200);
        let secrets = [
            shown(&made, "grantry_pat_"),
            shown(&invited, "grantry_lnk_"),
            browser.cookie(SESSION).to_owned(),
            password_hash(&place.hub.database).await,
        ];
        assert!(!made.text().contains(&secrets[1]) && !invited.text().contains(&secrets[0]));
        assert!(browser.get("/tokens").await.text().contains("Release pipeline"));
        for path in pages() {
            let page = browser.get(&place.address(path, Whose::Staff).await).await;
            for secret in &secrets {
                assert!(!page.text().contains(secret), "{path}: {page}");
            }
        }
    }

    async fn every_page_is_for_its_reader_only(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let customer = place.hub.add_member(&place.hub.acme, Some(&place.initech), Role::Admin).await;
        for mut browser in [place.browser(&place.mara), place.browser(&customer)] {
            for path in pages() {
                let page = browser.get(&place.address(path, Whose::Customer).await).await;
                assert_eq!(page.header("cache-control"), "no-store", "{path}: {page}");
                if page.status == 200 && [at::TokenFile::PATH, at::PullsFile::PATH, at::ApplicationVersionFile::PATH].contains(&path) {
                    assert!(page.header("content-disposition").starts_with("attachment"), "{page}");
                } else if page.status != 303 {
                    expect_page(&page, page.status.as_u16());
                }
                for (name, value) in [
                    ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin"),
                ] {
                    assert_eq!(page.header(name), value, "{path}: {page}");
                }
            }
        }
    }

    async fn a_customers_pages_name_no_other_customer(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let acme = &place.hub.acme;
        let hooli = acme.add_customer("Hooli").await;
        let key = acme.add_license_key("key of Hooli", Some(&hooli)).await;
        let pete = place.hub.add_member(acme, Some(&hooli), Role::ReadOnly).await;
        let customer = place.hub.add_member(acme, Some(&place.initech), Role::Admin).await;
        let (mut browser, mut vendor) = (place.browser(&customer), place.browser(&place.mara));
        let foreign = [hooli.as_str(), &key, "Hooli", "key of Hooli", &pete.id, &pete.email];
        assert!(vendor.get("/users").await.text().contains(&pete.email));
        for path in pages() {
            let page = browser.get(&place.address(path, Whose::Customer).await).await;
            for name in foreign {
                assert!(!page.text().contains(name), "{name} on {path}: {page}");
            }
        }
    }
}
