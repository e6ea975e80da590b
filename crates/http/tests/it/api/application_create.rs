//! `POST /api/v1/applications`, and reading what was made.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use http::Method;
use serde_json::json;

use super::{names, walk};
use crate::snapshot::check;

const APPLICATIONS: &str = "/api/v1/applications";

both_engines! {
    async fn an_application_is_created_and_shown_with_its_versions(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let staff = hub.vendor(Role::ReadWrite).await;
        let created = staff.post(APPLICATIONS, json!({ "name": " Fleet ", "type": "docker" })).await;
        check("application_create", &created);
        let id = created.id();
        for name in ["1.0.0", "1.1.0"] {
            hub.clock.advance(chrono::TimeDelta::seconds(1));
            hub.acme.add_version(&id, name).await;
        }
        let shown = staff.get(&format!("{APPLICATIONS}/{id}")).await;
        check("application_show", &shown);
        assert_eq!(staff.get(APPLICATIONS).await.json(), json!([shown.json()]));
        assert_eq!(staff.get("/api/v1/applications/").await.json(), json!([shown.json()]), "with a slash, too");
        let event = staff.get("/api/v1/audit-events?kind=application.created").await.json();
        assert_eq!(event[0]["details"]["after"], json!({ "name": "Fleet", "type": "docker" }));
    }

    async fn applications_come_by_name_and_in_parts(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for name in ["fleet", "Ship", "Atlas", "Bridge"] {
            hub.acme.add_application(name).await;
        }
        let admin = &hub.acme.admin;
        assert_eq!(names(&admin.get(APPLICATIONS).await), ["Atlas", "Bridge", "fleet", "Ship"]);
        assert_eq!(names(&admin.get("/api/v1/applications?q=LE").await), ["fleet"]);
        let parts = walk(admin, "/api/v1/applications?limit=3").await;
        assert_eq!(parts, [vec!["Atlas", "Bridge", "fleet"], vec!["Ship"]]);
    }

    async fn whoever_gives_no_name_or_kind_is_told_so(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        hub.acme.add_application("Fleet").await;
        for (body, code, field) in [
            (json!({ "type": "docker" }), "name_blank", "name"),
            (json!({ "name": " ", "type": "docker" }), "name_blank", "name"),
            (json!({ "name": "a\nb", "type": "docker" }), "name_control_character", "name"),
            (json!({ "name": "x".repeat(201), "type": "docker" }), "name_too_long", "name"),
            (json!({ "name": "Ship" }), "type_unknown", "type"),
            (json!({ "name": "Ship", "type": "nomad" }), "type_unknown", "type"),
            (json!({ "name": "Ship", "type": 1 }), "json_malformed", "type"),
            (json!({ "name": "FLEET", "type": "kubernetes" }), "name_taken", "name"),
        ] {
            admin.post(APPLICATIONS, body).await.expect_problem(400, code, field);
        }
        assert_eq!(names(&admin.get(APPLICATIONS).await), ["Fleet"]);
    }

    async fn a_repeat_makes_nothing(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let send = async |name: &str| {
            let body = json!({ "name": name, "type": "docker" });
            admin.request(Method::POST, APPLICATIONS).header("idempotency-key", "k").json(&body).send().await
        };
        let first = send("Fleet").await.expect(200);
        let again = send("Fleet").await.expect(200);
        assert_eq!((again.body, again.headers["idempotent-replayed"].as_bytes()), (first.body, &b"true"[..]));
        send("Ship").await.expect_problem(409, "idempotency_key_reused", "");
        assert_eq!(names(&admin.get(APPLICATIONS).await), ["Fleet"]);
    }
}
