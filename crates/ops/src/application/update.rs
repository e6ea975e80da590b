//! Changing an application: its name, and which of its versions are archived.

use chrono::{DateTime, Utc};
use grantry_model::application::Application;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::field::FieldError;
use grantry_model::id::{ApplicationId, ApplicationVersionId};
use grantry_model::name::Name;
use grantry_model::policy::{Action, Permit};
use grantry_store::application::NAME_UNIQUE;
use grantry_store::store::Tx;
use serde_json::json;

use super::{Detail, facts, find, name_taken};
use crate::Ops;
use crate::application_version::update::{self as version, parse_archived};
use crate::caller::Caller;
use crate::error::{Error, Kind, OnConflict, Result};

/// What an application is to be; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// The id that the client names it by; only for refusing a mistake.
    pub id: Option<ApplicationId>,
    /// Where it runs, which never changes; only for refusing a mistake.
    pub kind: Option<&'a str>,
    /// The name.
    pub name: Option<&'a str>,
    /// Versions, each with since when it is archived; `None`: it is not.
    pub versions: &'a [(ApplicationVersionId, Option<DateTime<Utc>>)],
}

/// Changes the name of an application, and which of its versions are archived; all or nothing.
///
/// # Errors
/// There is no such application; the name is blank or taken; another id or kind; a version that is not the application's.
pub async fn update(ops: &Ops, caller: &Caller, id: ApplicationId, input: Input<'_>) -> Result<Detail> {
    let permit = ops.authorize(caller, Action::EditApplications).await?;
    let mut tx = ops.store().write().await?;
    let before = tx.find_application(&permit, id).await?.ok_or(Error::NotFound(Kind::Application))?;
    refuse_mistakes(&before, input)?;
    if let Some(name) = input.name {
        rename(ops, &mut tx, (&permit, caller), (&before, Name::parse("name", name)?)).await?;
    }
    for (version, archived_at) in input.versions {
        let found = tx.find_application_version(&permit, *version).await?;
        let found = found.filter(|found| found.application == id).ok_or_else(|| {
            let message = format!("The application has no version with the id {version}.");
            FieldError::new("versions", "version_unknown", message)
        })?;
        let to = (found.name.clone(), parse_archived("versions", *archived_at)?);
        version::apply(ops, &mut tx, (&permit, caller), (&found, to)).await?;
    }
    let changed = find(&mut tx, &permit, id, ops.clock().now()).await?;
    tx.commit().await?;
    Ok(changed)
}

fn refuse_mistakes(before: &Application, input: Input<'_>) -> Result<()> {
    if input.id.is_some_and(|id| id != before.id) {
        let message = "The id in the body is not the one of the address. Leave it out, or correct it.";
        return Err(FieldError::new("id", "id_mismatch", message).into());
    }
    if input.kind.is_some_and(|kind| kind != before.kind.as_str()) {
        let message = format!(
            "The application's type is {} and can't change. Leave it out, or create another application.",
            before.kind
        );
        return Err(FieldError::new("type", "type_fixed", message).into());
    }
    Ok(())
}

async fn rename(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    (before, name): (&Application, Name),
) -> Result<()> {
    if name == before.name {
        return Ok(());
    }
    tx.rename_application(permit, before.id, &name).await.on_conflict(NAME_UNIQUE, name_taken)?;
    let after = Application { name, ..before.clone() };
    let subject = Subject::new("application", after.id, &after.name);
    let event = Event::new(EventKind::ApplicationUpdated, subject)
        .with(json!({ "before": facts(before), "after": facts(&after) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    Ok(())
}
