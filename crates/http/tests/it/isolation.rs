//! Nothing of one tenant is visible to another: two organizations with two customers each, everything asked for by
//! everybody.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{TestHub, Vendor, license_key};
use serde_json::json;

/// Everything that answers with a list or with the caller's surroundings.
const LISTS: [&str; 21] = [
    "/api/v1/license-keys",
    "/api/v1/licenses",
    "/api/v1/customer-organizations",
    "/api/v1/user-accounts",
    "/api/v1/settings/tokens",
    "/api/v1/settings/sessions",
    "/api/v1/context",
    "/api/v1/organizations",
    "/api/v1/organization",
    "/api/v1/audit-events?limit=1000",
    "/api/v1/secrets",
    "/api/v1/files",
    "/api/v1/deployment-targets",
    "/api/v1/artifacts",
    "/api/v1/applications",
    "/api/v1/application-entitlements",
    "/api/v1/artifact-entitlements",
    "/api/v1/artifact-pulls",
    "/api/v1/artifact-pulls/filter-options",
    "/api/v1/artifact-pulls/export",
    "/api/v1/dashboard/artifacts-by-customer",
];

/// A customer and what belongs to it.
struct Corner {
    organization: usize,
    customer: String,
    member: Client,
    member_id: String,
    key: String,
    artifact: String,
    entitlement: String,
    secret: String,
    target: String,
    deployment: String,
    application: String,
    version: String,
    application_entitlement: String,
}

impl Corner {
    async fn make(hub: &TestHub, (number, vendor): (usize, &Vendor), name: &str) -> Self {
        let customer = vendor.add_customer(name).await;
        let member = hub.add_member(vendor, Some(&customer), Role::Admin).await;
        let key = vendor.add_license_key(&format!("key of {name}"), Some(&customer)).await;
        let artifact = format!("of-{}", name.to_lowercase());
        vendor.push(&artifact, "1.0").await;
        let artifact_id = vendor.artifact_id(&artifact).await;
        let entitlement = vendor
            .entitle(&customer, &format!("grant of {name}"), json!([{ "artifactId": artifact_id }]))
            .await;
        let application = vendor.add_application(&artifact).await;
        let version = vendor.add_version(&application, "1.0.0").await;
        let grant = format!("grant to deploy of {name}");
        let application_entitlement = vendor.entitle_to((&customer, &application), &grant, json!({})).await;
        member.client.pull(&format!("{}/{artifact}", vendor.slug), "1.0").await.expect(200);
        hub.write_pulls().await;
        let secret = vendor.admin.add_secret("KEY", "value", Some(&customer)).await;
        let target = member.client.add_target("plant", None).await;
        let body = json!({ "deploymentTargetId": target, "applicationVersionId": version });
        member.client.deploy(body).await.expect(204);
        let deployment = member.client.deployments_at(&target).await[0]["id"].as_str().unwrap().to_owned();
        let (member, member_id, artifact) = (member.client, member.id, artifact_id);
        Self {
            organization: number,
            customer,
            member,
            member_id,
            key,
            artifact,
            entitlement,
            secret,
            target,
            deployment,
            application,
            version,
            application_entitlement,
        }
    }

    fn ids(&self) -> [&str; 10] {
        [
            &self.customer,
            &self.member_id,
            &self.key,
            &self.artifact,
            &self.application,
            &self.version,
            &self.application_entitlement,
            &self.secret,
            &self.target,
            &self.deployment,
        ]
    }
}

async fn sees(client: &Client, id: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for list in LISTS {
        if client.get(list).await.text().contains(id) {
            found.push(list);
        }
    }
    found
}

both_engines! {
    async fn nobody_finds_in_a_list_what_is_not_theirs(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let vendors = [hub.acme.clone(), hub.add_vendor("Globex", "globex").await];
        let mut corners = Vec::new();
        for (number, name) in [(0, "Initech"), (0, "Hooli"), (1, "Initech"), (1, "Hooli")] {
            corners.push(Corner::make(&hub, (number, &vendors[number]), name).await);
        }
        for (place, corner) in corners.iter().enumerate() {
            for id in corner.ids() {
                for (number, vendor) in vendors.iter().enumerate() {
                    let found = sees(&vendor.admin, id).await;
                    assert_eq!(found.is_empty(), number != corner.organization, "{id} in {found:?}");
                }
                for (other, reader) in corners.iter().enumerate() {
                    let found = sees(&reader.member, id).await;
                    assert_eq!(found.is_empty(), other != place, "{id} of {place} for {other} in {found:?}");
                }
            }
            for (number, vendor) in vendors.iter().enumerate() {
                let found = sees(&vendor.admin, &corner.entitlement).await;
                assert_eq!(found.is_empty(), number != corner.organization, "{found:?}");
            }
            for reader in &corners {
                let found = sees(&reader.member, &corner.entitlement).await;
                assert_eq!(found, [""; 0], "no customer sees how it is entitled");
            }
        }
    }

    async fn nothing_can_be_attached_to_another_tenant(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let foreign = globex.admin.post("/api/v1/license-keys", license_key("FLEET", Some(&initech))).await;
        foreign.expect_problem(404, "not_found", "");
        let unknown = license_key("FLEET", Some("0193606c-8f3a-7000-8000-000000000001"));
        assert_eq!(globex.admin.post("/api/v1/license-keys", unknown).await.body, foreign.body);
        let invitation = json!({ "email": "a@example.com", "userRole": "admin", "customerOrganizationId": initech });
        globex.admin.post("/api/v1/user-accounts", invitation).await.expect_problem(404, "not_found", "");
        assert_eq!(globex.admin.get("/api/v1/user-accounts?q=a@example").await.json(), json!([]));
        let filtered = format!("/api/v1/license-keys?customerOrganizationId={initech}");
        assert_eq!(globex.admin.get(&filtered).await.json(), json!([]));
    }
}
