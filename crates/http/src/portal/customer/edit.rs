//! Editing a customer.

use axum::extract::State;
use grantry_model::customer::Customer;
use grantry_model::id::CustomerId;
use grantry_model::policy::Action;
use grantry_ops::customer::{self, update};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::customer::edit::Edit;
use grantry_ui::pages::customer::fields::CustomerValues;
use grantry_ui::route::Customers;

use super::Form;
use crate::app::App;
use crate::extract::Path;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

fn page(app: &App, member: &Member, customer: &Customer, form: FormState<CustomerValues>) -> Edit {
    Edit {
        customer: customer.id,
        name: customer.name.as_str().to_owned(),
        form,
        can_delete: member.may(app, Action::DeleteCustomer),
    }
}

/// The form.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<CustomerId>) -> PageResult {
    app.ops.require(&member.caller, Action::EditCustomer).await?;
    let (customer, _) = customer::show(&app.ops, &member.caller, id).await?;
    let form = FormState::fresh(Form::of(customer.name.as_str(), &customer.features).values());
    let page = page(&app, &member, &customer, form);
    Ok(member.page(Nav::Customers, &page))
}

/// Saves it.
pub(crate) async fn update(
    State(app): State<App>,
    Path(id): Path<CustomerId>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    let (customer, _) = customer::show(&app.ops, &member.caller, id).await?;
    match checked(update::update(&app.ops, &member.caller, id, form.input()).await)? {
        Ok(_) => Ok(go(&Customers, Notice::Saved)),
        Err(refusal) => {
            let form = FormState::refused(form.values(), refusal.errors.clone());
            let page = page(&app, &member, &customer, form);
            Ok(member.refused(&refusal, Nav::Customers, &page))
        }
    }
}
