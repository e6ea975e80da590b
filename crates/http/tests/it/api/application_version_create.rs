//! `POST /api/v1/applications/{id}/versions`

use grantry_testdb::both_engines;
use grantry_testkit::application::{COMPOSE, Part};
use grantry_testkit::hub::{TestHub, Vendor};
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::{Value, json};

use crate::snapshot::check;

async fn send(vendor: &Vendor, application: &str, version: &Value, files: &[Part<'_>]) -> Reply {
    let version = version.to_string();
    let mut parts: Vec<Part<'_>> = vec![("applicationversion", "", version.as_bytes())];
    parts.extend_from_slice(files);
    vendor.admin.form(&format!("/api/v1/applications/{application}/versions"), &parts).send().await
}

async fn kubernetes(vendor: &Vendor) -> String {
    let body = json!({ "name": "Fleet on Kubernetes", "type": "kubernetes" });
    vendor.admin.post("/api/v1/applications", body).await.expect(200).id()
}

fn chart() -> Value {
    json!({
        "name": "1.0.0", "linkTemplate": "https://{{ .Env.HOST }}", "chartType": "repository", "chartName": "fleet",
        "chartUrl": "https://charts.example.com", "chartVersion": "1.4.0",
    })
}

both_engines! {
    async fn versions_are_created_as_they_were_sent(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let docker = hub.acme.add_application("Fleet").await;
        let compose: [Part<'_>; 2] =
            [("composefile", "application/yaml", COMPOSE.as_bytes()), ("templatefile", "text/yaml", b"HOST=\r\n")];
        let created = send(&hub.acme, &docker, &json!({ "name": "1.0.0" }), &compose).await;
        check("application_version_create_docker", &created);
        let helm = kubernetes(&hub.acme).await;
        let values: [Part<'_>; 1] = [("valuesfile", "application/x-yaml; charset=utf-8", b"replicas: 1\n")];
        check("application_version_create_helm", &send(&hub.acme, &helm, &chart(), &values).await);
        let ignored: [Part<'_>; 1] = [("composefile", "", COMPOSE.as_bytes())];
        let mut second = chart();
        second["name"] = json!("1.1.0");
        let second = send(&hub.acme, &helm, &second, &ignored).await.expect(200).id();
        let path = format!("/api/v1/applications/{helm}/versions/{second}/compose-file");
        assert_eq!(hub.acme.admin.get(&path).await.expect(200).text(), "");
    }

    async fn what_is_wrong_is_told_with_its_place(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let docker = hub.acme.add_application("Fleet").await;
        hub.acme.add_version(&docker, "1.0.0").await;
        let helm = kubernetes(&hub.acme).await;
        let version = json!({ "name": "2.0.0" });
        let bomb = format!("a: &a [x]\n{}", ('b'..='z').map(|one| {
            let before = char::from(one as u8 - 1);
            format!("{one}: &{one} [*{before},*{before},*{before},*{before},*{before},*{before},*{before},*{before},*{before}]\n")
        }).collect::<String>());
        for (file, content, code, says) in [
            ("composefile", "services:\n\tship: {}\n", "file_malformed", "Line 2, column 1"),
            ("composefile", "- a\n- b\n", "file_malformed", "Line 1, column 1"),
            ("composefile", "services:\n  ship: {}\n  ship: {}\n", "file_malformed", "Line 3, column 3"),
            ("composefile", "services: [\n", "file_malformed", "Line "),
            ("composefile", "# nothing\n", "file_malformed", "The file is empty"),
            ("composefile", &bomb, "file_malformed", "aliases"),
            ("composefile", "", "compose_file_missing", "Compose"),
        ] {
            let refused = send(&hub.acme, &docker, &version, &[(file, "", content.as_bytes())]).await;
            refused.expect_problem(400, code, file);
            assert!(refused.field("/detail").contains(says), "{says}: {refused}");
        }
        let refused = send(&hub.acme, &helm, &chart(), &[("valuesfile", "", b"- 1\n")]).await;
        refused.expect_problem(400, "file_malformed", "valuesfile");
        let compose: Part<'_> = ("composefile", "", COMPOSE.as_bytes());
        for (body, files, code, field) in [
            (json!({ "name": " " }), vec![compose], "name_blank", "name"),
            (json!({ "name": "1.0.0" }), vec![compose], "name_taken", "name"),
            (chart(), vec![compose], "chart_unexpected", "chartType"),
            (version.clone(), vec![compose, ("valuesfile", "", b"a: 1")], "values_file_unexpected", "valuesfile"),
            (version.clone(), vec![compose, ("templatefile", "", b"\xff")], "file_malformed", "templatefile"),
            (json!({ "name": "2.0.0", "linkTemplate": "{{ .Env." }), vec![compose], "link_template_malformed", "linkTemplate"),
            (json!({ "name": "2.0.0", "resources": [{ "name": "" }] }), vec![compose], "name_blank", "resources"),
            (version.clone(), vec![], "compose_file_missing", "composefile"),
            (json!([]), vec![compose], "json_malformed", ""),
        ] {
            send(&hub.acme, &docker, &body, &files).await.expect_problem(400, code, field);
        }
        let stored = hub.acme.admin.get(&format!("/api/v1/applications/{docker}")).await.json();
        assert_eq!(stored["versions"].as_array().unwrap().len(), 1, "nothing was made");
    }

    async fn forms_that_cannot_be_read_are_refused(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let docker = hub.acme.add_application("Fleet").await;
        let path = format!("/api/v1/applications/{docker}/versions");
        let version: Part<'_> = ("applicationversion", "", br#"{"name":"1.0.0"}"#);
        let compose: Part<'_> = ("composefile", "", COMPOSE.as_bytes());
        let large = format!("{COMPOSE}{}", "#".repeat(100 * 1024));
        let huge = "#".repeat(1024 * 1024);
        for (parts, status, code, field) in [
            (vec![compose], 400, "part_missing", "applicationversion"),
            (vec![version, compose, compose], 400, "part_twice", "composefile"),
            (vec![("applicationversion", "", b"{".as_slice()), compose], 400, "json_malformed", ""),
            (vec![version, ("composefile", "", large.as_bytes())], 413, "file_too_large", ""),
            (vec![version, compose, ("templatefile", "", large.as_bytes())], 413, "file_too_large", ""),
            (vec![version, ("composefile", "", huge.as_bytes())], 413, "body_too_large", ""),
            (vec![version, ("composefile", "image/png", COMPOSE.as_bytes())], 415, "media_type_unsupported", ""),
            (vec![version, ("composefile", "application/octet-stream", COMPOSE.as_bytes())], 415, "media_type_unsupported", ""),
        ] {
            admin.form(&path, &parts).send().await.expect_problem(status, code, field);
        }
        admin.post(&path, json!({ "name": "1.0.0" })).await.expect_problem(415, "media_type_unsupported", "");
        let whole = "multipart/form-data; boundary=a-boundary";
        for body in ["", "--a-boundary\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbroken off"] {
            let call = admin.request(Method::POST, &path).header("content-type", whole).body(body);
            call.send().await.expect_problem(400, "multipart_malformed", "");
        }
        let exact = format!("{COMPOSE}{}", "#".repeat(100 * 1024 - COMPOSE.len()));
        admin.form(&path, &[version, ("composefile", "", exact.as_bytes())]).send().await.expect(200);
    }

    async fn a_repeat_makes_nothing_whatever_the_boundary(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let docker = hub.acme.add_application("Fleet").await;
        let path = format!("/api/v1/applications/{docker}/versions");
        let parts: [Part<'_>; 2] =
            [("applicationversion", "", br#"{"name":"1.0.0"}"#), ("composefile", "", COMPOSE.as_bytes())];
        let send = async |boundary: &str, parts: &[Part<'_>]| {
            admin.form_with_boundary(&path, parts, boundary).header("idempotency-key", "k").send().await
        };
        let first = send("one", &parts).await.expect(200);
        assert_eq!(send("two", &parts).await.expect(200).body, first.body);
        let other = [parts[0], ("composefile", "", b"services: {}\n".as_slice())];
        send("two", &other).await.expect_problem(409, "idempotency_key_reused", "");
    }
}
