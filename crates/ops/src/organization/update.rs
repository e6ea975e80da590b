//! Changing the organization.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::organization::{Organization, OrganizationDraft};
use grantry_model::policy::Action;
use grantry_store::organization::SLUG_UNIQUE;
use serde_json::json;

use super::applications;
use super::artifacts::{self, Changes};
use super::slug_taken;
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, OnConflict, Result};

/// Changes the name, and the slug if one is given.
///
/// # Errors
/// A field is not valid, or the slug is taken.
pub async fn update(ops: &Ops, caller: &Caller, name: &str, slug: Option<&str>) -> Result<Organization> {
    update_with(ops, caller, (name, slug), Decisions::default()).await
}

/// What an organization decides about what its customers see; what is `None` stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decisions {
    /// About its artifacts.
    pub artifacts: Changes,
    /// Whether customers see only applications that they are entitled to.
    pub applications_restricted: Option<bool>,
}

/// As [`update`], and what it decided with it.
///
/// # Errors
/// As of [`update`].
pub async fn update_with(
    ops: &Ops,
    caller: &Caller,
    (name, slug): (&str, Option<&str>),
    decisions: Decisions,
) -> Result<Organization> {
    if decisions.applications_restricted.is_some() {
        ops.authorize(caller, Action::RestrictApplications).await?;
    }
    let permit = artifacts::authorize(ops, caller, decisions.artifacts).await?;
    let mut tx = ops.store().write().await?;
    let before = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    let draft = OrganizationDraft::parse(name, slug.unwrap_or(before.slug.as_str()))?;
    tx.update_organization(&permit, &draft).await.on_conflict(SLUG_UNIQUE, slug_taken)?;
    let artifacts = artifacts::apply(ops, &mut tx, (&permit, caller), (&before, decisions.artifacts)).await?;
    let applications_restricted = decisions.applications_restricted.unwrap_or(before.applications_restricted);
    applications::apply(ops, &mut tx, (&permit, caller), (&before, applications_restricted)).await?;
    let after = Organization {
        name: draft.name,
        slug: draft.slug,
        artifacts,
        applications_restricted,
        ..before.clone()
    };
    let details = json!({ "before": facts(&before), "after": facts(&after) });
    let subject = Subject::new("organization", after.id, &after.name);
    let event = Event::new(EventKind::OrganizationUpdated, subject).with(details);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(after)
}

fn facts(organization: &Organization) -> serde_json::Value {
    json!({ "name": organization.name.as_str(), "slug": organization.slug.as_str() })
}
