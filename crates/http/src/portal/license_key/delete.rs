//! Deleting a license key.

use axum::extract::State;
use axum::response::Response;
use grantry_model::id::{CustomerId, LicenseKeyId};
use grantry_ops::license_key::{delete, show};
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::license_key::delete::Delete;
use grantry_ui::route::{CustomerLicenses, OrganizationLicenses};

use super::edit::affected;
use super::owner;
use crate::app::App;
use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::{Member, MemberForm, go};

/// The question.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<LicenseKeyId>) -> PageResult {
    let delete::Losses { key, revisions, readers } = delete::preview(&app.ops, &member.caller, id).await?;
    let last = revisions.iter().map(|revision| revision.terms.expires_at).max();
    let page = Delete {
        key: id,
        name: key.name.as_str().to_owned(),
        owner: owner(&app.ops, &member.caller, &key).await?,
        revisions: key.current.seq,
        expires_at: last.unwrap_or(key.current.terms.expires_at),
        used_by: readers.iter().map(affected).collect(),
    };
    Ok(member.page(Nav::Licenses, &page))
}

/// Deletes it.
pub(crate) async fn delete(
    State(app): State<App>,
    Path(id): Path<LicenseKeyId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    let key = show::show(&app.ops, &member.caller, id).await?;
    delete::delete(&app.ops, &member.caller, id).await?;
    Ok(back(key.customer))
}

fn back(owner: Option<CustomerId>) -> Response {
    match owner {
        Some(customer) => go(&CustomerLicenses { customer }, Notice::Deleted),
        None => go(&OrganizationLicenses, Notice::Deleted),
    }
}
