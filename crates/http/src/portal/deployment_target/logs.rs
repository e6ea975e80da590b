//! What the agent of a target wrote about itself.

use axum::extract::State;
use grantry_model::id::DeploymentTargetId;
use grantry_ops::{deployment_target, log_line};
use grantry_ui::layout::Nav;
use grantry_ui::pages::deployment_target::logs::Logs;

use crate::app::App;
use crate::extract::{Path, Query};
use crate::portal::deployment::log::{LogQuery, present};
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(id): Path<DeploymentTargetId>,
    Query(query): Query<LogQuery>,
) -> PageResult {
    let (ops, caller) = (&app.ops, &member.caller);
    let target = deployment_target::show(ops, caller, id).await?.target;
    let lines = log_line::of_agent(ops, caller, id, &query.wanted()?).await?;
    let page =
        Logs { target: id, name: target.name.as_str().to_owned(), log: present(query, Vec::new(), lines) };
    Ok(member.page(Nav::Deployments, &page))
}
