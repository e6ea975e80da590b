//! Deleting tags, manifests and blobs.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::IMAGE;
use serde_json::json;

use super::{delete, expect_error, get, head, image_of, push_as, sha256, sha512};

both_engines! {
    async fn a_tag_is_deleted_alone(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let image = hub.acme.push_image("app", "1.0", "one").await;
        hub.acme.push_image("app", "latest", "one").await;
        let reply = admin.delete_from("acme/app", "latest").await.expect(202);
        assert_eq!(reply.header("content-length"), "0");
        expect_error(&admin.pull("acme/app", "latest").await, 404, "MANIFEST_UNKNOWN");
        head(admin, "/v2/acme/app/manifests/latest").await.expect(404);
        expect_error(&admin.delete_from("acme/app", "latest").await, 404, "MANIFEST_UNKNOWN");
        for reference in ["1.0", &image.digest] {
            admin.pull("acme/app", reference).await.expect(200);
        }
        assert_eq!(get(admin, "/v2/acme/app/tags/list").await.json()["tags"], json!(["1.0"]));
    }

    async fn a_manifest_is_deleted_with_its_tags_and_its_place_among_referrers(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let image = hub.acme.push_image("app", "1.0", "one").await;
        hub.acme.push_image("app", "latest", "one").await;
        hub.acme.push("app", "2.0").await;
        let sbom = hub.acme.attach("app", &image, "application/spdx+json").await;
        let referrers = format!("/v2/acme/app/referrers/{}", image.digest);
        assert_eq!(get(admin, &referrers).await.json()["manifests"].as_array().unwrap().len(), 1);
        admin.delete_from("acme/app", &sbom.digest).await.expect(202);
        assert_eq!(get(admin, &referrers).await.expect(200).json()["manifests"], json!([]));
        admin.delete_from("acme/app", &image.digest).await.expect(202);
        for reference in ["1.0", "latest", &image.digest] {
            for reply in [admin.pull("acme/app", reference).await, admin.delete_from("acme/app", reference).await] {
                expect_error(&reply, 404, "MANIFEST_UNKNOWN");
            }
            head(admin, &format!("/v2/acme/app/manifests/{reference}")).await.expect(404);
        }
        assert_eq!(get(admin, "/v2/acme/app/tags/list").await.json()["tags"], json!(["2.0"]));
        admin.pull("acme/app", "2.0").await.expect(200);
        hub.acme.push_image("app", "1.0", "one").await;
        admin.pull("acme/app", &image.digest).await.expect(200);
    }

    async fn a_manifest_of_a_sha_512_digest_is_deleted(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push_blob("app", b"{}").await;
        let body = image_of("1", &[]).to_string();
        let path = format!("/v2/acme/app/manifests/{}", sha512(&body));
        push_as(&hub.acme.admin, &format!("{path}?tag=long"), IMAGE, body).await.expect(201);
        delete(&hub.acme.admin, &path).await.expect(202);
        expect_error(&get(&hub.acme.admin, &path).await, 404, "MANIFEST_UNKNOWN");
        expect_error(&hub.acme.admin.pull("acme/app", "long").await, 404, "MANIFEST_UNKNOWN");
    }

    async fn a_blob_is_deleted_in_one_repository(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        for content in ["small".to_owned(), "large".repeat(100_000)] {
            for artifact in ["app", "other"] {
                hub.acme.push_blob(artifact, content.as_bytes()).await;
            }
            let path = format!("/v2/acme/app/blobs/{}", sha256(&content));
            get(admin, &path).await.expect(200);
            assert_eq!(delete(admin, &path).await.expect(202).header("content-length"), "0");
            for reply in [get(admin, &path).await, delete(admin, &path).await] {
                expect_error(&reply, 404, "BLOB_UNKNOWN");
            }
            head(admin, &path).await.expect(404);
            let other = path.replace("/app/", "/other/");
            assert_eq!(get(admin, &other).await.expect(200).text(), content);
            hub.acme.push_blob("app", content.as_bytes()).await;
            get(admin, &path).await.expect(200);
        }
    }

    async fn a_blob_that_a_manifest_needs_stays(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let image = hub.acme.push("app", "1.0").await;
        for digest in [&image.layer, &image.config] {
            let path = format!("/v2/acme/app/blobs/{digest}");
            expect_error(&delete(admin, &path).await, 405, "UNSUPPORTED");
            get(admin, &path).await.expect(200);
        }
        admin.delete_from("acme/app", &image.digest).await.expect(202);
        for digest in [&image.layer, &image.config] {
            delete(admin, &format!("/v2/acme/app/blobs/{digest}")).await.expect(202);
        }
    }

    async fn who_may_not_delete_is_denied_the_same_way_whatever_there_is(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let customer = hub.acme.add_customer("Initech").await;
        for client in [hub.vendor(Role::ReadOnly).await, hub.customer(&customer, Role::Admin).await] {
            let refused = delete(&client, "/v2/acme/none/manifests/none").await;
            expect_error(&refused, 403, "DENIED");
            for path in [
                "/v2/acme/app/manifests/1.0".to_owned(),
                format!("/v2/acme/app/manifests/{}", image.digest),
                format!("/v2/acme/app/blobs/{}", image.layer),
                format!("/v2/acme/app/blobs/{}", sha256("nothing")),
            ] {
                assert_eq!(delete(&client, &path).await.body, refused.body, "{path}");
            }
        }
        hub.acme.admin.pull("acme/app", "1.0").await.expect(200);
    }
}
