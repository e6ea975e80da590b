//! Pulling and deleting manifests.

use bytes::Bytes;
use grantry_model::id::ManifestId;
use grantry_oci::digest::Digest;
use grantry_oci::error::ErrorCode;
use grantry_oci::name::Name;
use grantry_oci::reference::Reference;
use grantry_oci::scope::Action;
use grantry_store::artifact::ArtifactPlace;
use grantry_store::manifest::PulledManifest;
use uuid::Uuid;

use super::client::Client;
use super::error::{Error, Result};
use super::pull::Pulled;
use super::visit::{Bounds, Visit};
use crate::Ops;

/// A manifest that a client may pull.
#[derive(Debug)]
pub struct Found {
    /// Its digest: of the algorithm asked for, or that its tag was set with.
    pub digest: Digest,
    /// Its media type, as pushed.
    pub media_type: String,
    /// Its bytes' number.
    pub size: u64,
    /// Its bytes; `None` if only the rest was asked for.
    pub content: Option<Bytes>,
}

/// A manifest that the client may pull from a repository, counted as a pull.
///
/// # Errors
/// `NAME_UNKNOWN` or `MANIFEST_UNKNOWN` if there is none, or none that the client may know of.
pub async fn pull(ops: &Ops, client: &Client, name: &Name, reference: &Reference) -> Result<Found> {
    let (mut visit, pulled) = find(ops, client, name, reference).await?;
    let memory = &ops.0.registry.manifests;
    let content = match memory.get(&pulled.id) {
        Some(content) => content,
        None => {
            let content = visit.tx.find_manifest_content(&visit.permit, pulled.id).await?;
            let content = Bytes::from(content.ok_or_else(|| Error::of(ErrorCode::ManifestUnknown))?);
            memory.insert(pulled.id, content.clone());
            content
        }
    };
    if pulled.is_top
        && let Some(artifact) = visit.place.artifact
    {
        let what = Pulled { artifact: artifact.id, name, reference, manifest: &pulled };
        ops.0.registry.pulls.note(ops, client, &visit.identity.puller, &what);
    }
    Ok(found(pulled, Some(content)))
}

/// As [`pull`], without the bytes and not counted.
///
/// # Errors
/// As of [`pull`].
pub async fn head(ops: &Ops, client: &Client, name: &Name, reference: &Reference) -> Result<Found> {
    let (_, pulled) = find(ops, client, name, reference).await?;
    Ok(found(pulled, None))
}

fn found(pulled: PulledManifest, content: Option<Bytes>) -> Found {
    Found { digest: pulled.digest, media_type: pulled.media_type, size: pulled.size, content }
}

async fn find(
    ops: &Ops,
    client: &Client,
    name: &Name,
    reference: &Reference,
) -> Result<(Visit, PulledManifest)> {
    let mut visit = Visit::enter(ops, client, name, Action::Pull).await?;
    let (mut artifact, mut bounds) = visit.artifact(ops).await?;
    if artifact.has_upstream && may_ask(ops, &mut visit, (&artifact, &bounds), reference).await? {
        let permit = visit.permit.clone();
        visit.tx.commit().await?;
        super::through::bring_manifest(ops, &permit, artifact.id, reference).await?;
        visit = Visit::enter(ops, client, name, Action::Pull).await?;
        (artifact, bounds) = visit.artifact(ops).await?;
    }
    let pulled = match reference {
        Reference::Tag(tag) => visit.tx.find_pulled_by_tag(&visit.permit, artifact.id, tag).await?,
        Reference::Digest(digest) => {
            visit.tx.find_pulled_by_digest(&visit.permit, artifact.id, digest).await?
        }
    };
    let unknown = || Error::of(ErrorCode::ManifestUnknown);
    let pulled = pulled.ok_or_else(unknown)?;
    let is_allowed = match (&bounds, reference) {
        (Bounds::None, _) => true,
        (bounds, Reference::Tag(tag)) => {
            let digest = pulled.digest.to_string();
            bounds.allow_tag(ops, &mut visit, &artifact, (tag, pulled.id, &digest)).await?
        }
        (bounds, Reference::Digest(digest)) => {
            bounds.allow_digest(ops, &mut visit, &artifact, &digest.to_string()).await?
        }
    };
    if !is_allowed {
        ops.0.registry.pulls.note_denied(client, &visit.identity.puller, (name, reference));
        return Err(unknown());
    }
    Ok((visit, pulled))
}

/// Whether an upstream may be asked for something: only for what the visitor may have, were it here.
async fn may_ask(
    ops: &Ops,
    visit: &mut Visit,
    (artifact, bounds): (&ArtifactPlace, &Bounds),
    reference: &Reference,
) -> Result<bool> {
    match reference {
        Reference::Tag(tag) => {
            // A signature's tag goes with what it is attached to. No manifest has the nil id: else the tag has to be granted
            // for its name.
            let subject = tag.attachment().and_then(|attachment| attachment.subject());
            let subject = subject.map_or(String::new(), |subject| subject.to_string());
            bounds.allow_tag(ops, visit, artifact, (tag, ManifestId(Uuid::nil()), &subject)).await
        }
        Reference::Digest(digest) => bounds.allow_digest(ops, visit, artifact, &digest.to_string()).await,
    }
}

/// Deletes a tag alone, or a manifest with its tags.
///
/// # Errors
/// There is no such thing; an active entitlement names it.
pub async fn delete(ops: &Ops, client: &Client, name: &Name, reference: &Reference) -> Result<()> {
    let visit = Visit::enter(ops, client, name, Action::Delete).await?;
    let artifact = visit.place.artifact.ok_or_else(|| Error::of(ErrorCode::NameUnknown))?;
    let (permit, caller) = (visit.permit.clone(), client.caller(&visit.identity)?);
    visit.tx.commit().await?;
    let removed =
        crate::artifact::remove::by_reference(ops, (&permit, &caller), artifact.id, reference).await;
    removed.map_err(|error| match error {
        crate::error::Error::NotFound(_) => Error::of(ErrorCode::ManifestUnknown),
        crate::error::Error::Conflict(conflict) => Error::saying(ErrorCode::Unsupported, conflict.message),
        other => other.into(),
    })
}
