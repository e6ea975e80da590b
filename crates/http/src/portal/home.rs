//! The front page, which leads to a section that the reader may open.

use axum::response::Redirect;
use grantry_ui::layout::Nav;
use grantry_ui::route;

use crate::portal::frame::Member;

/// Leads on.
pub(crate) async fn show(member: Member) -> Redirect {
    Redirect::to(&address(first(&member.shell.sections)))
}

/// Licenses for who may open them, else the first section that is another page than this one.
fn first(sections: &[Nav]) -> Nav {
    let others = || sections.iter().copied().filter(|section| *section != Nav::Home);
    others().find(|section| *section == Nav::Licenses).or_else(|| others().next()).unwrap_or(Nav::Account)
}

fn address(section: Nav) -> String {
    match section {
        Nav::Home => route::Home.to_string(),
        Nav::Artifacts => route::Artifacts.to_string(),
        Nav::Licenses => route::Licenses.to_string(),
        Nav::Customers => route::Customers.to_string(),
        Nav::Users => route::Users.to_string(),
        Nav::AccessTokens => route::AccessTokens.to_string(),
        Nav::AuditLog => route::AuditLog.to_string(),
        Nav::Settings => route::Settings.to_string(),
        Nav::Account => route::Account.to_string(),
    }
}
