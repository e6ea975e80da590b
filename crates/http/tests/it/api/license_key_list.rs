//! `GET /api/v1/license-keys`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{TestHub, license_key};
use serde_json::json;

use super::{names, walk};
use crate::snapshot::check;

const KEYS: &str = "/api/v1/license-keys";

async fn found(client: &Client, query: &str) -> Vec<String> {
    names(&client.get(&format!("{KEYS}?{query}")).await.expect(200))
}

both_engines! {
    async fn keys_come_by_name_without_regard_to_case(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        for (name, customer) in [("beta", Some(initech.as_str())), ("Alpha", None), ("GAMMA", None)] {
            hub.acme.add_license_key(name, customer).await;
        }
        check("license_key_list", &hub.acme.admin.get(KEYS).await);
    }

    async fn parts_together_are_the_whole_list(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for number in 0..7 {
            hub.acme.add_license_key(&format!("key {number}"), None).await;
        }
        let whole = names(&hub.acme.admin.get(KEYS).await);
        let parts = walk(&hub.acme.admin, &format!("{KEYS}?q=key&limit=3")).await;
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
        assert_eq!(parts.concat(), whole);
        check("license_key_list_part", &hub.acme.admin.get(&format!("{KEYS}/?limit=1")).await);
        assert_eq!(hub.acme.admin.get(&format!("{KEYS}?limit=7")).await.header("link"), "", "nothing comes after");
    }

    async fn a_part_goes_on_where_it_stopped_although_keys_came_and_went(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mut ids = Vec::new();
        for name in ["b", "d", "f"] {
            ids.push(hub.acme.add_license_key(name, None).await);
        }
        let part = hub.acme.admin.get(&format!("{KEYS}?limit=2")).await;
        assert_eq!(names(&part), ["b", "d"]);
        hub.acme.admin.delete(&format!("{KEYS}/{}", ids[1])).await.expect(204);
        hub.acme.add_license_key("a", None).await;
        hub.acme.add_license_key("e", None).await;
        let next = part.header("link").split(['<', '>']).nth(1).unwrap().to_owned();
        assert_eq!(names(&hub.acme.admin.get(&next).await), ["e", "f"]);
    }

    async fn a_search_looks_at_name_and_description(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (name, description) in [("FLEET_MAIN", "ships"), ("Über 100%", "Trucks"), ("fleetless", "")] {
            let mut key = license_key(name, None);
            key["description"] = description.into();
            hub.acme.admin.post(KEYS, key).await.expect(200);
        }
        let admin = &hub.acme.admin;
        assert_eq!(found(admin, "q=fleet").await, ["FLEET_MAIN", "fleetless"]);
        assert_eq!(found(admin, "q=Fleet_").await, ["FLEET_MAIN"], "an underscore is an underscore");
        assert_eq!(found(admin, "q=%C3%9CBER").await, ["Über 100%"]);
        assert_eq!(found(admin, "q=%25").await, ["Über 100%"], "a per cent sign is one");
        assert_eq!(found(admin, "q=TRUCK").await, ["Über 100%"]);
        assert_eq!(found(admin, "q=%5C").await, [""; 0]);
        assert_eq!(found(admin, "q=fleet%00").await, ["FLEET_MAIN", "fleetless"]);
        assert_eq!(found(admin, "q=").await.len(), 3);
    }

    async fn a_customer_sees_their_keys_and_the_organization_wide_ones(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        hub.acme.add_license_key("initech's", Some(&initech)).await;
        hub.acme.add_license_key("everybody's", None).await;
        let hoolis = hub.acme.add_license_key("hooli's", Some(&hooli)).await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        assert_eq!(found(&member, "").await, ["everybody's", "initech's"]);
        assert_eq!(found(&member, &format!("customerOrganizationId={hooli}")).await, [""; 0]);
        assert_eq!(found(&hub.acme.admin, &format!("customerOrganizationId={hooli}")).await, ["hooli's"]);
        for path in ["", "/token", "/revisions"] {
            member.get(&format!("{KEYS}/{hoolis}{path}")).await.expect_problem(404, "not_found", "");
        }
    }

    async fn a_query_that_makes_no_sense_is_refused(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (query, code, field) in [
            ("limit=0", "limit_out_of_range", "limit"),
            ("limit=1001", "limit_out_of_range", "limit"),
            ("limit=-1", "limit_out_of_range", "limit"),
            ("limit=ten", "limit_out_of_range", "limit"),
            ("cursor=elsewhere", "cursor_malformed", "cursor"),
            ("cursor=%C3%A9", "cursor_malformed", "cursor"),
            ("customerOrganizationId=initech", "query_malformed", ""),
        ] {
            hub.acme.admin.get(&format!("{KEYS}?{query}")).await.expect_problem(400, code, field);
        }
        assert_eq!(hub.acme.admin.get(&format!("{KEYS}?unknown=1&limit=1000")).await.expect(200).json(), json!([]));
    }
}
