//! The form that a new and an existing entitlement share, with what there is to choose.

use grantry_model::field::FieldError;
use grantry_model::id::ManifestId;
use grantry_ops::artifact_entitlement::Entitled;
use grantry_ops::artifact_entitlement::create::First as ForEverybody;
use grantry_ops::error::Error;
use grantry_ui::form::FormState;
use grantry_ui::pages::artifact_entitlement::editor::{Editor, First};
use grantry_ui::pages::artifact_entitlement::fields::EntitlementForm;

use super::input::Placed;
use super::row;
use crate::app::App;
use crate::portal::artifact::choices;
use crate::portal::entitlement::Around;
use crate::portal::frame::Member;
use crate::portal::license_key::owners;

/// The form.
pub(super) async fn editor(
    app: &App,
    member: &Member,
    form: EntitlementForm,
    errors: Vec<Placed>,
    around: Around<'_, Entitled, ForEverybody>,
) -> Result<Editor, Error> {
    let (ops, caller) = (&app.ops, &member.caller);
    let mut rows = Vec::with_capacity(form.grants.len());
    for (number, values) in form.grants.into_iter().enumerate() {
        let kept: Vec<ManifestId> = kept(around.before, &values.artifact);
        let values = FormState::refused(values, of_row(&errors, Some(number)));
        rows.push(row::row(ops, caller, values, &kept).await?);
    }
    let customers = if around.customer.is_some() { Vec::new() } else { owners(ops, caller).await? };
    Ok(Editor {
        form: FormState::refused(form.values, of_row(&errors, None)),
        customer: around.customer,
        customers,
        artifacts: choices(ops, caller).await?,
        rows,
        first: around.first.map(|first| First { customers: first.customers, artifacts: first.artifacts }),
    })
}

/// The errors of a row, or those above the rows.
fn of_row(errors: &[Placed], row: Option<usize>) -> Vec<FieldError> {
    errors.iter().filter(|(place, _)| *place == row).map(|(_, error)| error.clone()).collect()
}

/// The manifests of an artifact that the entitlement grants as it is stored.
fn kept(before: Option<&Entitled>, artifact: &str) -> Vec<ManifestId> {
    let grants = before.into_iter().flat_map(|before| &before.grants);
    let stored = grants.filter(|grant| grant.artifact.to_string() == artifact);
    stored.flat_map(|grant| grant.scope.manifests()).collect()
}
