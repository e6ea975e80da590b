//! The guides. They are the same for everybody, but they are read by members: who is not signed in learns nothing of what
//! this hub is.

use axum::response::Response;
use grantry_ui::guide::Guide;
use grantry_ui::layout::Nav;
use grantry_ui::pages::guide::list::List;
use grantry_ui::pages::guide::show::Show;
use http::{StatusCode, Uri};

use crate::portal::error;
use crate::portal::frame::Member;

/// All that are for the readers of the portal.
pub(crate) async fn list(member: Member) -> Response {
    let page = List { portal: member.shell.portal() };
    member.page(Nav::Guides, &page)
}

/// One guide.
pub(crate) async fn show(member: Member, uri: Uri) -> Response {
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    match Guide::of(name) {
        Some(guide) => member.page(Nav::Guides, &Show::of(guide)),
        None => error::page(StatusCode::NOT_FOUND, "There is nothing at this address."),
    }
}
