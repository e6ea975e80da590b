//! Changing an application entitlement. What it grants only becomes more.

use grantry_model::application::Version;
use grantry_model::application_entitlement::ApplicationEntitlement;
use grantry_model::application_entitlement::narrowing::Narrowing;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::field::FieldError;
use grantry_model::id::ApplicationEntitlementId;
use grantry_model::policy::Action;
use grantry_store::application_entitlement::{NAME_UNIQUE, RegistryPassword};
use serde_json::json;

use super::{Entitled, Input, complete, facts, find, name_taken, resolve};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, OnConflict, Result};

/// Versions that a refusal names; there may be more.
const NAMED: usize = 10;

/// Replaces name, expiry, scope and registry of an application entitlement. `named` is the id that the client names it by, if it
/// does, only for refusing a mistake.
///
/// # Errors
/// There is no such entitlement; the change would take away what is granted, other than by its end; another customer or
/// application; as of [`create`](super::create::create).
pub async fn update(
    ops: &Ops,
    caller: &Caller,
    (id, named): (ApplicationEntitlementId, Option<ApplicationEntitlementId>),
    input: &Input<'_>,
) -> Result<Entitled> {
    let permit = ops.authorize(caller, Action::EditApplicationEntitlements).await?;
    let mut tx = ops.store().write().await?;
    let before = find(&mut tx, &permit, id).await?;
    if named.is_some_and(|named| named != id) {
        let message = "The id in the body is not the one of the address. Leave it out, or correct it.";
        return Err(FieldError::new("id", "id_mismatch", message).into());
    }
    let draft = resolve::draft(&mut tx, &permit, input, Some(&before)).await?;
    let password = resolve::password(input, &draft);
    let after = ApplicationEntitlement {
        name: draft.name,
        expires_at: draft.expires_at,
        scope: draft.scope,
        registry: draft.registry,
        ..before.entitlement.clone()
    };
    let is_new_password = matches!(password, RegistryPassword::Set(_));
    if after == before.entitlement && !is_new_password {
        return Ok(before);
    }
    let versions = tx.list_application_versions(&permit, after.application).await?;
    let scopes = (&before.entitlement.scope, &after.scope);
    let narrowing = Narrowing::of(scopes, &versions, ops.clock().now());
    if !narrowing.is_none() {
        return Err(would_narrow(&before.entitlement, &narrowing));
    }
    tx.update_application_entitlement(&permit, &after, &password)
        .await
        .on_conflict(NAME_UNIQUE, name_taken)?;
    let subject = Subject::new("application_entitlement", id, &after.name);
    let event = Event::new(EventKind::ApplicationEntitlementUpdated, subject)
        .of_customer(Some(after.customer))
        .with(json!({
            "before": facts(&before.entitlement),
            "after": facts(&after),
            "registryPasswordChanged": is_new_password,
        }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    let changed = complete(&mut tx, &permit, after).await?;
    tx.commit().await?;
    Ok(changed)
}

fn would_narrow(before: &ApplicationEntitlement, narrowing: &Narrowing<'_>) -> Error {
    let name = |version: &&Version| version.name.to_string();
    let mut lost: Vec<String> = narrowing.lost.iter().take(NAMED).map(name).collect();
    if narrowing.lost.len() > NAMED {
        lost.push(format!("{} more", narrowing.lost.len() - NAMED));
    }
    let lost = match (lost.is_empty(), narrowing.is_future_lost) {
        (false, false) => lost.join(", "),
        (false, true) => format!("{}, and versions to come", lost.join(", ")),
        (true, _) => "versions to come".to_owned(),
    };
    let message = format!(
        "“{}” grants {}. The change would take away: {lost}. What is granted is never taken away by a change. To end it, \
         let the entitlement expire, or delete it.",
        before.name, before.scope
    );
    Error::conflict("would_narrow", message)
}
