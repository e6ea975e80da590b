//! A change of who may see what acts on the very next request: with an access token and with a token of the registry that
//! was given before, at the process where it happened and at another one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{Member, TestHub};
use grantry_testkit::registry::{IMAGE, Pushed};
use http::Method;
use serde_json::json;

use super::grants::{all, change, chosen, entitle, let_tags_move, matching, restrict, revoke, version};
use super::token::token;
use super::{begin, expect_error, get, image_of, push_as, sha256};

/// Somebody who asks at two processes of the hub, with an access token and with a registry token from the start.
struct Viewer {
    processes: [Client; 2],
    authorizations: [String; 2],
    member: Member,
}

impl Viewer {
    /// A member of a customer, or of the vendor's staff.
    async fn of(hub: &TestHub, customer: Option<&str>, role: Role) -> Self {
        let member = hub.add_member(&hub.acme, customer, role).await;
        let bearer = token(&member.client, "scope=repository:acme/app:pull,push,delete").await;
        let basic = STANDARD.encode(format!("x:{}", member.client.secret()));
        Self {
            processes: [hub.anonymous(), hub.beside().await.1],
            authorizations: [format!("Basic {basic}"), format!("Bearer {bearer}")],
            member,
        }
    }

    /// Requires these statuses, below `/v2/acme/app/`.
    async fn expect(&self, when: &str, expected: &[(&str, u16)]) {
        for (path, status) in expected {
            for (process, client) in self.processes.iter().enumerate() {
                for authorization in &self.authorizations {
                    for method in [Method::GET, Method::HEAD] {
                        let call = client.request(method, &format!("/v2/acme/app/{path}"));
                        let reply = call.header("authorization", authorization).send().await;
                        let scheme = authorization.split(' ').next().unwrap();
                        assert_eq!(
                            reply.status.as_u16(),
                            *status,
                            "{when}: {path} at {process} with {scheme}: {reply}"
                        );
                    }
                }
            }
        }
    }

    /// Requires one status for everything that is reached through an image.
    async fn expect_image(&self, when: &str, (tag, image): (&str, &Pushed), status: u16) {
        let (tag, digest) = (format!("manifests/{tag}"), format!("manifests/{}", image.digest));
        let blobs = [format!("blobs/{}", image.layer), format!("blobs/{}", image.config)];
        for path in [&tag, &digest, &blobs[0], &blobs[1]] {
            self.expect(when, &[(path, status)]).await;
        }
    }
}

/// A hub that restricts its one customer, who is given.
async fn start(db: grantry_testdb::database::TestDatabase) -> (TestHub, String) {
    let hub = TestHub::start(db).await;
    restrict(&hub.acme, true).await;
    let customer = hub.acme.add_customer("Initech").await;
    (hub, customer)
}

