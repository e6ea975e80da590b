//! Renaming and archiving a version. Nothing else of one changes.

use chrono::{DateTime, Datelike, SubsecRound, Utc};
use grantry_model::application::Version;
use grantry_model::application_entitlement::Of;
use grantry_model::application_entitlement::{Asked, ScopeKind};
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::field::FieldError;
use grantry_model::name::Name;
use grantry_model::page::PageRequest;
use grantry_model::policy::{Action, Permit};
use grantry_store::application_version::NAME_UNIQUE;
use grantry_store::store::Tx;
use serde_json::json;

use super::{At, name_taken};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, OnConflict, Result};

/// Changes the name of a version, and since when it is archived: then it can't be deployed anew, and what runs goes on.
///
/// # Errors
/// There is no such version; the name is blank or taken, or the new name would take the version from a customer that is entitled
/// to it by a range.
pub async fn update(
    ops: &Ops,
    caller: &Caller,
    (application, version): At,
    (name, archived_at): (&str, Option<DateTime<Utc>>),
) -> Result<Version> {
    let permit = ops.authorize(caller, Action::EditApplications).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_application(application).await?;
    let found = tx.find_application_version(&permit, version).await?;
    let before = found
        .filter(|found| found.application == application)
        .ok_or(Error::NotFound(Kind::ApplicationVersion))?;
    let to = (Name::parse("name", name)?, parse_archived("archivedAt", archived_at)?);
    let after = apply(ops, &mut tx, (&permit, caller), (&before, to)).await?;
    tx.commit().await?;
    Ok(after)
}

pub(crate) fn parse_archived(
    field: &'static str,
    at: Option<DateTime<Utc>>,
) -> std::result::Result<Option<DateTime<Utc>>, FieldError> {
    match at {
        Some(at) if !(1970..=9999).contains(&at.year()) => {
            Err(FieldError::new(field, "time_out_of_range", "Choose a time from 1970 to the year 9999."))
        }
        at => Ok(at.map(|at| at.trunc_subsecs(6))),
    }
}

pub(crate) async fn apply(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    (before, (name, archived_at)): (&Version, (Name, Option<DateTime<Utc>>)),
) -> Result<Version> {
    let after = Version { name, archived_at, ..before.clone() };
    if after == *before {
        return Ok(after);
    }
    if after.name != before.name {
        refuse_to_take(tx, permit, (before, &after), ops.clock().now()).await?;
    }
    tx.update_application_version(permit, after.id, (&after.name, after.archived_at))
        .await
        .on_conflict(NAME_UNIQUE, name_taken)?;
    let facts = |one: &Version| json!({ "name": one.name.as_str(), "archivedAt": one.archived_at });
    let application =
        tx.find_application(permit, after.application).await?.ok_or(Error::NotFound(Kind::Application))?;
    let subject =
        Subject::new("application_version", after.id, format!("{} {}", application.name, after.name));
    let event = Event::new(EventKind::ApplicationVersionUpdated, subject)
        .with(json!({ "applicationId": after.application, "before": facts(before), "after": facts(&after) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    Ok(after)
}

/// A granted version is never revoked by an edit, and so not by giving it a name outside of the range that grants it.
async fn refuse_to_take(
    tx: &mut Tx,
    permit: &Permit,
    (before, after): (&Version, &Version),
    now: DateTime<Utc>,
) -> Result<()> {
    let of = Of { application: Some(before.application), customer: None };
    let entitlements = tx.page_application_entitlements(permit, of, &PageRequest::default()).await?.items;
    let takes = entitlements.iter().find(|one| {
        one.is_active(now)
            && one.scope.kind() == ScopeKind::Range
            && one.scope.covers(Asked::from(before))
            && !one.scope.covers(Asked::from(after))
    });
    let Some(entitlement) = takes else { return Ok(()) };
    let customer = tx.find_customer(permit, entitlement.customer).await?;
    let message = format!(
        "“{}” grants {} to {} as one of the {}, which “{}” would not be. Keep the name in that range.",
        entitlement.name,
        before.name,
        customer.map_or_else(String::new, |customer| customer.name.to_string()),
        entitlement.scope,
        after.name,
    );
    Err(Error::conflict("would_narrow", message))
}
