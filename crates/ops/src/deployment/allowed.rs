//! Whether a version may be deployed at a customer's target, and by which entitlement.

use grantry_model::access::application::{Allowed, Refused};
use grantry_model::application::Version;
use grantry_model::application_entitlement::ApplicationEntitlement;
use grantry_model::deployment::Deployment;
use grantry_model::field::FieldError;
use grantry_model::id::{ApplicationEntitlementId, CustomerId};
use grantry_model::policy::Permit;
use grantry_store::store::Tx;

use super::License;
use crate::Ops;
use crate::access::application;
use crate::error::{Error, Result};

/// Somebody wants this version at a target of this customer.
pub(super) struct Wanted<'a> {
    /// The target's customer; `None`: the vendor's own target, where everything may run.
    pub(super) customer: Option<CustomerId>,
    /// The version.
    pub(super) version: &'a Version,
    /// The deployment that is changed, if there is one already.
    pub(super) deployment: Option<&'a Deployment>,
    /// The entitlement that was named.
    pub(super) named: Option<ApplicationEntitlementId>,
}

/// Why a version is not deployed: what the audit log is told, and what the caller.
pub(super) struct Denial {
    /// A sentence for the vendor.
    pub(super) reason: String,
    /// The answer.
    pub(super) answer: Error,
}

/// The entitlement to deploy by; `None` where none is needed. Of several that grant the version the hub takes the one that ends last, but
/// a deployment keeps the one that it has for as long as that grants.
///
/// # Errors
/// The inner one: nothing grants the version now. The outer one: what was named is not there, or is another one than before.
pub(super) async fn entitlement(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    wanted: &Wanted<'_>,
) -> Result<std::result::Result<Option<ApplicationEntitlementId>, Denial>> {
    let Some(customer) = wanted.customer else {
        return match wanted.named {
            Some(_) => Err(named_error(
                "entitlement_foreign",
                "The target is the vendor's own and needs no entitlement. Leave it out.",
            )),
            None => Ok(Ok(None)),
        };
    };
    let now = ops.clock().now();
    let carried = wanted.deployment.and_then(|deployment| deployment.entitlement);
    let carried = match carried {
        Some(id) => tx.find_application_entitlement(permit, id).await?,
        None => None,
    };
    let named = match wanted.named {
        Some(id) => Some(find_named(tx, permit, id, (customer, wanted)).await?),
        None => None,
    };
    let grants = |one: &ApplicationEntitlement| {
        let index = grantry_model::access::application::Index::new(true, [one]);
        index.view(customer, wanted.version.application, now).version(wanted.version.into())
    };
    let carried_grants = carried.as_ref().is_some_and(|one| grants(one).is_ok());
    if let Some(named) = named {
        if carried_grants && carried.as_ref().is_some_and(|one| one.id != named.id) {
            return Err(named_error(
                "entitlement_fixed",
                "The deployment was made by another entitlement, which still grants this version. Leave it out.",
            ));
        }
        return match grants(&named) {
            Ok(_) => Ok(Ok(Some(named.id))),
            Err(Refused::Expired { .. }) if wanted.deployment.is_some() => {
                Ok(Err(expired(named.name.as_str())))
            }
            Err(Refused::Expired { .. }) => {
                let message = "The entitlement has expired. Choose one that has not, or give it a later end.";
                Err(named_error("entitlement_expired", message))
            }
            Err(_) => {
                let message = "The entitlement does not grant this version. Choose another one, or widen it.";
                Err(named_error("version_not_granted", message))
            }
        };
    }
    match application::decide(tx, permit, customer, wanted.version, now).await? {
        Ok(Allowed::Granted { .. }) if carried_grants => Ok(Ok(carried.map(|one| one.id))),
        Ok(Allowed::Granted { entitlement, .. }) => Ok(Ok(Some(entitlement))),
        Ok(Allowed::Unrestricted) => Ok(Ok(carried.map(|one| one.id))),
        Err(refused) => Ok(Err(denial(tx, permit, &refused, wanted).await?)),
    }
}

async fn find_named(
    tx: &mut Tx,
    permit: &Permit,
    id: ApplicationEntitlementId,
    (customer, wanted): (CustomerId, &Wanted<'_>),
) -> Result<ApplicationEntitlement> {
    let found = tx.find_application_entitlement(permit, id).await?;
    let fits = |one: &ApplicationEntitlement| {
        one.customer == customer && one.application == wanted.version.application
    };
    found.filter(fits).ok_or_else(|| {
        let message = "The target's customer has no entitlement to this application with this id. Choose one of its own.";
        named_error("entitlement_unknown", message)
    })
}

fn named_error(code: &'static str, message: &str) -> Error {
    FieldError::new("applicationEntitlementId", code, message).into()
}

/// A customer that can't see a version is told that there is none; but not of what it runs already.
async fn denial(tx: &mut Tx, permit: &Permit, refused: &Refused, wanted: &Wanted<'_>) -> Result<Denial> {
    let name = match refused {
        Refused::Expired { entitlement, .. } | Refused::OutsideScope { entitlement } => {
            tx.find_application_entitlement(permit, *entitlement).await?.map(|one| one.name)
        }
        Refused::NoEntitlement => None,
    };
    let name = name.as_ref().map_or("", |name| name.as_str());
    let reason = refused.sentence(name);
    if wanted.deployment.is_some() && License::of(&Err(*refused)) == License::Expired {
        return Ok(expired(name));
    }
    let answer = if permit.customer().is_some() {
        unknown_version()
    } else {
        Error::conflict("not_entitled", format!("{reason} Entitle the customer to this version first."))
    };
    Ok(Denial { reason, answer })
}

fn expired(name: &str) -> Denial {
    let reason = format!(
        "The entitlement “{name}” has expired: what is deployed runs on, and can only be undeployed or changed after the entitlement was renewed."
    );
    Denial { answer: Error::conflict("entitlement_expired", reason.clone()), reason }
}

/// The answer for a version that there is not, or not for this caller.
pub(super) fn unknown_version() -> Error {
    let message = "There is no version with this id. Choose one that you can deploy.";
    FieldError::new("applicationVersionId", "version_unknown", message).into()
}