both_engines! {
    async fn a_grant_and_its_end(db: TestDatabase) {
        let (hub, customer) = start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        hub.acme.push("app", "2.0").await;
        let viewer = Viewer::of(&hub, Some(&customer), Role::Admin).await;
        for _ in 0..3 {
            viewer.expect_image("before", ("1.0", &image), 404).await;
            viewer.expect("before", &[("tags/list", 404)]).await;
            let id = entitle(&hub.acme, &customer, ("app", chosen(&["1.0"])), None).await;
            viewer.expect_image("granted", ("1.0", &image), 200).await;
            viewer.expect("granted", &[("tags/list", 200), ("manifests/2.0", 404)]).await;
            change(&hub.acme, &id, chosen(&["2.0"])).await;
            viewer.expect_image("changed", ("1.0", &image), 404).await;
            viewer.expect("changed", &[("tags/list", 200), ("manifests/2.0", 200)]).await;
            revoke(&hub.acme, &id).await;
            viewer.expect("revoked", &[("manifests/2.0", 404)]).await;
        }
    }

    async fn the_expiry_of_a_grant(db: TestDatabase) {
        let (hub, customer) = start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let end = hub.clock.now() + TimeDelta::minutes(5);
        entitle(&hub.acme, &customer, ("app", chosen(&["1.0"])), Some(end)).await;
        entitle(&hub.acme, &customer, ("app", all()), Some(end - TimeDelta::minutes(2))).await;
        let viewer = Viewer::of(&hub, Some(&customer), Role::Admin).await;
        viewer.expect_image("both last", ("1.0", &image), 200).await;
        hub.clock.set(end - TimeDelta::minutes(2));
        viewer.expect_image("one lasts", ("1.0", &image), 200).await;
        hub.clock.set(end - TimeDelta::milliseconds(1));
        viewer.expect_image("just before", ("1.0", &image), 200).await;
        hub.clock.set(end);
        viewer.expect_image("at the end", ("1.0", &image), 404).await;
        viewer.expect("at the end", &[("tags/list", 404)]).await;
    }

    async fn a_tag_that_moves(db: TestDatabase) {
        let (hub, customer) = start(db).await;
        let_tags_move(&hub.acme).await;
        let one = hub.acme.push_image("app", "stable", "one").await;
        let viewer = Viewer::of(&hub, Some(&customer), Role::Admin).await;
        entitle(&hub.acme, &customer, ("app", chosen(&["stable"])), None).await;
        viewer.expect_image("before", ("stable", &one), 200).await;
        let two = hub.acme.push_image("app", "next", "two").await;
        viewer.expect_image("before", ("next", &two), 404).await;
        hub.acme.push_image("app", "stable", "two").await;
        viewer.expect_image("moved", ("stable", &two), 200).await;
        let (old, layer) = (format!("manifests/{}", one.digest), format!("blobs/{}", one.layer));
        viewer.expect("moved", &[(&old, 404), (&layer, 404), ("manifests/next", 404)]).await;
        for process in &viewer.processes {
            let call = process.request(Method::GET, "/v2/acme/app/manifests/stable");
            let reply = call.header("authorization", &viewer.authorizations[1]).send().await;
            assert_eq!(reply.header("docker-content-digest"), two.digest);
        }
        hub.acme.push_image("app", "stable", "one").await;
        viewer.expect_image("moved back", ("stable", &one), 200).await;
    }

    async fn a_manifest_that_is_granted_stays_when_its_tag_moves(db: TestDatabase) {
        let (hub, customer) = start(db).await;
        let_tags_move(&hub.acme).await;
        let one = hub.acme.push_image("app", "stable", "one").await;
        let viewer = Viewer::of(&hub, Some(&customer), Role::Admin).await;
        let grant = version(&hub.acme, "app", &one.digest).await;
        entitle(&hub.acme, &customer, ("app", grant), None).await;
        viewer.expect_image("before", ("stable", &one), 200).await;
        hub.acme.push_image("app", "stable", "two").await;
        let (digest, layer) = (format!("manifests/{}", one.digest), format!("blobs/{}", one.layer));
        viewer.expect("moved", &[("manifests/stable", 404), (&digest, 200), (&layer, 200)]).await;
    }

    async fn what_is_pushed_deleted_and_attached(db: TestDatabase) {
        let (hub, customer) = start(db).await;
        let old = hub.acme.push("app", "old").await;
        let viewer = Viewer::of(&hub, Some(&customer), Role::Admin).await;
        entitle(&hub.acme, &customer, ("app", matching("pattern", "v*")), None).await;
        viewer.expect("before", &[("manifests/v1", 404), ("tags/list", 200)]).await;
        viewer.expect_image("before", ("old", &old), 404).await;
        let image = hub.acme.push("app", "v1").await;
        viewer.expect_image("pushed", ("v1", &image), 200).await;
        let (sbom, sig) = (hub.acme.attach("app", &image, "application/spdx+json").await, image.attached_tag(".sig"));
        let sbom = format!("manifests/{}", sbom.digest);
        let signature = format!("manifests/{sig}");
        viewer.expect("attached", &[(&sbom, 200), (&signature, 404)]).await;
        hub.acme.sign("app", &image).await;
        viewer.expect("signed", &[(&signature, 200)]).await;
        let content = hub.acme.admin.pull("acme/app", "old").await.body;
        push_as(&hub.acme.admin, "/v2/acme/app/manifests/v0", IMAGE, content).await.expect(201);
        viewer.expect_image("tagged", ("v0", &old), 200).await;
        hub.acme.admin.delete_from("acme/app", "v0").await.expect(202);
        viewer.expect_image("untagged", ("v0", &old), 404).await;
        hub.acme.admin.delete_from("acme/app", &image.digest).await.expect(202);
        viewer.expect_image("deleted", ("v1", &image), 404).await;
        viewer.expect("deleted", &[(&sbom, 404), (&signature, 404)]).await;
    }

    async fn what_an_active_entitlement_names_is_not_deleted(db: TestDatabase) {
        let (hub, customer) = start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let end = hub.clock.now() + TimeDelta::minutes(5);
        entitle(&hub.acme, &customer, ("app", chosen(&["1.0"])), Some(end)).await;
        for reference in ["1.0", &image.digest] {
            let refused = hub.acme.admin.delete_from("acme/app", reference).await;
            expect_error(&refused, 405, "UNSUPPORTED");
            assert!(refused.text().contains("is granted by"), "{refused}");
        }
        hub.clock.set(end);
        hub.acme.admin.delete_from("acme/app", "1.0").await.expect(202);
    }

    async fn a_section_that_is_switched_off(db: TestDatabase) {
        let (hub, customer) = start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let viewer = Viewer::of(&hub, Some(&customer), Role::Admin).await;
        entitle(&hub.acme, &customer, ("app", all()), None).await;
        let path = format!("/api/v1/customer-organizations/{customer}");
        for _ in 0..2 {
            viewer.expect_image("on", ("1.0", &image), 200).await;
            hub.acme.admin.put(&path, json!({ "name": "Initech", "features": [] })).await.expect(200);
            viewer.expect_image("off", ("1.0", &image), 404).await;
            viewer.expect("off", &[("tags/list", 404)]).await;
            assert_eq!(get(&viewer.member.client, "/v2/_catalog").await.expect(200).json()["repositories"], json!([]));
            let referrers = get(&viewer.member.client, &format!("/v2/acme/app/referrers/{}", image.digest)).await;
            assert_eq!(referrers.expect(200).json()["manifests"], json!([]));
            get(&viewer.member.client, "/v2/").await.expect(200);
            hub.acme.admin.put(&path, json!({ "name": "Initech", "features": ["artifacts"] })).await.expect(200);
        }
    }

    async fn the_switch_that_restricts_customers(db: TestDatabase) {
        let (hub, customer) = start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let viewer = Viewer::of(&hub, Some(&customer), Role::Admin).await;
        viewer.expect_image("restricted", ("1.0", &image), 404).await;
        restrict(&hub.acme, false).await;
        viewer.expect_image("not restricted", ("1.0", &image), 200).await;
        restrict(&hub.acme, true).await;
        viewer.expect_image("restricted again", ("1.0", &image), 404).await;
    }

    async fn a_member_who_is_removed(db: TestDatabase) {
        let (hub, customer) = start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        entitle(&hub.acme, &customer, ("app", all()), None).await;
        for customer in [Some(&*customer), None] {
            let viewer = Viewer::of(&hub, customer, Role::ReadWrite).await;
            viewer.expect_image("member", ("1.0", &image), 200).await;
            hub.acme.admin.delete(&format!("/api/v1/user-accounts/{}", viewer.member.id)).await.expect(204);
            viewer.expect_image("removed", ("1.0", &image), 401).await;
            get(&viewer.member.client, "/v2/token").await.expect(401);
            get(&viewer.member.client, "/v2/_catalog").await.expect(401);
        }
    }

    async fn a_customer_that_is_removed(db: TestDatabase) {
        let (hub, customer) = start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        restrict(&hub.acme, false).await;
        let viewer = Viewer::of(&hub, Some(&customer), Role::ReadWrite).await;
        viewer.expect_image("customer", ("1.0", &image), 200).await;
        hub.acme.admin.delete(&format!("/api/v1/user-accounts/{}", viewer.member.id)).await.expect(204);
        hub.acme.admin.delete(&format!("/api/v1/customer-organizations/{customer}")).await.expect(204);
        viewer.expect_image("removed", ("1.0", &image), 401).await;
    }

    async fn an_access_token_that_is_deleted_or_ends(db: TestDatabase) {
        let (hub, _) = start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let mut viewer = Viewer::of(&hub, None, Role::ReadOnly).await;
        viewer.expect_image("token", ("1.0", &image), 200).await;
        let tokens = viewer.member.session.get("/api/v1/settings/tokens").await.expect(200);
        let path = format!("/api/v1/settings/tokens/{}", tokens.field("/0/id"));
        viewer.member.session.delete(&path).await.expect(204);
        viewer.expect_image("deleted", ("1.0", &image), 401).await;
        let end = hub.clock.now() + TimeDelta::minutes(5);
        let body = json!({ "label": "short", "expiresAt": end.to_rfc3339() });
        let made = viewer.member.session.post("/api/v1/settings/tokens", body).await.expect(200);
        let client = hub.anonymous().with_secret(&made.field("/key"));
        let bearer = token(&client, "scope=repository:acme/app:pull").await;
        let basic = STANDARD.encode(format!("x:{}", client.secret()));
        viewer.authorizations = [format!("Basic {basic}"), format!("Bearer {bearer}")];
        viewer.expect_image("new", ("1.0", &image), 200).await;
        hub.clock.set(end);
        viewer.expect_image("ended", ("1.0", &image), 401).await;
    }

    async fn a_role_that_is_lowered(db: TestDatabase) {
        let (hub, _) = start(db).await;
        hub.acme.push_blob("app", b"{}").await;
        let viewer = Viewer::of(&hub, None, Role::ReadWrite).await;
        let body = image_of("1", &[]).to_string();
        let place = begin(&viewer.member.client, "acme/app").await;
        for (role, pushed, deleted) in [("read_write", 201, 404), ("read_only", 403, 403), ("read_write", 201, 404)] {
            let path = format!("/api/v1/user-accounts/{}", viewer.member.id);
            hub.acme.admin.patch(&path, json!({ "userRole": role })).await.expect(200);
            for (process, authorization) in viewer.processes.iter().flat_map(|one| viewer.authorizations.iter().map(move |by| (one, by))) {
                let ask = |method: Method, path: &str, body: &str| {
                    process.request(method, path).header("authorization", authorization).header("content-type", IMAGE).body(body.to_owned()).send()
                };
                ask(Method::PUT, "/v2/acme/app/manifests/1.0", &body).await.expect(pushed);
                ask(Method::DELETE, "/v2/acme/app/manifests/none", "").await.expect(deleted);
                ask(Method::GET, &place, "").await.expect(if pushed == 201 { 204 } else { 403 });
                let blob = format!("/v2/acme/app/blobs/uploads/?digest={}", sha256("x"));
                ask(Method::POST, &blob, "x").await.expect(pushed);
            }
        }
    }
}
