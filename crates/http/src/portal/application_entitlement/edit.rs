//! Editing an application entitlement.

use axum::extract::State;
use axum::response::Response;
use grantry_model::field::FieldError;
use grantry_model::id::ApplicationEntitlementId;
use grantry_model::policy::Action;
use grantry_ops::application_entitlement::{self, Entitled, update};
use grantry_ui::form::Step;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::application_entitlement::edit::Edit;
use grantry_ui::pages::application_entitlement::fields::EntitlementForm;
use grantry_ui::route::CustomerLicenses;
use http::StatusCode;

use super::editor::editor;
use super::input::{typed, written};
use crate::app::App;
use crate::extract::Path;
use crate::portal::entitlement::{Around, present_owner};
use crate::portal::error::{PageError, PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The form.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(id): Path<ApplicationEntitlementId>,
) -> PageResult {
    let before = find(&app, &member, id).await?;
    page(&app, member, (&before, written(&before)), StatusCode::OK, Vec::new()).await
}

async fn find(app: &App, member: &Member, id: ApplicationEntitlementId) -> Result<Entitled, PageError> {
    app.ops.require(&member.caller, Action::EditApplicationEntitlements).await?;
    Ok(application_entitlement::show(&app.ops, &member.caller, id).await?)
}

/// Saves it, or shows the form again with what it would grant.
pub(crate) async fn update(
    State(app): State<App>,
    Path(id): Path<ApplicationEntitlementId>,
    MemberForm { member, form }: MemberForm<EntitlementForm>,
) -> PageResult {
    let before = find(&app, &member, id).await?;
    if form.step != Step::Save {
        return page(&app, member, (&before, form), StatusCode::OK, Vec::new()).await;
    }
    let saved = match typed(&form, Some(&before)) {
        Ok(input) => checked(update::update(&app.ops, &member.caller, (id, None), &input).await)?,
        Err(errors) => Err(errors.into()),
    };
    match saved {
        Ok(after) => Ok(done(&before, &after, &form)),
        Err(refusal) => page(&app, member, (&before, form), refusal.status, refusal.errors).await,
    }
}

fn done(before: &Entitled, after: &Entitled, form: &EntitlementForm) -> Response {
    let is_same = before == after && form.registry_password.is_empty();
    let notice = if is_same { Notice::Unchanged } else { Notice::Saved };
    go(&CustomerLicenses { customer: after.customer.id }, notice)
}

async fn page(
    app: &App,
    member: Member,
    (before, form): (&Entitled, EntitlementForm),
    status: StatusCode,
    errors: Vec<FieldError>,
) -> PageResult {
    let mut form = form;
    // The application never changes, whatever was sent.
    form.values.application = before.application.id.to_string();
    let around =
        Around { customer: Some(present_owner(&before.customer)), before: Some(before), first: None };
    let page = Edit {
        entitlement: before.entitlement.id,
        name: before.entitlement.name.as_str().to_owned(),
        expires_at: before.entitlement.expires_at,
        editor: editor(app, &member, form, errors, around).await?,
    };
    Ok(member.page_as(status, Nav::Licenses, &page))
}
