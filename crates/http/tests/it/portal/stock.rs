//! Artifacts and entitlements for tests of the pages, made by the operations that the pages call.

use chrono::{DateTime, Utc};
use grantry_model::artifact::Upkeep;
use grantry_model::page::PageRequest;
use grantry_ops::artifact::{show, upstream};
use grantry_ops::artifact_entitlement::{GrantInput, Input, ScopeInput, create};
use grantry_ops::once::Once;
use grantry_testkit::hub::TestHub;

use super::calling;

/// Every tag, now and later.
pub(super) fn all() -> ScopeInput {
    ScopeInput { kind: "all".to_owned(), ..ScopeInput::default() }
}

/// These tags.
pub(super) fn chosen(tags: &[&str]) -> ScopeInput {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    ScopeInput { kind: "chosen".to_owned(), tags, ..ScopeInput::default() }
}

/// A pattern or a range.
pub(super) fn fitting(kind: &str, expression: &str) -> ScopeInput {
    ScopeInput { kind: kind.to_owned(), expression: expression.to_owned(), ..ScopeInput::default() }
}

/// The id of one of Acme's artifacts.
pub(super) async fn artifact(hub: &TestHub, name: &str) -> String {
    let caller = calling(&hub.ops, &hub.acme.admin).await;
    show::find_by_name(&hub.ops, &caller, &name.parse().unwrap()).await.unwrap().id.to_string()
}

/// The id of the manifest that a tag of Acme's stands for.
pub(super) async fn manifest(hub: &TestHub, artifact: &str, tag: &str) -> String {
    let caller = calling(&hub.ops, &hub.acme.admin).await;
    let shown =
        show::show(&hub.ops, &caller, artifact.parse().unwrap(), &PageRequest::default()).await.unwrap();
    let tagged =
        shown.versions.items.into_iter().find(|one| one.tags.iter().any(|found| found.name.as_str() == tag));
    tagged.unwrap().manifest.id.to_string()
}

/// An artifact of Acme's that is pulled through; its id.
pub(super) async fn pull_through(hub: &TestHub, name: &str) -> String {
    let caller = calling(&hub.ops, &hub.acme.admin).await;
    let credentials = upstream::Credentials { username: "acme", password: "very-secret-word" };
    let url = Some("registry.example.com/library/redis");
    let input = upstream::Input { name, url, credentials: Some(credentials), upkeep: Upkeep::default() };
    let made = upstream::create(&hub.ops, &caller, &input, &Once::without_key()).await.unwrap();
    made.made().unwrap().id.to_string()
}

/// Entitles a customer of Acme's for ever; the entitlement's id.
pub(super) async fn entitle(
    hub: &TestHub,
    customer: &str,
    (name, grants): (&str, Vec<(&str, ScopeInput)>),
) -> String {
    entitle_until(hub, customer, (name, grants), None).await
}

/// Entitles a customer of Acme's until then; the entitlement's id.
pub(super) async fn entitle_until(
    hub: &TestHub,
    customer: &str,
    (name, grants): (&str, Vec<(&str, ScopeInput)>),
    expires_at: Option<DateTime<Utc>>,
) -> String {
    let caller = calling(&hub.ops, &hub.acme.admin).await;
    let grant = |(artifact, scope): (&str, ScopeInput)| GrantInput {
        artifact: artifact.parse().unwrap(),
        versions: Vec::new(),
        scope: Some(scope),
    };
    let input = Input {
        name,
        customer: Some(customer.parse().unwrap()),
        expires_at,
        grants: grants.into_iter().map(grant).collect(),
    };
    let made = create::create(&hub.ops, &caller, &input, &Once::without_key()).await.unwrap();
    made.made().unwrap().entitlement.id.to_string()
}
