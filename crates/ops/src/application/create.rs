//! Creating an application.

use grantry_model::application::Application;
use grantry_model::application::draft::ApplicationDraft;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::policy::Action;
use grantry_store::application::NAME_UNIQUE;
use serde_json::json;

use super::{facts, name_taken};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{OnConflict, Result};
use crate::once::{Once, Outcome};

/// Creates an application, which has no versions yet. `kind` is `docker` or `kubernetes`.
///
/// # Errors
/// The name is blank or taken, the kind is unknown.
pub async fn create(
    ops: &Ops,
    caller: &Caller,
    (name, kind): (&str, &str),
    once: &Once<'_, Application>,
) -> Result<Outcome<Application>> {
    let permit = ops.authorize(caller, Action::EditApplications).await?;
    let ApplicationDraft { name, kind } = ApplicationDraft::parse(name, kind)?;
    let now = ops.clock().now();
    let application = Application { id: ops.new_id()?, name, kind, created_at: now, image: None };
    let mut tx = ops.store().write().await?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    tx.insert_application(&permit, &application).await.on_conflict(NAME_UNIQUE, name_taken)?;
    let subject = Subject::new("application", application.id, &application.name);
    let event =
        Event::new(EventKind::ApplicationCreated, subject).with(json!({ "after": facts(&application) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    once.remember(&mut tx, &permit, &application, now).await?;
    tx.commit().await?;
    Ok(Outcome::Created(application))
}
