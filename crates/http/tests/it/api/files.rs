//! `/api/v1/files`

use grantry_model::file::MAX_BYTES;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::application::Part;
use grantry_testkit::client::Client;
use grantry_testkit::file::{GIF, PNG};
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::json;

async fn upload(client: &Client, parts: &[Part<'_>]) -> Reply {
    client.form("/api/v1/files", parts).send().await
}

both_engines! {
    async fn an_image_is_what_its_bytes_say(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        // Whatever the client calls it.
        let parts: [Part<'_>; 3] =
            [("file", "text/html", GIF), ("scope", "", b"organization"), ("public", "", b"false")];
        let id = upload(admin, &parts).await.expect(200).json();
        let path = format!("/api/v1/files/{}", id.as_str().unwrap());
        let image = admin.get(&path).await.expect(200);
        assert_eq!(image.body, GIF);
        for (name, value) in [
            ("content-type", "image/gif"),
            ("cache-control", "private, max-age=31536000, immutable"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("content-disposition", "inline"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(image.header(name), value, "{name}");
        }
        let again = admin.request(Method::GET, &path).header("if-none-match", image.header("etag"));
        let again = again.send().await.expect(304);
        assert!(again.body.is_empty());
        let member = hub.customer(&hub.acme.add_customer("Initech").await, Role::ReadOnly).await;
        assert_eq!(member.get(&path).await.expect(200).body, GIF, "any member may see it");
        let listed = admin.get("/api/v1/files").await.expect(200).json();
        assert_eq!(listed[0]["contentType"], "image/gif");
        assert_eq!((&listed[0]["size"], &listed[0]["inUse"]), (&json!(GIF.len()), &json!(false)));
        assert_eq!(listed[0]["url"], path);
        admin.delete(&path).await.expect(204);
        admin.get(&path).await.expect_problem(404, "not_found", "");
        admin.delete(&path).await.expect_problem(404, "not_found", "");
        assert_eq!(admin.get("/api/v1/files").await.json(), json!([]));
        let entries = admin.get("/api/v1/audit-events?kind=file").await.json();
        let kinds: Vec<_> = entries.as_array().unwrap().iter().map(|one| one["kind"].clone()).collect();
        assert_eq!(kinds, ["file.deleted", "file.created"]);
    }

    async fn what_is_no_small_image_is_refused(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let too_large = [PNG, &vec![0; MAX_BYTES]].concat();
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
        // A header that says 65,535 pixels a side.
        let bomb = b"GIF89a\xff\xff\xff\xff\x80\0\0";
        for (parts, status, code, field) in [
            (vec![("file", "image/png", &b"<script>alert(1)</script>"[..])], 400, "file_no_image", "file"),
            (vec![("file", "image/svg+xml", &svg[..])], 400, "file_no_image", "file"),
            (vec![("file", "image/gif", &bomb[..])], 400, "file_too_many_pixels", "file"),
            (vec![("file", "image/png", b"")], 400, "file_empty", "file"),
            (vec![("file", "image/png", &too_large[..])], 413, "file_too_large", ""),
            (vec![("image", "image/png", PNG)], 400, "part_missing", "file"),
            (vec![("file", "image/png", PNG), ("file", "image/png", PNG)], 400, "part_twice", "file"),
            (vec![("file", "image/png", PNG), ("scope", "", b"platform")], 400, "scope_unsupported", "scope"),
            (vec![("file", "image/png", PNG), ("public", "", b"true")], 400, "public_unsupported", "public"),
            (vec![("file", "image/png", PNG), ("public", "", b"\xff")], 400, "text_malformed", "public"),
        ] {
            upload(admin, &parts).await.expect_problem(status, code, field);
        }
        admin.post("/api/v1/files", json!({})).await.expect_problem(415, "media_type_unsupported", "");
        assert_eq!(admin.get("/api/v1/files").await.json(), json!([]), "nothing is kept");
    }

    async fn a_repeated_upload_is_kept_once(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let mut ids = Vec::new();
        for boundary in ["one", "two"] {
            let call = admin.form_with_boundary("/api/v1/files", &[("file", "image/png", PNG)], boundary);
            ids.push(call.header("idempotency-key", "k").send().await.expect(200).json());
        }
        assert_eq!(ids[0], ids[1]);
        assert_eq!(admin.get("/api/v1/files").await.json().as_array().unwrap().len(), 1);
    }

    async fn an_organization_has_a_limit(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let id = admin.add_file(PNG).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let mut tx = hub.database.write().await.unwrap();
        tx.execute("update file set size = 52428800", &[]).await.unwrap();
        tx.commit().await.unwrap();
        let parts: [Part<'_>; 1] = [("file", "image/png", PNG)];
        upload(admin, &parts).await.expect_problem(409, "files_limit", "");
        upload(&globex.admin, &parts).await.expect(200);
        admin.delete(&format!("/api/v1/files/{id}")).await.expect(204);
        upload(admin, &parts).await.expect(200);
    }
}
