//! Deleting an application.

use grantry_model::application::Application;
use grantry_model::application::Use;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::ApplicationId;
use grantry_model::policy::Action;
use serde_json::json;

use super::facts;
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};
use crate::file::delete::delete_unused;

/// Uses that a refusal names; there may be more.
const NAMED: usize = 10;

/// Deletes an application with its versions.
///
/// # Errors
/// There is no such application; an entitlement, active or not, or a deployment uses it.
pub async fn delete(ops: &Ops, caller: &Caller, id: ApplicationId) -> Result<()> {
    let permit = ops.authorize(caller, Action::EditApplications).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_application(id).await?;
    tx.lock_files(&permit).await?;
    let application = tx.find_application(&permit, id).await?.ok_or(Error::NotFound(Kind::Application))?;
    let uses = tx.list_application_uses(&permit, id).await?;
    if !uses.is_empty() {
        return Err(in_use(&application, &uses));
    }
    tx.delete_application(&permit, id).await?;
    let subject = Subject::new("application", id, &application.name);
    delete_unused(ops, &mut tx, (&permit, caller), application.image).await?;
    let event =
        Event::new(EventKind::ApplicationDeleted, subject).with(json!({ "before": facts(&application) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// What stands in the way of [`delete`]; empty: nothing.
///
/// # Errors
/// There is no such application.
pub async fn preview(ops: &Ops, caller: &Caller, id: ApplicationId) -> Result<(Application, Vec<Use>)> {
    let permit = ops.authorize(caller, Action::EditApplications).await?;
    let mut tx = ops.store().read().await?;
    let application = tx.find_application(&permit, id).await?.ok_or(Error::NotFound(Kind::Application))?;
    let uses = tx.list_application_uses(&permit, id).await?;
    Ok((application, uses))
}

fn in_use(application: &Application, uses: &[Use]) -> Error {
    let mut named: Vec<String> = uses.iter().take(NAMED).map(name).collect();
    if uses.len() > NAMED {
        named.push(format!("{} more", uses.len() - NAMED));
    }
    let message = format!("“{}” is in use: by {}. Delete these first.", application.name, named.join(", "));
    Error::conflict("application_in_use", message)
}

fn name(one: &Use) -> String {
    match one {
        Use::Entitlement { name, customer_name, .. } => {
            format!("the entitlement “{name}” of {customer_name}")
        }
        Use::Deployment { target, customer_name: Some(customer), .. } => {
            format!("a deployment at “{target}” of {customer}")
        }
        Use::Deployment { target, customer_name: None, .. } => format!("a deployment at “{target}”"),
    }
}
