//! Deleting a deployment target with its deployments.

use axum::extract::State;
use grantry_model::id::DeploymentTargetId;
use grantry_ops::Ops;
use grantry_ops::deployment_target::delete;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::deployment_target::delete::Delete;
use grantry_ui::route::Deployments;

use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::{Member, MemberForm, go};

/// The question.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    Path(id): Path<DeploymentTargetId>,
) -> PageResult {
    let found = delete::preview(&ops, &member.caller, id).await?;
    let deployments = found.deployments.iter();
    let page = Delete {
        target: id,
        name: found.target.name.as_str().to_owned(),
        deployments: deployments.map(|one| one.entry.application.name.as_str().to_owned()).collect(),
        was_connected: found.target.agent.seen_at.is_some(),
    };
    Ok(member.page(Nav::Deployments, &page))
}

/// Deletes it.
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Path(id): Path<DeploymentTargetId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    delete::delete(&ops, &member.caller, id).await?;
    Ok(go(&Deployments, Notice::Deleted))
}
