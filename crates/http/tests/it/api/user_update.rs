//! `PATCH /api/v1/user-accounts/{id}`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use crate::snapshot::check;

const USERS: &str = "/api/v1/user-accounts";

both_engines! {
    async fn a_role_counts_from_the_next_request_on(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::ReadWrite).await;
        let customers = "/api/v1/customer-organizations";
        mara.client.post(customers, json!({ "name": "One" })).await.expect(200);
        let changed = hub.acme.admin.patch(&format!("{USERS}/{}", mara.id), json!({ "userRole": "read_only" })).await;
        check("user_update", &changed.expect(200));
        for client in [&mara.client, &mara.session] {
            client.post(customers, json!({ "name": "Two" })).await.expect_problem(403, "forbidden", "");
        }
    }

    async fn nobody_changes_their_own_membership(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let own = format!("{USERS}/{}", hub.acme.admin_id);
        hub.acme.admin.patch(&own, json!({ "userRole": "read_only" })).await.expect_problem(409, "own_membership", "");
        hub.acme.admin.delete(&own).await.expect_problem(409, "own_membership", "");
    }

    async fn an_unknown_role_is_refused(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::Admin).await;
        let path = format!("{USERS}/{}", mara.id);
        hub.acme.admin.patch(&path, json!({ "userRole": "Admin" })).await.expect_problem(400, "role_unknown", "userRole");
        hub.acme.admin.patch(&path, json!({})).await.expect_problem(400, "json_malformed", "");
    }

    async fn staff_who_write_manage_members_of_customers_only(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let staff = hub.vendor(Role::ReadWrite).await;
        let theirs = hub.add_member(&hub.acme, Some(&initech), Role::Admin).await;
        let body = json!({ "userRole": "read_only" });
        staff.patch(&format!("{USERS}/{}", theirs.id), body.clone()).await.expect(200);
        let admin = format!("{USERS}/{}", hub.acme.admin_id);
        staff.patch(&admin, body).await.expect_problem(403, "forbidden", "");
        staff.delete(&admin).await.expect_problem(403, "forbidden", "");
    }

    async fn the_last_administrator_stays_even_if_two_remove_each_other_at_once(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let second = hub.add_member(&hub.acme, None, Role::Admin).await;
        let (first_path, second_path) = (format!("{USERS}/{}", hub.acme.admin_id), format!("{USERS}/{}", second.id));
        for _ in 0..8 {
            let weaken = json!({ "userRole": "read_only" });
            let (one, other) = tokio::join!(
                hub.acme.admin.patch(&second_path, weaken.clone()),
                second.client.patch(&first_path, weaken.clone()),
            );
            let done = [&one, &other].iter().filter(|reply| reply.status == 200).count();
            assert_eq!(done, 1, "{one} {other}");
            // Whoever is left makes the other one an administrator again.
            let (left, path) = if one.status == 200 { (&hub.acme.admin, &second_path) } else { (&second.client, &first_path) };
            left.patch(path, json!({ "userRole": "admin" })).await.expect(200);
        }
    }
}
