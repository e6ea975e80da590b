//! One artifact as a customer sees it.

use axum::response::Response;
use grantry_model::id::ArtifactId;
use grantry_ops::artifact::show;
use grantry_ui::layout::Nav;
use grantry_ui::pages::artifact::portal_show::PortalShow;

use super::{newest_tag, registry, version};
use crate::app::App;
use crate::portal::error::PageError;
use crate::portal::form::ListQuery;
use crate::portal::frame::Member;

/// The page.
pub(super) async fn show(
    app: &App,
    member: Member,
    id: ArtifactId,
    query: ListQuery,
) -> Result<Response, PageError> {
    let found = show::show(&app.ops, &member.caller, id, &query.request()).await?;
    let page = PortalShow {
        artifact: id,
        name: found.listed.artifact.name.to_string(),
        image: found.listed.artifact.image,
        kind: found.listed.kind,
        registry: registry(app, &member.caller).await?,
        versions: found.versions.items.into_iter().map(|one| version(one, None)).collect(),
        tags: found.listed.tags,
        newest_tag: newest_tag(&found.listed),
        until: found.listed.until,
        q: query.q,
        after: query.after,
        next: found.versions.next.map(|cursor| cursor.encode()),
    };
    Ok(member.page(Nav::Artifacts, &page))
}
