//! What tags stand for.

use grantry_model::artifact::{Manifest, TagEntry};
use grantry_model::policy::Permit;
use grantry_oci::error::ErrorCode;
use grantry_oci::reference::Tag;
use grantry_store::store::Tx;

use super::error::{Error, Result};
use crate::Ops;

/// Whether a tag that exists may come to stand for other content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moves {
    /// If the organization lets tags move.
    IfAllowed,
    /// Always: it follows the upstream.
    Always,
}

/// Lets a tag stand for a manifest of its artifact, which the caller has locked. Whether that changed anything.
pub(super) async fn set(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    (tag, kept): (&Tag, &Manifest),
    moves: Moves,
) -> Result<bool> {
    let now = ops.clock().now();
    let Some(entry) = tx.find_tag(permit, kept.artifact, tag).await? else {
        let (id, name) = (ops.new_id()?, tag.clone());
        let entry = TagEntry { id, name, manifest: kept.id, created_at: now, updated_at: now };
        tx.insert_tag(permit, kept.artifact, &entry).await?;
        if tag.attachment().is_some() {
            tx.replace_attachments(permit, kept).await?;
        }
        return Ok(true);
    };
    if entry.manifest == kept.id {
        return Ok(false);
    }
    // Clients keep lists of signatures under such tags, and add to them.
    let is_attached = tag.attachment().is_some();
    if moves == Moves::IfAllowed && !is_attached && !tx.are_tags_mutable(permit).await? {
        let message = format!(
            "The tag {tag} exists with other content, and tags can't be moved in this organization. \
             Push under another tag, or let an administrator allow it in the settings."
        );
        return Err(Error::saying(ErrorCode::Denied, message));
    }
    tx.move_tag(permit, entry.id, kept.id, now).await?;
    if let Some(before) = tx.find_manifest_by_id(permit, entry.manifest).await? {
        if is_attached {
            tx.replace_attachments(permit, &before).await?;
            tx.replace_attachments(permit, kept).await?;
        }
        tx.mark_orphans(permit, kept.artifact, &[before.digest.to_string()], now).await?;
    }
    Ok(true)
}
