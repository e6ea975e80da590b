//! Undeploying.

use axum::extract::State;
use grantry_model::id::DeploymentId;
use grantry_ops::Ops;
use grantry_ops::deployment::undeploy;
use grantry_ops::deployment_target;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::deployment::delete::Delete;
use grantry_ui::route::ShowDeploymentTarget;

use super::{license, place};
use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::{Member, MemberForm, go};

/// The question.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, Path(id): Path<DeploymentId>) -> PageResult {
    let deployed = undeploy::preview(&ops, &member.caller, id).await?;
    let entry = &deployed.entry;
    let target = deployment_target::show(&ops, &member.caller, entry.deployment.target).await?.target;
    let page = Delete {
        place: place(&deployed),
        kind: entry.application.kind,
        keeps_volumes: entry.deployment.keep_volumes,
        was_seen: target.agent.seen_at.is_some(),
        license: license(deployed.license),
    };
    Ok(member.page(Nav::Deployments, &page))
}

/// Undeploys it.
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Path(id): Path<DeploymentId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    let target = undeploy::preview(&ops, &member.caller, id).await?.entry.deployment.target;
    undeploy::undeploy(&ops, &member.caller, id).await?;
    Ok(go(&ShowDeploymentTarget { target }, Notice::Undeployed))
}
