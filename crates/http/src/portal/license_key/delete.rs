//! Deleting a license key.

use axum::extract::State;
use axum::response::Response;
use grantry_model::id::{CustomerId, LicenseKeyId};
use grantry_ops::error::Error;
use grantry_ops::license_key::{delete, show};
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::license_key::delete::Delete;
use grantry_ui::route::{CustomerLicenses, OrganizationLicenses};

use super::owner;
use crate::app::App;
use crate::extract::Path;
use crate::portal::deployment::affected;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The question.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<LicenseKeyId>) -> PageResult {
    let page = page(&app, &member, id).await?;
    Ok(member.page(Nav::Licenses, &page))
}

async fn page(app: &App, member: &Member, id: LicenseKeyId) -> Result<Delete, Error> {
    let delete::Losses { key, revisions, readers } = delete::preview(&app.ops, &member.caller, id).await?;
    let last = revisions.iter().map(|revision| revision.terms.expires_at).max();
    Ok(Delete {
        key: id,
        name: key.name.as_str().to_owned(),
        owner: owner(&app.ops, &member.caller, &key).await?,
        revisions: key.current.seq,
        expires_at: last.unwrap_or(key.current.terms.expires_at),
        used_by: affected::refs(&app.ops, member, &readers).await?,
    })
}

/// Deletes it, unless deployments read it.
pub(crate) async fn delete(
    State(app): State<App>,
    Path(id): Path<LicenseKeyId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    let key = show::show(&app.ops, &member.caller, id).await?;
    match checked(delete::delete(&app.ops, &member.caller, id).await)? {
        Ok(()) => Ok(back(key.customer)),
        Err(refusal) => {
            let page = page(&app, &member, id).await?;
            Ok(member.refused(&refusal, Nav::Licenses, &page))
        }
    }
}

fn back(owner: Option<CustomerId>) -> Response {
    match owner {
        Some(customer) => go(&CustomerLicenses { customer }, Notice::Deleted),
        None => go(&OrganizationLicenses, Notice::Deleted),
    }
}
