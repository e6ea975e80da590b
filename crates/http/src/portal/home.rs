//! The front page, which leads to the first section that the reader may open.

use axum::response::Redirect;
use grantry_ui::layout::Nav;
use grantry_ui::route;

use crate::portal::frame::Member;

/// Leads on.
pub(crate) async fn show(member: Member) -> Redirect {
    let first = member.shell.sections.first().copied().unwrap_or(Nav::Account);
    Redirect::to(&address(first))
}

fn address(section: Nav) -> String {
    match section {
        Nav::Licenses => route::Licenses.to_string(),
        Nav::Customers => route::Customers.to_string(),
        Nav::Users => route::Users.to_string(),
        Nav::AccessTokens => route::AccessTokens.to_string(),
        Nav::AuditLog => route::AuditLog.to_string(),
        Nav::Settings => route::Settings.to_string(),
        Nav::Account => route::Account.to_string(),
    }
}
