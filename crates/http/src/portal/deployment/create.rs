//! Deploying an application at a target.

use axum::extract::State;
use axum::response::Response;
use grantry_model::field::FieldError;
use grantry_model::id::DeploymentTargetId;
use grantry_ops::deployment::deploy;
use grantry_ui::form::Step;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::deployment::fields::{DeployForm, DeployValues};
use grantry_ui::pages::deployment::new::New;
use grantry_ui::route::ShowDeployment;
use http::StatusCode;

use super::editor::{Prepared, prepare};
use super::input::typed;
use crate::app::App;
use crate::extract::Path;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The form.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(target): Path<DeploymentTargetId>,
) -> PageResult {
    let prepared = prepare(&app, &member, (target, None), DeployValues::default()).await?;
    Ok(again(&app, member, prepared, StatusCode::OK, Vec::new()))
}

/// Deploys, or shows the form again with what is chosen by now.
pub(crate) async fn create(
    State(app): State<App>,
    Path(target): Path<DeploymentTargetId>,
    MemberForm { member, form }: MemberForm<DeployForm>,
) -> PageResult {
    let DeployForm { values, step } = form;
    let prepared = prepare(&app, &member, (target, None), values).await?;
    if step != Step::Save {
        return Ok(again(&app, member, prepared, StatusCode::OK, Vec::new()));
    }
    let mut errors = prepared.unseen();
    errors.extend(unchosen(&prepared.values));
    if !errors.is_empty() {
        return Ok(again(&app, member, prepared, StatusCode::UNPROCESSABLE_ENTITY, errors));
    }
    let deployed = match typed(&prepared.values, prepared.at()) {
        Ok(input) => checked(deploy::deploy(&app.ops, &member.caller, &input).await)?,
        Err(error) => Err(vec![error].into()),
    };
    match deployed {
        Ok(deployed) => {
            Ok(go(&ShowDeployment { deployment: deployed.entry.deployment.id }, Notice::Deployed))
        }
        Err(refusal) => Ok(again(&app, member, prepared, refusal.status, refusal.errors)),
    }
}

/// Without an application there is no place for what is wrong with the version.
fn unchosen(values: &DeployValues) -> Option<FieldError> {
    let missing = || FieldError::new("applicationId", "application_missing", "Choose an application.");
    values.version.is_empty().then(missing)
}

fn again(
    app: &App,
    member: Member,
    prepared: Prepared,
    status: StatusCode,
    errors: Vec<FieldError>,
) -> Response {
    let page = New { editor: prepared.editor(app, &member, errors) };
    member.page_as(status, Nav::Deployments, &page)
}
