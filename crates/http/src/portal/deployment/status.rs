//! What the agent said of a deployment over time.

use axum::extract::State;
use grantry_model::deployment::Status;
use grantry_model::id::DeploymentId;
use grantry_ops::deployment::revisions::ShownRevision;
use grantry_ops::deployment::{self, revisions};
use grantry_ops::deployment_status;
use grantry_ops::log_line::Wanted;
use grantry_ui::layout::Nav;
use grantry_ui::pages::deployment::status as ui;

use super::{kind, place};
use crate::app::App;
use crate::extract::{Path, Query};
use crate::portal::error::PageResult;
use crate::portal::form::{ListQuery, ROWS};
use crate::portal::frame::Member;

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(id): Path<DeploymentId>,
    Query(query): Query<ListQuery>,
) -> PageResult {
    let (ops, caller) = (&app.ops, &member.caller);
    let deployed = deployment::show(ops, caller, id).await?;
    let revisions = revisions::list(ops, caller, id).await?.revisions;
    let wanted = Wanted { older_than: query.after.parse().ok(), limit: ROWS + 1, ..Wanted::default() };
    let mut found = deployment_status::list(ops, caller, id, &wanted).await?;
    let is_more = found.len() > ROWS;
    found.truncate(ROWS);
    let page = ui::Status {
        place: place(&deployed),
        next: found.last().filter(|_| is_more).map(|last| last.id.to_string()),
        said: found.into_iter().map(|status| said(status, &revisions)).collect(),
        after: query.after,
    };
    Ok(member.page(Nav::Deployments, &page))
}

/// A status with the number of the revision that it is about.
pub(super) fn said(status: Status, revisions: &[ShownRevision]) -> ui::Said {
    let of = revisions.iter().find(|one| one.entry.revision.id == status.revision);
    ui::Said {
        health: kind(status.kind),
        message: status.message,
        revision: of.map_or(0, |one| one.entry.revision.seq),
        from: status.created_at,
        until: status.until,
    }
}
