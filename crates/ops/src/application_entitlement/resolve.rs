//! Reading an application entitlement from input: what it names has to be there, and nothing that somebody left out widens it.

use std::collections::BTreeSet;

use grantry_model::application_entitlement::draft::{
    EntitlementDraft, EntitlementInput, ScopeInput as ResolvedScope,
};
use grantry_model::application_entitlement::{Scope, ScopeKind};
use grantry_model::field::{FieldError, Invalid};
use grantry_model::id::{ApplicationId, ApplicationVersionId, CustomerId};
use grantry_model::policy::Permit;
use grantry_store::application_entitlement::RegistryPassword;
use grantry_store::store::Tx;
use zeroize::Zeroizing;

use super::{Entitled, Input, ScopeInput};
use crate::error::{Error, Result};

/// A draft of what the input says; `before` is the entitlement that it changes. From here until the transaction ends neither the
/// customer nor the application is deleted, and the application gets no versions.
pub(super) async fn draft(
    tx: &mut Tx,
    permit: &Permit,
    input: &Input<'_>,
    before: Option<&Entitled>,
) -> Result<EntitlementDraft> {
    let mut errors = Vec::new();
    let (customer, application) = owner(input, before, &mut errors);
    if let Some(customer) = customer {
        tx.lock_customer(customer).await?;
        if tx.find_customer(permit, customer).await?.is_none() {
            let message = "There is no customer with this id. Choose one of yours.";
            errors.push(FieldError::new("customerOrganizationId", "customer_unknown", message));
        }
    }
    let mut versions = Vec::new();
    if let Some(application) = application {
        tx.lock_application(application).await?;
        if tx.find_application(permit, application).await?.is_none() {
            let message = "There is no application with this id. Choose one of yours.";
            errors.push(FieldError::new("applicationId", "application_unknown", message));
        }
        versions = tx.list_application_versions(permit, application).await?;
    }
    let versions: Vec<ApplicationVersionId> = versions.iter().map(|version| version.id).collect();
    if errors.is_empty()
        && let Some(unknown) = input.versions.iter().find(|id| !versions.contains(id))
    {
        let message =
            format!("The application has no version with the id {unknown}. Choose one of its versions.");
        errors.push(FieldError::new("versions", "version_unknown", message));
    }
    let parsed = EntitlementDraft::parse(
        &EntitlementInput {
            name: input.name,
            customer,
            application,
            expires_at: input.expires_at,
            scope: scope(input, before, versions),
            registry: input.registry,
        },
        before.and_then(|before| before.entitlement.registry.as_ref()),
    );
    match parsed {
        Ok(draft) if errors.is_empty() => return Ok(draft),
        Ok(_) => {}
        Err(Invalid(mut others)) => {
            // What is said of the scope may only follow from an id that names none.
            others.retain(|error| !matches!(error.field, "scope" | "versions") || errors.is_empty());
            errors.extend(others);
        }
    }
    Err(Error::Invalid(Invalid(errors)))
}

/// What becomes of the password that is kept.
pub(super) fn password(input: &Input<'_>, draft: &EntitlementDraft) -> RegistryPassword {
    match (&draft.registry, input.registry.password.filter(|password| !password.is_empty())) {
        (None, _) => RegistryPassword::Cleared,
        (Some(_), Some(password)) => RegistryPassword::Set(Zeroizing::new(password.to_owned())),
        (Some(_), None) => RegistryPassword::Kept,
    }
}

/// Customer and application: an entitlement keeps both for good.
fn owner(
    input: &Input<'_>,
    before: Option<&Entitled>,
    errors: &mut Vec<FieldError>,
) -> (Option<CustomerId>, Option<ApplicationId>) {
    let Some(before) = before.map(|before| &before.entitlement) else {
        return (input.customer, input.application);
    };
    if input.customer.is_some_and(|customer| customer != before.customer) {
        let message = "An entitlement's customer can't change. Create an entitlement for the other one.";
        errors.push(FieldError::new("customerOrganizationId", "customer_fixed", message));
    }
    if input.application.is_some_and(|application| application != before.application) {
        let message = "An entitlement's application can't change. Create an entitlement to the other one.";
        errors.push(FieldError::new("applicationId", "application_fixed", message));
    }
    (Some(before.customer), Some(before.application))
}

/// The scope that the input means, where `all` are the versions that the application has.
fn scope(input: &Input<'_>, before: Option<&Entitled>, all: Vec<ApplicationVersionId>) -> ResolvedScope {
    if let Some(before) = before
        && let Some(kept) = kept(input, before)
    {
        return kept;
    }
    let versions = input.versions.clone();
    let Some(ScopeInput { kind, expression, published_until }) = input.scope.clone() else {
        let kind = if versions.is_empty() { ScopeKind::All } else { ScopeKind::Chosen };
        return ResolvedScope { kind: kind.as_str().to_owned(), versions, ..ResolvedScope::default() };
    };
    let is_current = kind == ScopeKind::Current.as_str();
    // Giving all that exist says the same as giving none.
    let versions =
        if is_current && (versions.is_empty() || is_same(&versions, &all)) { all } else { versions };
    // A client that does not know scopes shows what a range covers, and may send it back.
    let shown = before.is_some_and(|before| is_same(&versions, &shown(before)));
    let takes_versions = is_current || kind == ScopeKind::Chosen.as_str();
    let versions = if shown && !takes_versions { Vec::new() } else { versions };
    ResolvedScope { kind, versions, expression, published_until }
}

/// The scope that the entitlement has, if the input means it: it repeats current versions, or comes from a client that does not
/// know scopes and sends back the versions that it was shown.
fn kept(input: &Input<'_>, before: &Entitled) -> Option<ResolvedScope> {
    let keeps = match (&input.scope, &before.entitlement.scope) {
        (None, _) => is_same(&input.versions, &shown(before)),
        (Some(scope), Scope::Current(_)) => {
            scope.kind == ScopeKind::Current.as_str()
                && !input.versions.is_empty()
                && is_same(&input.versions, &shown(before))
        }
        (Some(_), _) => false,
    };
    keeps.then(|| stored(&before.entitlement.scope))
}

fn shown(before: &Entitled) -> Vec<ApplicationVersionId> {
    before.versions.iter().map(|version| version.id).collect()
}

fn is_same(one: &[ApplicationVersionId], other: &[ApplicationVersionId]) -> bool {
    one.iter().collect::<BTreeSet<_>>() == other.iter().collect()
}

/// A scope as input that means the same.
fn stored(scope: &Scope) -> ResolvedScope {
    ResolvedScope {
        kind: scope.kind().as_str().to_owned(),
        versions: scope.versions().collect(),
        expression: scope.expression().unwrap_or_default().to_owned(),
        published_until: scope.published_until(),
    }
}
