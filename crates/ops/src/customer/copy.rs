//! Copying what one customer is licensed for to another.

use chrono::{DateTime, Utc};
use grantry_model::application_entitlement::ApplicationEntitlement;
use grantry_model::artifact_entitlement::ArtifactEntitlement;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::field::FieldError;
use grantry_model::id::CustomerId;
use grantry_model::license_key::{Holder, LicenseKey, LicenseKeyDraft, Revision, TermsInput};
use grantry_model::name::Name;
use grantry_model::page::PageRequest;
use grantry_model::policy::{Action, Permit};
use grantry_store::application_entitlement::RegistryPassword;
use grantry_store::license_key::{NAME_UNIQUE, SignedToken};
use grantry_store::store::Tx;
use serde_json::json;

use crate::Ops;
use crate::application_entitlement;
use crate::artifact_entitlement::create;
use crate::caller::Caller;
use crate::error::{Error, Kind, OnConflict, Result};
use crate::license_key;
use crate::signing::sign_current;

/// Which numbers a copied key's name is tried with.
const NUMBERS: std::ops::RangeInclusive<u32> = 2..=999;

/// What is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// From this customer.
    pub from: CustomerId,
    /// To this one.
    pub to: CustomerId,
    /// When the copies end. License keys need an end.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether its application entitlements are copied, with their names and scopes, but without credentials for registries,
    /// which may be the customer's own.
    pub application_entitlements: bool,
    /// Whether its artifact entitlements are copied, with their names and scopes.
    pub artifact_entitlements: bool,
    /// Whether its license keys are copied, valid from now on, under names with a number.
    pub license_keys: bool,
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Copied {
    /// The new application entitlements.
    pub application_entitlements: Vec<ApplicationEntitlement>,
    /// The new artifact entitlements.
    pub artifact_entitlements: Vec<ArtifactEntitlement>,
    /// The new license keys.
    pub license_keys: Vec<LicenseKey>,
}

/// Copies what a customer is licensed for, all or nothing. What has expired is copied, too, with the new end.
///
/// # Errors
/// There is no such customer; both are the same; nothing is chosen, or there is nothing of it; the other customer has an
/// entitlement of the same name; license keys without an end.
pub async fn copy(ops: &Ops, caller: &Caller, input: Input) -> Result<Copied> {
    let permit = authorize(ops, caller, input).await?;
    if input.from == input.to {
        let message = "Choose another customer to copy from.";
        return Err(FieldError::new("from", "customer_same", message).into());
    }
    let expires_at = input.expires_at.map(|at| chrono::SubsecRound::trunc_subsecs(at, 6));
    if expires_at.is_some_and(|at| at <= ops.clock().now()) {
        let message = "Choose an end that lies in the future.";
        return Err(FieldError::new("expiresAt", "expiry_past", message).into());
    }
    let mut tx = ops.store().write().await?;
    tx.lock_customer(input.to).await?;
    for customer in [input.from, input.to] {
        tx.find_customer(&permit, customer).await?.ok_or(Error::NotFound(Kind::Customer))?;
    }
    let mut copied = Copied::default();
    if input.application_entitlements {
        for one in tx.list_application_entitlements(&permit, Some(input.from)).await? {
            let copy = ApplicationEntitlement {
                id: ops.new_id()?,
                customer: input.to,
                expires_at,
                created_at: ops.clock().now(),
                registry: None,
                ..one
            };
            let with = (&copy, &RegistryPassword::Cleared);
            let inserted = application_entitlement::create::insert(ops, &mut tx, (&permit, caller), with);
            inserted.await.map_err(|error| taken(error, "application", &copy.name))?;
            copied.application_entitlements.push(copy);
        }
    }
    if input.artifact_entitlements {
        for one in tx.list_artifact_entitlements(&permit, Some(input.from)).await? {
            let copy = ArtifactEntitlement {
                id: ops.new_id()?,
                customer: input.to,
                expires_at,
                created_at: ops.clock().now(),
                ..one
            };
            let inserted = create::insert(ops, &mut tx, (&permit, caller), &copy).await;
            inserted.map_err(|error| taken(error, "artifact", &copy.name))?;
            copied.artifact_entitlements.push(copy);
        }
    }
    if input.license_keys {
        let holder = Holder::Customer(input.from);
        for key in tx.list_license_keys(&permit, holder, &PageRequest::default()).await?.items {
            copied.license_keys.push(copy_key(ops, &mut tx, (&permit, caller), (&key, input)).await?);
        }
    }
    if copied == Copied::default() {
        let message = "The customer has nothing of this. Choose another customer, or something else to copy.";
        return Err(FieldError::new("kinds", "nothing_to_copy", message).into());
    }
    tx.commit().await?;
    Ok(copied)
}

