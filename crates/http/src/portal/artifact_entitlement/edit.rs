//! Editing an artifact entitlement.

use axum::extract::State;
use axum::response::Response;
use grantry_model::id::ArtifactEntitlementId;
use grantry_model::policy::Action;
use grantry_ops::artifact_entitlement::{self, Entitled, update};
use grantry_ops::customer;
use grantry_ui::form::Step;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::artifact_entitlement::edit::Edit;
use grantry_ui::pages::artifact_entitlement::fields::EntitlementForm;
use grantry_ui::route::CustomerLicenses;
use http::StatusCode;

use super::editor::editor;
use super::input::{Placed, typed, written};
use super::row::place;
use crate::app::App;
use crate::extract::Path;
use crate::portal::entitlement::{Around, present_owner};
use crate::portal::error::{PageError, PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The form.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(id): Path<ArtifactEntitlementId>,
) -> PageResult {
    let before = find(&app, &member, id).await?;
    page(&app, member, (&before, written(&before)), StatusCode::OK, Vec::new()).await
}

async fn find(app: &App, member: &Member, id: ArtifactEntitlementId) -> Result<Entitled, PageError> {
    app.ops.require(&member.caller, Action::EditArtifactEntitlements).await?;
    Ok(artifact_entitlement::show(&app.ops, &member.caller, id).await?)
}

/// Saves it, or shows the form again with what it would grant.
pub(crate) async fn update(
    State(app): State<App>,
    Path(id): Path<ArtifactEntitlementId>,
    MemberForm { member, form }: MemberForm<EntitlementForm>,
) -> PageResult {
    let before = find(&app, &member, id).await?;
    if form.step != Step::Save {
        return page(&app, member, (&before, form), StatusCode::OK, Vec::new()).await;
    }
    let input = match typed(&form, Some(&before)) {
        Ok(input) => input,
        Err(errors) => {
            return page(&app, member, (&before, form), StatusCode::UNPROCESSABLE_ENTITY, errors).await;
        }
    };
    match checked(update::update(&app.ops, &member.caller, id, &input).await)? {
        Ok(after) => Ok(saved(&before, &after)),
        Err(refusal) => {
            let errors = refusal.errors.into_iter().map(place).collect();
            page(&app, member, (&before, form), refusal.status, errors).await
        }
    }
}

fn saved(before: &Entitled, after: &Entitled) -> Response {
    let notice = if before == after { Notice::Unchanged } else { Notice::Saved };
    go(&CustomerLicenses { customer: after.entitlement.customer }, notice)
}

async fn page(
    app: &App,
    member: Member,
    (before, form): (&Entitled, EntitlementForm),
    status: StatusCode,
    errors: Vec<Placed>,
) -> PageResult {
    let entitlement = &before.entitlement;
    let owners = customer::find_all(&app.ops, &member.caller, &[entitlement.customer].into()).await?;
    let owner = owners.first().map(present_owner);
    let around = Around { customer: owner, before: Some(before), first: None };
    let page = Edit {
        entitlement: entitlement.id,
        name: entitlement.name.as_str().to_owned(),
        expires_at: entitlement.expires_at,
        editor: editor(app, &member, form, errors, around).await?,
    };
    Ok(member.page_as(status, Nav::Licenses, &page))
}
