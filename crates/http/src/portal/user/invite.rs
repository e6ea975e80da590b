//! Inviting a member.

use axum::extract::State;
use grantry_model::field::FieldError;
use grantry_model::policy::Action;
use grantry_model::role::Role;
use grantry_ops::error::Error;
use grantry_ops::member::invite::{self, Input};
use grantry_ops::once::Once;
use grantry_ui::form::FormState;
use grantry_ui::layout::{Nav, Portal};
use grantry_ui::pages::user::invite::{Invite, InviteValues};

use super::invited;
use crate::app::App;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::form::customer;
use crate::portal::frame::{Member, MemberForm};
use crate::portal::license_key::owners;

impl ReadForm for InviteValues {
    fn read(fields: &Fields) -> Self {
        Self {
            email: fields.text("email"),
            name: fields.text("name"),
            role: fields.text("userRole"),
            customer: fields.text("customerOrganizationId"),
        }
    }
}

fn input(values: &InviteValues) -> Result<Input<'_>, Vec<FieldError>> {
    let customer = customer(&values.customer).map_err(|error| vec![error])?;
    Ok(Input { email: &values.email, name: &values.name, role: &values.role, customer })
}

async fn page(app: &App, member: &Member, form: FormState<InviteValues>) -> Result<Invite, Error> {
    let customers = match member.shell.portal() {
        Portal::Vendor => owners(&app.ops, &member.caller).await?,
        Portal::Customer => Vec::new(),
    };
    Ok(Invite { form, customers, staff: member.may(app, Action::ManageStaff), strongest: Role::Admin })
}

/// The form.
pub(crate) async fn show(State(app): State<App>, member: Member) -> PageResult {
    app.ops.require(&member.caller, Action::ManageCustomerMembers).await?;
    let values = InviteValues { role: Role::ReadOnly.as_str().to_owned(), ..InviteValues::default() };
    let page = page(&app, &member, FormState::fresh(values)).await?;
    Ok(member.page(Nav::Users, &page))
}

/// Invites, and shows the link.
pub(crate) async fn create(
    State(app): State<App>,
    MemberForm { member, form: values }: MemberForm<InviteValues>,
) -> PageResult {
    let outcome = match input(&values) {
        Ok(input) => checked(invite::invite(&app.ops, &member.caller, input, &Once::without_key()).await)?,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(outcome) => Ok(invited(&app, member, &outcome.made()?)),
        Err(refusal) => {
            let form = FormState::refused(values, refusal.errors.clone());
            let page = page(&app, &member, form).await?;
            Ok(member.refused(&refusal, Nav::Users, &page))
        }
    }
}
