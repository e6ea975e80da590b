//! Creating an artifact entitlement.

use axum::extract::State;
use axum::response::Response;
use grantry_ops::artifact_entitlement::create::{self, First};
use grantry_ops::once::Once;
use grantry_ui::form::Step;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::artifact_entitlement::fields::{EntitlementForm, EntitlementValues, GrantValues};
use grantry_ui::pages::artifact_entitlement::new::New;
use grantry_ui::route::CustomerLicenses;
use http::StatusCode;

use super::editor::editor;
use super::input::{Placed, typed};
use super::row::place;
use crate::app::App;
use crate::extract::Query;
use crate::portal::entitlement::{Around, Params, owner, unconfirmed};
use crate::portal::error::{PageError, PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The form.
pub(crate) async fn show(State(app): State<App>, member: Member, Query(params): Query<Params>) -> PageResult {
    let first = create::preview(&app.ops, &member.caller).await?;
    let owner = owner(&app, &member, &params.customer).await?;
    let form = EntitlementForm {
        values: EntitlementValues { customer: params.customer, ..EntitlementValues::default() },
        grants: vec![GrantValues::default()],
        step: Step::Preview,
    };
    let around = Around { customer: owner, first, before: None };
    let page = New { editor: editor(&app, &member, form, Vec::new(), around).await? };
    Ok(member.page(Nav::Licenses, &page))
}

/// Creates it, or shows the form again with what it would grant.
pub(crate) async fn create(
    State(app): State<App>,
    MemberForm { member, form }: MemberForm<EntitlementForm>,
) -> PageResult {
    let first = create::preview(&app.ops, &member.caller).await?;
    if form.step != Step::Save {
        return again(&app, member, (form, first), StatusCode::OK, Vec::new()).await;
    }
    let input = match typed(&form, None) {
        Ok(input) => input,
        Err(errors) => {
            return again(&app, member, (form, first), StatusCode::UNPROCESSABLE_ENTITY, errors).await;
        }
    };
    if first.is_some() && !form.values.confirmed {
        let errors = vec![(None, unconfirmed())];
        return again(&app, member, (form, first), StatusCode::UNPROCESSABLE_ENTITY, errors).await;
    }
    match checked(create::create(&app.ops, &member.caller, &input, &Once::without_key()).await)? {
        Ok(outcome) => {
            let customer = outcome.made()?.entitlement.customer;
            Ok(go(&CustomerLicenses { customer }, Notice::Created))
        }
        Err(refusal) => {
            let errors = refusal.errors.into_iter().map(place).collect();
            again(&app, member, (form, first), refusal.status, errors).await
        }
    }
}

async fn again(
    app: &App,
    member: Member,
    (form, first): (EntitlementForm, Option<First>),
    status: StatusCode,
    errors: Vec<Placed>,
) -> Result<Response, PageError> {
    let around = Around { customer: None, before: None, first };
    let page = New { editor: editor(app, &member, form, errors, around).await? };
    Ok(member.page_as(status, Nav::Licenses, &page))
}
