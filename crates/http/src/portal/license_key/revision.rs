//! One revision of a license key.

use axum::extract::State;
use grantry_ops::error::{Error, Kind};
use grantry_ops::license_key::token;
use grantry_ui::layout::Nav;
use grantry_ui::pages::license_key::revision::Show;

use super::{owner, present};
use crate::app::App;
use crate::extract::path::RevisionPath;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The page.
pub(crate) async fn show(State(app): State<App>, member: Member, path: RevisionPath) -> PageResult {
    let found = token::revisions(&app.ops, &member.caller, path.key).await?;
    let at = found.revisions.iter().position(|(revision, _)| revision.seq == path.number);
    let at = at.ok_or(Error::NotFound(Kind::Revision))?;
    let (revision, token) = &found.revisions[at];
    let page = Show {
        portal: member.shell.portal(),
        key: path.key,
        name: found.key.name.as_str().to_owned(),
        owner: owner(&app.ops, &member.caller, &found.key).await?,
        revision: present(revision),
        before: found.revisions.get(at + 1).map(|(before, _)| present(before)),
        current: found.key.current.seq,
        token: token.clone(),
    };
    Ok(member.page(Nav::Licenses, &page))
}
