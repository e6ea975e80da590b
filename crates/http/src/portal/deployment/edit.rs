//! Deploying another version of what runs, or other values.

use axum::extract::State;
use axum::response::Response;
use grantry_model::field::FieldError;
use grantry_model::id::DeploymentId;
use grantry_model::policy::Action;
use grantry_ops::deployment::{self, Deployed, License, deploy};
use grantry_ui::form::Step;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::deployment::edit::Edit;
use grantry_ui::pages::deployment::fields::{DeployForm, DeployValues};
use grantry_ui::route::ShowDeployment;
use http::StatusCode;

use super::editor::{Prepared, prepare};
use super::input::typed;
use super::options::written;
use crate::app::App;
use crate::extract::Path;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The form, which says at once if nothing can be changed.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<DeploymentId>) -> PageResult {
    app.ops.require(&member.caller, Action::EditDeployments).await?;
    let deployed = deployment::show(&app.ops, &member.caller, id).await?;
    let entry = &deployed.entry;
    let running = entry.version.id.to_string();
    let values = DeployValues {
        version: running.clone(),
        begun: running,
        ..written(&entry.deployment, &entry.current.content)
    };
    let at = (entry.deployment.target, Some((id, entry.version.id)));
    let prepared = prepare(&app, &member, at, values).await?;
    let errors = unlicensed(&deployed).into_iter().collect();
    Ok(again(&app, member, &deployed, (prepared, StatusCode::OK, errors)))
}

/// Deploys it, or shows the form again with what is chosen by now.
pub(crate) async fn update(
    State(app): State<App>,
    Path(id): Path<DeploymentId>,
    MemberForm { member, form }: MemberForm<DeployForm>,
) -> PageResult {
    app.ops.require(&member.caller, Action::EditDeployments).await?;
    let DeployForm { values, step } = form;
    let deployed = deployment::show(&app.ops, &member.caller, id).await?;
    let entry = &deployed.entry;
    let at = (entry.deployment.target, Some((id, entry.version.id)));
    let prepared = prepare(&app, &member, at, values).await?;
    if step != Step::Save {
        return Ok(again(&app, member, &deployed, (prepared, StatusCode::OK, Vec::new())));
    }
    let unseen = prepared.unseen();
    if !unseen.is_empty() {
        let refused = (prepared, StatusCode::UNPROCESSABLE_ENTITY, unseen);
        return Ok(again(&app, member, &deployed, refused));
    }
    let outcome = match typed(&prepared.values, prepared.at()) {
        Ok(input) => checked(deploy::deploy(&app.ops, &member.caller, &input).await)?,
        Err(error) => Err(vec![error].into()),
    };
    match outcome {
        Ok(_) => Ok(go(&ShowDeployment { deployment: id }, Notice::Deployed)),
        Err(refusal) => Ok(again(&app, member, &deployed, (prepared, refusal.status, refusal.errors))),
    }
}

fn unlicensed(deployed: &Deployed) -> Option<FieldError> {
    let (code, message) = match deployed.license {
        License::Granted => return None,
        License::Expired => (
            "entitlement_expired",
            "The license for this deployment has expired: what runs goes on, but nothing of it can be changed until the entitlement is renewed.",
        ),
        License::Missing => (
            "not_entitled",
            "No entitlement grants the version that runs. Choose one that is granted, if there is any.",
        ),
    };
    Some(FieldError::new("", code, message))
}

fn again(
    app: &App,
    member: Member,
    deployed: &Deployed,
    (prepared, status, errors): (Prepared, StatusCode, Vec<FieldError>),
) -> Response {
    let page = Edit {
        deployment: deployed.entry.deployment.id,
        next: deployed.entry.deployment.current_seq + 1,
        editor: prepared.editor(app, &member, errors),
    };
    member.page_as(status, Nav::Deployments, &page)
}
