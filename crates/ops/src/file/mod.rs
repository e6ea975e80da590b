//! Files: small images that are shown beside names.

pub mod create;
pub mod delete;
pub mod image;

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::file::File;
use grantry_model::id::FileId;
use grantry_model::page::{Page, PageRequest};
use grantry_model::policy::Action;
use serde_json::json;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// A file with its bytes. Every member of the organization may see every image of it: what they show is no secret, and ids can't be
/// guessed.
///
/// # Errors
/// There is no such file in the organization.
pub async fn show(ops: &Ops, caller: &Caller, id: FileId) -> Result<(File, Vec<u8>)> {
    let permit = ops.authorize(caller, Action::ViewFiles).await?;
    let found = ops.store().read().await?.find_file_content(&permit, id).await?;
    found.ok_or(Error::NotFound(Kind::File))
}

/// Files of the organization, the newest first, each with whether something shows it.
///
/// # Errors
/// The caller may not upload files.
pub async fn list(ops: &Ops, caller: &Caller, page: &PageRequest) -> Result<Page<(File, bool)>> {
    let permit = ops.authorize(caller, Action::EditFiles).await?;
    Ok(ops.store().read().await?.list_files(&permit, page).await?)
}

fn event(kind: EventKind, file: &File) -> Event {
    let subject = Subject::new("file", file.id, file.id);
    Event::new(kind, subject).with(json!({ "contentType": file.kind.media_type(), "size": file.size }))
}
