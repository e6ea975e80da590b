//! Restarting what is deployed.

use axum::extract::State;
use grantry_model::id::DeploymentId;
use grantry_ops::deployment::revise;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::deployment::show::Show;
use grantry_ui::route::ShowDeployment;

use super::show::page;
use crate::app::App;
use crate::extract::Path;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{MemberForm, go};

/// Restarts it; if that can't be, the deployment's page says why.
pub(crate) async fn update(
    State(app): State<App>,
    Path(id): Path<DeploymentId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    match checked(revise::redeploy(&app.ops, &member.caller, id).await)? {
        Ok(_) => Ok(go(&ShowDeployment { deployment: id }, Notice::Deployed)),
        Err(refusal) => {
            let refused = refusal.errors.first().map(|error| error.message.clone());
            let page = Show { refused, ..page(&app, &member, id).await? };
            Ok(member.refused(&refusal, Nav::Deployments, &page))
        }
    }
}
