//! The artifacts, which are another page in each portal.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use grantry_model::artifact::ArtifactOrder;
use grantry_model::id::ArtifactId;
use grantry_model::policy::Action;
use grantry_ops::artifact::list::{self, Listed};
use grantry_ops::pulls;
use grantry_ui::layout::{Nav, Portal};
use grantry_ui::pages::artifact::list::{List, Row};

use super::{portal, registry};
use crate::app::App;
use crate::extract::Query;
use crate::portal::error::{PageError, PageResult};
use crate::portal::form::ListQuery;
use crate::portal::frame::Member;

/// Days of the course beside an artifact.
const DAYS: u32 = 30;

/// The list.
pub(crate) async fn list(
    State(app): State<App>,
    member: Member,
    Query(query): Query<ListQuery>,
) -> PageResult {
    match member.shell.portal() {
        Portal::Vendor => vendor(&app, member, query).await,
        Portal::Customer => portal::list(&app, member, query).await,
    }
}

async fn vendor(app: &App, member: Member, query: ListQuery) -> Result<Response, PageError> {
    let (ops, caller) = (&app.ops, &member.caller);
    let found = list::list(ops, caller, ArtifactOrder::Name, &query.request()).await?;
    let can_see_pulls = member.may(app, Action::ViewPulls);
    let pulls =
        if can_see_pulls { pulls::series(ops, caller, None, DAYS).await?.artifacts } else { HashMap::new() };
    let page = List {
        rows: found.items.iter().map(|one| row(one, &pulls)).collect(),
        total: list::count(ops, caller).await?,
        q: query.q,
        after: query.after,
        next: found.next.map(|cursor| cursor.encode()),
        registry: registry(app, caller).await?,
        can_push: member.may(app, Action::PushArtifacts),
        can_see_pulls,
    };
    Ok(member.page(Nav::Artifacts, &page))
}

fn row(listed: &Listed, pulls: &HashMap<ArtifactId, Vec<u64>>) -> Row {
    let mut days = [0; DAYS as usize];
    for (day, count) in days.iter_mut().zip(pulls.get(&listed.artifact.id).into_iter().flatten()) {
        *day = *count;
    }
    Row {
        artifact: listed.artifact.id,
        name: listed.artifact.name.to_string(),
        image: listed.artifact.image,
        kind: listed.kind,
        upstream: listed.artifact.upstream.as_ref().map(|upstream| upstream.url.clone()),
        pushed_at: listed.artifact.pushed_at,
        tags: listed.tags,
        size: listed.size.unwrap_or_default(),
        pulls: days,
    }
}
