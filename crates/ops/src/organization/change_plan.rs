//! Changing an organization's plan; for the operator.

use grantry_model::audit::{Author, Event, EventKind, Subject};
use grantry_model::name::Slug;
use grantry_model::organization::Organization;
use grantry_model::plan::Subscription;
use grantry_model::policy::Permit;
use serde_json::json;

use crate::Ops;
use crate::error::{Error, Kind, Result};

/// Changes the plan of the organization with this slug. Nothing that it has is deleted, whatever the plan.
///
/// # Errors
/// There is no such organization.
pub async fn change_plan(ops: &Ops, slug: &str, to: Subscription) -> Result<Organization> {
    let slug = Slug::parse("slug", slug)?;
    let mut tx = ops.store().write().await?;
    let before = tx.find_organization_by_slug(&slug).await?.ok_or(Error::NotFound(Kind::Organization))?;
    let permit = Permit::operator(before.id);
    tx.update_subscription(&permit, to).await?;
    let details = json!({ "before": facts(&before.subscription), "after": facts(&to) });
    let subject = Subject::new("organization", before.id, &before.name);
    let event = Event::new(EventKind::PlanChanged, subject).with(details);
    tx.record(before.id, ops.stamp()?, &Author::operator(), &event).await?;
    tx.commit().await?;
    Ok(Organization { subscription: to, ..before })
}

fn facts(subscription: &Subscription) -> serde_json::Value {
    json!({ "plan": subscription.plan.as_str(), "until": subscription.until })
}
