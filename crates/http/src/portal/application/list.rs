//! The applications of the organization.

use axum::extract::State;
use grantry_model::policy::Action;
use grantry_ops::application::{self, Detail};
use grantry_ui::layout::Nav;
use grantry_ui::pages::application::list::{List, Newest, Row};

use crate::app::App;
use crate::extract::Query;
use crate::portal::error::PageResult;
use crate::portal::form::ListQuery;
use crate::portal::frame::Member;

/// The list.
pub(crate) async fn list(
    State(app): State<App>,
    member: Member,
    Query(query): Query<ListQuery>,
) -> PageResult {
    app.ops.require(&member.caller, Action::ViewCustomers).await?;
    let found = application::list(&app.ops, &member.caller, &query.request()).await?;
    let page = List {
        rows: found.items.iter().map(row).collect(),
        total: application::count(&app.ops, &member.caller).await?,
        q: query.q,
        after: query.after,
        next: found.next.map(|cursor| cursor.encode()),
        can_edit: member.may(&app, Action::EditApplications),
    };
    Ok(member.page(Nav::Applications, &page))
}

fn row(detail: &Detail) -> Row {
    let newest = detail.versions.iter().rev().find(|version| version.archived_at.is_none());
    Row {
        application: detail.application.id,
        name: detail.application.name.as_str().to_owned(),
        image: detail.application.image,
        kind: detail.application.kind,
        newest: newest
            .map(|version| Newest { name: version.name.as_str().to_owned(), created_at: version.created_at }),
        versions: detail.versions.len() as u64,
    }
}
