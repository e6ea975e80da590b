//! The public keys: PEM and JWK Sets

use grantry_license::KeySet;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use http::Method;

use crate::snapshot::check_text;

const PEM: &str = "/api/public/v1/license-keys/public-key";
const JWKS: &str = "/.well-known/jwks.json";

both_engines! {
    async fn anybody_reads_the_same_key_in_each_form(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let of_organization = format!("/api/public/v1/organizations/{}/jwks.json", hub.acme.id);
        let pem = hub.anonymous().get(PEM).await.expect(200);
        let key = KeySet::from_pem(pem.text()).unwrap().keys()[0].clone();
        for path in [JWKS, of_organization.as_str()] {
            let reply = hub.anonymous().get(path).await.expect(200);
            assert_eq!(reply.header("content-type"), "application/jwk-set+json");
            let set = KeySet::from_jwks(reply.text()).unwrap();
            assert_eq!(set.keys().len(), 1);
            assert_eq!(set.find(key.key_id()).unwrap().to_bytes(), key.to_bytes());
        }
        assert_eq!(pem.header("content-type"), "text/plain; charset=utf-8");
        let jwk = hub.anonymous().get(JWKS).await.json();
        let members: Vec<_> = jwk["keys"][0].as_object().unwrap().keys().cloned().collect();
        check_text("public_keys_members", &members.join(" "));
    }

    async fn a_cached_copy_is_confirmed_by_its_tag(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let of_organization = format!("/api/public/v1/organizations/{}/jwks.json", hub.acme.id);
        for path in [PEM, JWKS, of_organization.as_str()] {
            let reply = hub.anonymous().get(path).await.expect(200);
            assert_eq!(reply.header("cache-control"), "public, max-age=300");
            let tag = reply.header("etag").to_owned();
            assert!(tag.len() > 10 && tag.starts_with('"') && tag.ends_with('"'), "{tag}");
            let ask = |value: String| {
                let client = hub.anonymous();
                async move { client.request(Method::GET, path).header("if-none-match", &value).send().await }
            };
            for value in [tag.clone(), format!("\"x\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
                let same = ask(value).await.expect(304);
                assert!(same.body.is_empty());
                assert_eq!((same.header("etag"), same.header("cache-control")), (tag.as_str(), "public, max-age=300"));
            }
            ask("\"other\"".to_owned()).await.expect(200);
        }
    }

    async fn an_unknown_organization_has_no_keys(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let get = async |id: &str| hub.anonymous().get(&format!("/api/public/v1/organizations/{id}/jwks.json")).await;
        let unknown = get("0193606c-8f3a-7000-8000-000000000001").await;
        unknown.expect_problem(404, "not_found", "");
        assert_eq!(get("acme").await.body, unknown.body);
        assert_eq!(get("00000000-0000-0000-0000-000000000000").await.body, unknown.body);
    }
}