async fn authorize(ops: &Ops, caller: &Caller, input: Input) -> Result<Permit> {
    let wanted = [
        (input.license_keys, Action::CreateLicenseKey),
        (input.application_entitlements, Action::EditApplicationEntitlements),
        (input.artifact_entitlements, Action::EditArtifactEntitlements),
    ];
    let mut permit = None;
    for (_, action) in wanted.into_iter().filter(|(wanted, _)| *wanted) {
        permit = Some(ops.authorize(caller, action).await?);
    }
    if let Some(permit) = permit {
        return Ok(permit);
    }
    ops.authorize(caller, Action::EditArtifactEntitlements).await?;
    Err(FieldError::new("kinds", "kinds_missing", "Choose what to copy.").into())
}

/// A name that the customer has already, told of the thing to be copied.
fn taken(error: Error, kind: &str, name: &Name) -> Error {
    match error {
        Error::Invalid(invalid) if invalid.0.iter().any(|field| field.code == "name_taken") => {
            let message = format!(
                "The customer already has an {kind} entitlement “{name}”. Rename one of the two, then copy again."
            );
            FieldError::new("kinds", "name_taken", message).into()
        }
        other => other,
    }
}

async fn copy_key(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    (key, input): (&LicenseKey, Input),
) -> Result<LicenseKey> {
    let now = ops.clock().now();
    let terms = &key.current.terms;
    let terms = TermsInput {
        payload: Some(terms.payload.as_str()),
        not_before: Some(now),
        expires_at: input.expires_at,
        grace: Some(i64::from(terms.grace)),
    };
    let name = free_name(tx, permit, key.name.as_str()).await?;
    let draft = LicenseKeyDraft::parse(&name, &key.description, Some(input.to), terms)?;
    let current = Revision {
        id: ops.new_id()?,
        seq: 1,
        terms: draft.terms,
        created_at: now,
        created_by: caller.actor.name.clone(),
    };
    let copy = LicenseKey {
        id: ops.new_id()?,
        name: draft.name,
        description: draft.description,
        customer: draft.customer,
        created_at: now,
        current,
    };
    let signed = sign_current(ops, tx, permit.organization(), &copy).await?;
    let token = SignedToken { token: &signed.token, key_id: &signed.key_id };
    tx.insert_license_key(permit, &copy, token).await.on_conflict(NAME_UNIQUE, license_key::name_taken)?;
    let event = Event::new(EventKind::LicenseKeyCreated, Subject::new("license_key", copy.id, &copy.name))
        .of_customer(copy.customer)
        .with(json!({ "after": license_key::facts(&copy), "copyOf": key.id }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    Ok(copy)
}

/// The name with a number that no key of the organization has.
async fn free_name(tx: &mut Tx, permit: &Permit, name: &str) -> Result<String> {
    for number in NUMBERS {
        let wanted = format!("{name}_{number}");
        if !tx.is_license_key_name_taken(permit, &grantry_model::name::fold(&wanted)).await? {
            return Ok(wanted);
        }
    }
    let message = format!("There are too many license keys named like “{name}”.");
    Err(FieldError::new("kinds", "name_taken", message).into())
}
