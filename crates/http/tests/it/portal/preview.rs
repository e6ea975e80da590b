//! What a page says before something is deleted, which has to be what is deleted then.

use grantry_model::role::Role;
use grantry_ops::error::Error;
use grantry_ops::{customer, license_key, member};
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use super::calling;

both_engines! {
    async fn a_customer_goes_with_its_keys_and_members_and_nobody_elses(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (acme, globex) = (&hub.acme, hub.add_vendor("Globex", "globex").await);
        let (initech, hooli) = (acme.add_customer("Initech").await, acme.add_customer("Hooli").await);
        for (name, customer) in [("B", Some(&initech)), ("a", Some(&initech)), ("c", Some(&hooli)), ("d", None)] {
            acme.add_license_key(name, customer.map(String::as_str)).await;
        }
        for (email, name, customer) in [
            ("zoe@example.com", "Zoe", Some(&initech)),
            ("adam@example.com", "", Some(&initech)),
            ("hugo@example.com", "Hugo", Some(&hooli)),
            ("staff@example.com", "Staff", None),
        ] {
            let body = json!({ "email": email, "name": name, "userRole": "read_only", "customerOrganizationId": customer });
            acme.admin.post("/api/v1/user-accounts", body).await.expect(200);
        }
        let (id, admin) = (initech.parse().unwrap(), calling(&hub.ops, &acme.admin).await);
        let losses = customer::delete::preview(&hub.ops, &admin, id).await.unwrap();
        assert_eq!(losses.customer.name.as_str(), "Initech");
        assert_eq!(losses.license_keys, ["a", "B"]);
        assert_eq!(losses.members, ["adam@example.com", "Zoe"]);

        let other = calling(&hub.ops, &globex.admin).await;
        assert!(matches!(customer::delete::preview(&hub.ops, &other, id).await, Err(Error::NotFound(_))));
        for client in [hub.vendor(Role::ReadWrite).await, hub.customer(&initech, Role::Admin).await] {
            let weak = calling(&hub.ops, &client).await;
            assert!(matches!(customer::delete::preview(&hub.ops, &weak, id).await, Err(Error::Denied(_))));
        }

        acme.admin.delete(&format!("/api/v1/customer-organizations/{initech}")).await.expect(204);
        assert!(matches!(customer::delete::preview(&hub.ops, &admin, id).await, Err(Error::NotFound(_))));
        let left = acme.admin.get("/api/v1/license-keys").await.json();
        let left: Vec<_> = left.as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
        assert_eq!(left, ["c", "d"]);
        assert_eq!(acme.admin.get("/api/v1/user-accounts?q=hugo").await.json().as_array().unwrap().len(), 1);
    }

    async fn a_members_tokens_of_this_organization_are_counted(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let pia = hub.add_member(&hub.acme, None, Role::ReadWrite).await;
        for _ in 0..2 {
            pia.session.post("/api/v1/settings/tokens", json!({})).await.expect(200);
        }
        let body = json!({ "email": pia.email, "userRole": "read_only" });
        globex.admin.post("/api/v1/user-accounts", body).await.expect(200);
        pia.session.post("/api/v1/auth/switch-context", json!({ "organizationId": globex.id })).await;
        let there = pia.session.post("/api/v1/settings/tokens", json!({})).await.expect(200);
        let id = pia.id.parse().unwrap();
        let (here, other) = (calling(&hub.ops, &hub.acme.admin).await, calling(&hub.ops, &globex.admin).await);
        let (person, tokens) = member::remove::preview(&hub.ops, &here, id).await.unwrap();
        assert_eq!((person.user.email.as_str(), tokens), (pia.email.as_str(), 3));
        assert_eq!(member::remove::preview(&hub.ops, &other, id).await.unwrap().1, 1);
        let own = hub.acme.admin_id.to_string().parse().unwrap();
        assert!(matches!(member::remove::preview(&hub.ops, &here, own).await, Err(Error::Conflict(_))));
        let weak = calling(&hub.ops, &hub.vendor(Role::ReadWrite).await).await;
        assert!(matches!(member::remove::preview(&hub.ops, &weak, id).await, Err(Error::Denied(_))));

        hub.acme.admin.delete(&format!("/api/v1/user-accounts/{}", pia.id)).await.expect(204);
        pia.client.get("/api/v1/context").await.expect(401);
        let there = hub.anonymous().with_secret(&there.field("/key"));
        there.get("/api/v1/context").await.expect(200);
    }

    async fn a_license_key_goes_with_all_its_revisions(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let key = hub.acme.add_license_key("FLEET", None).await;
        for seats in [1, 2] {
            let body = json!({ "payload": { "seats": seats } });
            hub.acme.admin.put(&format!("/api/v1/license-keys/{key}"), body).await.expect(200);
        }
        let (id, admin) = (key.parse().unwrap(), calling(&hub.ops, &hub.acme.admin).await);
        let license_key::delete::Losses { key: found, revisions, readers } =
            license_key::delete::preview(&hub.ops, &admin, id).await.unwrap();
        assert_eq!(readers, [], "nothing reads it");
        assert_eq!(found.name.as_str(), "FLEET");
        let numbers: Vec<_> = revisions.iter().map(|revision| revision.seq).collect();
        assert_eq!(numbers, [3, 2, 1]);
        assert_eq!(found.current, revisions[0]);
        let weak = calling(&hub.ops, &hub.vendor(Role::ReadOnly).await).await;
        assert!(matches!(license_key::delete::preview(&hub.ops, &weak, id).await, Err(Error::Denied(_))));
        let globex = hub.add_vendor("Globex", "globex").await;
        let other = calling(&hub.ops, &globex.admin).await;
        assert!(matches!(license_key::delete::preview(&hub.ops, &other, id).await, Err(Error::NotFound(_))));
    }
}
