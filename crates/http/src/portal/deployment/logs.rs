//! What the containers of a deployment wrote.

use axum::extract::State;
use grantry_model::id::DeploymentId;
use grantry_ops::{deployment, log_line};
use grantry_ui::layout::Nav;
use grantry_ui::pages::deployment::logs::Logs;

use super::log::{LogQuery, present};
use super::place;
use crate::app::App;
use crate::extract::{Path, Query};
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(id): Path<DeploymentId>,
    Query(query): Query<LogQuery>,
) -> PageResult {
    let (ops, caller) = (&app.ops, &member.caller);
    let deployed = deployment::show(ops, caller, id).await?;
    let resources = log_line::resources(ops, caller, id).await?;
    let chosen: Vec<String> =
        Some(query.resource.clone()).filter(|one| !one.is_empty()).into_iter().collect();
    let lines = log_line::of_deployment(ops, caller, (id, &chosen), &query.wanted()?).await?;
    let page = Logs {
        place: place(&deployed),
        log: present(query, resources.into_iter().map(|one| one.name).collect(), lines),
    };
    Ok(member.page(Nav::Deployments, &page))
}
