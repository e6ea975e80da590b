//! Creating a secret.

use axum::extract::State;
use grantry_model::field::FieldError;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::error::Error;
use grantry_ops::once::Once;
use grantry_ops::secret::create::{self, Input};
use grantry_ui::form::{FormState, lines};
use grantry_ui::layout::notice::Notice;
use grantry_ui::layout::{Nav, Portal};
use grantry_ui::pages::secret::new::{New, SecretValues};
use grantry_ui::route::Secrets;

use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, Refusal, checked};
use crate::portal::form::customer;
use crate::portal::frame::{Member, MemberForm, go};
use crate::portal::license_key::owners;

/// The form as it is sent.
pub(crate) struct Form {
    values: SecretValues,
    value: String,
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        let values =
            SecretValues { key: fields.text("key"), customer: fields.text("customerOrganizationId") };
        Self { values, value: lines(&fields.text("value")) }
    }
}

impl Form {
    fn input(&self) -> Result<Input<'_>, Vec<FieldError>> {
        let customer = customer(&self.values.customer).map_err(|error| vec![error])?;
        Ok(Input { key: &self.values.key, value: &self.value, customer })
    }
}

/// The form.
pub(crate) async fn show(State(ops): State<Ops>, member: Member) -> PageResult {
    ops.require(&member.caller, Action::EditSecrets).await?;
    let page = page(&ops, &member, FormState::fresh(SecretValues::default())).await?;
    Ok(member.page(Nav::Secrets, &page))
}

/// Creates it.
pub(crate) async fn create(
    State(ops): State<Ops>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    let outcome = match form.input() {
        Ok(input) => checked(create::create(&ops, &member.caller, input, &Once::without_key()).await)?,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(_) => Ok(go(&Secrets, Notice::Created)),
        Err(refusal) => {
            let form = FormState::refused(form.values, errors(&refusal));
            let page = page(&ops, &member, form).await?;
            Ok(member.refused(&refusal, Nav::Secrets, &page))
        }
    }
}

/// A key that is taken is said beside its input.
fn errors(refusal: &Refusal) -> Vec<FieldError> {
    let place = |error: &FieldError| match error.code {
        "key_taken" => FieldError { field: "key", ..error.clone() },
        _ => error.clone(),
    };
    refusal.errors.iter().map(place).collect()
}

async fn page(ops: &Ops, member: &Member, form: FormState<SecretValues>) -> Result<New, Error> {
    let portal = member.shell.portal();
    let customers = match portal {
        Portal::Vendor => owners(ops, &member.caller).await?,
        Portal::Customer => Vec::new(),
    };
    Ok(New { portal, form, customers })
}
