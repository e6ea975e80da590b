//! The artifacts that a customer may pull.

use axum::response::Response;
use grantry_model::artifact::ArtifactOrder;
use grantry_ops::artifact::list::{self, Listed};
use grantry_ui::layout::Nav;
use grantry_ui::pages::artifact::portal::{Portal, PortalRow};

use super::{newest_tag, registry};
use crate::app::App;
use crate::portal::error::PageError;
use crate::portal::form::ListQuery;
use crate::portal::frame::Member;

/// The list.
pub(super) async fn list(app: &App, member: Member, query: ListQuery) -> Result<Response, PageError> {
    let found = list::list(&app.ops, &member.caller, ArtifactOrder::Name, &query.request()).await?;
    let page = Portal {
        vendor: member.shell.current.name.clone(),
        rows: found.items.iter().map(row).collect(),
        total: list::count(&app.ops, &member.caller).await?,
        q: query.q,
        after: query.after,
        next: found.next.map(|cursor| cursor.encode()),
        registry: registry(app, &member.caller).await?,
    };
    Ok(member.page(Nav::Artifacts, &page))
}

fn row(listed: &Listed) -> PortalRow {
    PortalRow {
        artifact: listed.artifact.id,
        name: listed.artifact.name.to_string(),
        image: listed.artifact.image,
        kind: listed.kind,
        newest_tag: newest_tag(listed),
        pushed_at: listed.artifact.pushed_at,
        tags: listed.tags,
    }
}
