//! A file of a version, byte for byte as it was added.

use axum::extract::State;
use axum::response::IntoResponse;
use grantry_model::policy::Action;
use grantry_ops::error::{Error, Kind};
use grantry_ops::{Ops, application, application_version};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::show::named;
use crate::extract::path::VersionFilePath;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The file.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, path: VersionFilePath) -> PageResult {
    ops.require(&member.caller, Action::ViewCustomers).await?;
    let files = application_version::files(&ops, &member.caller, path.at).await?;
    let kind = application::show(&ops, &member.caller, path.at.0).await?.application.kind;
    let found = named(&files, kind).into_iter().find(|(name, ..)| *name == path.name);
    let (name, _, bytes) = found.ok_or(Error::NotFound(Kind::ApplicationVersion))?;
    // Never shown in place: what a vendor uploads is no page of the hub.
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, "application/octet-stream".to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes.to_vec()).into_response())
}
