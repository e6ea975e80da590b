//! Creating a customer.

use axum::extract::State;
use grantry_model::customer::Feature;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::customer::create;
use grantry_ops::once::Once;
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::customer::new::New;
use grantry_ui::route::CustomerLicenses;

use super::Form;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The form.
pub(crate) async fn show(State(ops): State<Ops>, member: Member) -> PageResult {
    ops.require(&member.caller, Action::CreateCustomer).await?;
    let form = FormState::fresh(Form::of("", &Feature::DEFAULT).values());
    Ok(member.page(Nav::Customers, &New { form }))
}

/// Creates it.
pub(crate) async fn create(
    State(ops): State<Ops>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    match checked(create::create(&ops, &member.caller, form.input(), &Once::without_key()).await)? {
        Ok(outcome) => Ok(go(&CustomerLicenses { customer: outcome.made()?.id }, Notice::Created)),
        Err(refusal) => {
            let page = New { form: FormState::refused(form.values(), refusal.errors.clone()) };
            Ok(member.refused(&refusal, Nav::Customers, &page))
        }
    }
}
