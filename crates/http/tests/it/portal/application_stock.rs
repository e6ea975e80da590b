//! Applications, versions and entitlements for tests of the pages, made by the operations that the pages call.

use grantry_model::application::VersionFiles;
use grantry_model::application::draft::VersionInput;
use grantry_model::application_entitlement::draft::RegistryInput;
use grantry_ops::application::create;
use grantry_ops::application_entitlement::{Input, ScopeInput, create as entitlement};
use grantry_ops::application_version::create as version;
use grantry_ops::once::Once;
use grantry_testkit::hub::TestHub;

use super::calling;

/// A Compose file that is right.
pub(super) const COMPOSE: &str = "services:\n  web:\n    image: registry.example/fleet/web:1\n";

/// A Docker application of Acme's; its id.
pub(super) async fn application(hub: &TestHub, name: &str) -> String {
    let caller = calling(&hub.ops, &hub.acme.admin).await;
    let made = create::create(&hub.ops, &caller, (name, "docker"), &Once::without_key()).await.unwrap();
    made.made().unwrap().id.to_string()
}

/// A version of one of Acme's Docker applications; its id.
pub(super) async fn version(hub: &TestHub, application: &str, name: &str) -> String {
    let caller = calling(&hub.ops, &hub.acme.admin).await;
    let files = VersionFiles { compose: Some(COMPOSE.as_bytes().to_vec()), ..VersionFiles::default() };
    let input = VersionInput { name, files, ..VersionInput::default() };
    let at = (application.parse().unwrap(), input);
    let made = version::create(&hub.ops, &caller, at, &Once::without_key()).await.unwrap();
    made.made().unwrap().id.to_string()
}

/// Entitles a customer of Acme's for ever, to all versions or those of a range; the entitlement's id.
pub(super) async fn entitle(
    hub: &TestHub,
    customer: &str,
    (name, application, range): (&str, &str, Option<&str>),
) -> String {
    let caller = calling(&hub.ops, &hub.acme.admin).await;
    let scope = ScopeInput {
        kind: if range.is_some() { "range" } else { "all" }.to_owned(),
        expression: range.unwrap_or_default().to_owned(),
        ..ScopeInput::default()
    };
    let input = Input {
        name,
        customer: Some(customer.parse().unwrap()),
        application: Some(application.parse().unwrap()),
        scope: Some(scope),
        registry: RegistryInput::default(),
        ..Input::default()
    };
    let made = entitlement::create(&hub.ops, &caller, &input, &Once::without_key()).await.unwrap();
    made.made().unwrap().entitlement.id.to_string()
}
