//! The audit log: reading it, checking it, and what goes into it when nothing was done.

use grantry_model::audit::{AuditFilter, Author, Entry, Event, EventKind, Subject};
use grantry_model::id::{CustomerId, OrganizationId};
use grantry_model::page::{Cursor, Page};
use grantry_model::policy::{Action, Denied};
use grantry_store::audit::{Chain, HUB};

use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// Entries in a page unless asked otherwise.
pub const DEFAULT_LIMIT: usize = 50;

/// Entries of the caller's organization, the newest first.
///
/// # Errors
/// The caller is not the vendor's.
pub async fn list(
    ops: &Ops,
    caller: &Caller,
    filter: &AuditFilter,
    before: Option<&Cursor>,
    limit: Option<usize>,
) -> Result<Page<Entry>> {
    let permit = ops.authorize(caller, Action::ViewAuditLog).await?;
    let mut tx = ops.store().read().await?;
    Ok(tx.list_audit(&permit, filter, before, limit.unwrap_or(DEFAULT_LIMIT)).await?)
}

/// An organization's chain, or the hub's own, after it was checked.
#[derive(Debug, Clone)]
pub struct CheckedChain {
    /// The organization's slug; `None` for the hub's own log.
    pub slug: Option<String>,
    /// What the check found.
    pub chain: Chain,
}

/// Checks every chain of the hub; for the operator.
///
/// # Errors
/// The database can't be read.
pub async fn verify(ops: &Ops) -> Result<Vec<CheckedChain>> {
    let mut tx = ops.store().read().await?;
    let mut chains = vec![CheckedChain { slug: None, chain: tx.verify_audit(HUB).await? }];
    for organization in tx.list_organizations().await? {
        let chain = tx.verify_audit(organization.id).await?;
        chains.push(CheckedChain { slug: Some(organization.slug.as_str().to_owned()), chain });
    }
    Ok(chains)
}

/// Records that the policy refused a member, in a transaction of its own: there is nothing else to commit.
pub(crate) async fn record_denied(ops: &Ops, caller: &Caller, action: Action, denied: Denied) -> Result<()> {
    let who = (caller.actor.organization, caller.actor.customer);
    record_denial(ops, who, &caller.author(), (action, denied)).await
}

/// Records that the policy refused somebody of an organization, or of a customer of it.
pub(crate) async fn record_denial(
    ops: &Ops,
    (organization, customer): (OrganizationId, Option<CustomerId>),
    author: &Author,
    (action, denied): (Action, Denied),
) -> Result<()> {
    let details = serde_json::json!({ "action": format!("{action:?}"), "reason": denied.to_string() });
    let subject = Subject::new("action", format!("{action:?}"), phrase(action));
    let event = Event::new(EventKind::AccessDenied, subject).of_customer(customer).with(details);
    record_alone(ops, organization, author, &event).await
}

/// Records something that changed nothing else.
pub(crate) async fn record_alone(
    ops: &Ops,
    organization: OrganizationId,
    author: &Author,
    event: &Event,
) -> Result<()> {
    let mut tx = ops.store().write().await?;
    tx.record(organization, ops.stamp()?, author, event).await?;
    tx.commit().await?;
    Ok(())
}

/// An action's name as words: `CreateLicenseKey` is “create license key”.
fn phrase(action: Action) -> String {
    let name = format!("{action:?}");
    name.chars().fold(String::new(), |mut words, letter| {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
        words
    })
}
