//! Pulling through: what an artifact with an upstream lacks is fetched when it is asked for, and kept.
//!
//! Who may have it is decided first, by the same entitlements as for everything else; the upstream is never asked for what is
//! refused. Manifests are fetched without what they list, so an index of many platforms costs what is pulled of it; the blobs
//! are fetched one by one ([`super::fetch`]). One request fetches a thing, others wait for it. What is here already is served
//! while the upstream is away.

use grantry_model::artifact::{Artifact, TagEntry, Upstream as Source};
use grantry_model::field::FieldError;
use grantry_model::id::ArtifactId;
use grantry_model::policy::{Action, Permit};
use grantry_oci::digest::Digest;
use grantry_oci::manifest::Manifest;
use grantry_oci::reference::{Reference, Tag};
use grantry_upstream::address::Address;
use grantry_upstream::credentials::Credentials;
use grantry_upstream::error::Error as UpstreamError;
use grantry_upstream::session::Session;

use super::error::{Error, Result};
use super::push::{Incoming, keep_fetched};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error as OpsError, Kind};

/// Most tags that a comparison of all takes.
const MOST_TAGS: usize = 5_000;

/// An upstream that can be asked.
pub(super) struct Asking<'a> {
    ops: &'a Ops,
    permit: &'a Permit,
    artifact: ArtifactId,
    pub(super) session: Session,
}

/// What clients hear when the upstream fails.
pub(super) fn unreachable() -> Error {
    let message =
        "The registry that this repository is pulled through from can't be reached. Try again later.";
    OpsError::Unavailable { reason: message.to_owned() }.into()
}

/// Checks that an upstream is there and takes the credentials.
///
/// # Errors
/// It is not, or does not; a sentence for who typed the address.
pub(crate) async fn ping(
    ops: &Ops,
    address: &Address,
    credentials: Option<Credentials>,
) -> std::result::Result<(), UpstreamFailure> {
    let upstream = ops.upstream().ok_or(UpstreamFailure::Off)?;
    Ok(upstream.open(address, credentials).ping().await?)
}

/// Why an upstream can't be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamFailure {
    /// The hub can't make connections of its own.
    #[error("this hub can't reach other registries; its operator sees why in the log")]
    Off,
    /// The upstream.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

/// The artifact's upstream; none if it has none, or if this hub can't reach any.
pub(super) async fn open<'a>(
    ops: &'a Ops,
    permit: &'a Permit,
    artifact: ArtifactId,
) -> Result<Option<Asking<'a>>> {
    let Some(upstream) = ops.upstream() else { return Ok(None) };
    let mut tx = ops.store().read().await?;
    let Some(Artifact { upstream: Some(Source { url, .. }), .. }) =
        tx.find_artifact(permit, artifact).await?
    else {
        return Ok(None);
    };
    let credentials = tx.find_upstream_credentials(permit, artifact).await?;
    tx.commit().await?;
    let address = Address::parse(&url).map_err(OpsError::internal)?;
    let credentials = credentials.map(|one| Credentials { username: one.username, password: one.password });
    Ok(Some(Asking { ops, permit, artifact, session: upstream.open(&address, credentials) }))
}

/// Brings a manifest that a client may have, unless it is here and fresh.
///
/// # Errors
/// The database or the storage fails. That the upstream does is none: what is here is served then.
pub(super) async fn bring_manifest(
    ops: &Ops,
    permit: &Permit,
    artifact: ArtifactId,
    reference: &Reference,
) -> Result<()> {
    let (asked, now) = (&ops.0.registry.asked, ops.clock().now());
    let key = (artifact, reference.to_string());
    if asked.holds(&key, now) {
        return Ok(());
    }
    let _flight = asked.queue(&key).await;
    if asked.holds(&key, now) {
        return Ok(());
    }
    let Some(asking) = open(ops, permit, artifact).await? else { return Ok(()) };
    let found = match reference {
        Reference::Tag(tag) => asking.tag(tag).await,
        Reference::Digest(digest) => asking.manifest(digest).await,
    };
    match found {
        Ok(found) => {
            asked.note(key, now, found);
            Ok(())
        }
        Err(Failure::Upstream(error)) => {
            tracing::warn!(%error, %artifact, %reference, "the upstream could not be asked");
            let is_here = asking.is_here(reference).await?;
            if is_here {
                return Ok(());
            }
            Err(unreachable())
        }
        Err(Failure::Hub(error)) => Err(error),
    }
}

/// Brings what refers to a manifest.
///
/// # Errors
/// As of [`bring_manifest`].
pub(super) async fn bring_referrers(
    ops: &Ops,
    permit: &Permit,
    artifact: ArtifactId,
    subject: &Digest,
) -> Result<()> {
    let (asked, now) = (&ops.0.registry.asked, ops.clock().now());
    let key = (artifact, format!("referrers of {subject}"));
    if asked.holds(&key, now) {
        return Ok(());
    }
    let _flight = asked.queue(&key).await;
    if asked.holds(&key, now) {
        return Ok(());
    }
    let Some(asking) = open(ops, permit, artifact).await? else { return Ok(()) };
    let referrers = match asking.session.referrers(subject).await {
        Ok(referrers) => referrers,
        Err(error) => {
            tracing::warn!(%error, %artifact, %subject, "the upstream could not be asked for referrers");
            return Ok(());
        }
    };
    for one in &referrers {
        bring_manifest(ops, permit, artifact, &Reference::Digest(one.digest)).await?;
    }
    asked.note(key, now, true);
    Ok(())
}

/// Compares all tags with the upstream's.
///
/// # Errors
/// There is no such artifact, or it has no upstream. That the upstream fails is noted with the artifact.
pub async fn sync(ops: &Ops, caller: &Caller, id: ArtifactId) -> crate::error::Result<Artifact> {
    let permit = ops.authorize(caller, Action::PushArtifacts).await?;
    let artifact = ops.store().read().await?.find_artifact(&permit, id).await?;
    let artifact = artifact.ok_or(OpsError::NotFound(Kind::Artifact))?;
    if artifact.upstream.is_none() {
        let message = "This artifact is pushed to, so there is nothing to compare it with.";
        return Err(FieldError::new("upstreamUrl", "artifact_not_pull_through", message).into());
    }
    let outcome = sync_tags(ops, &permit, id).await;
    let now = ops.clock().now();
    let problem = match outcome {
        Ok(()) => None,
        Err(SyncFailure::Hub(error)) => return Err(error),
        Err(SyncFailure::Upstream(sentence)) => Some(sentence),
    };
    let mut tx = ops.store().write().await?;
    tx.note_sync(&permit, id, now, problem.as_deref()).await?;
    tx.commit().await?;
    let found = ops.store().read().await?.find_artifact(&permit, id).await?;
    found.ok_or(OpsError::NotFound(Kind::Artifact))
}

enum SyncFailure {
    Upstream(String),
    Hub(OpsError),
}

async fn sync_tags(ops: &Ops, permit: &Permit, artifact: ArtifactId) -> std::result::Result<(), SyncFailure> {
    let hub = |error: Error| match error {
        Error::Hub(error) => SyncFailure::Hub(error),
        other => SyncFailure::Upstream(other.to_string()),
    };
    let off = || SyncFailure::Upstream(UpstreamFailure::Off.to_string());
    let asking = open(ops, permit, artifact).await.map_err(hub)?.ok_or_else(off)?;
    let listed = asking.session.tags(MOST_TAGS).await;
    let listed = listed.map_err(|error| SyncFailure::Upstream(error.to_string()))?;
    let missing = || SyncFailure::Upstream("The registry has no such repository.".to_owned());
    for tag in listed.ok_or_else(missing)?.tags {
        match asking.tag(&tag).await {
            Ok(found) => {
                let key = (artifact, tag.to_string());
                ops.0.registry.asked.note(key, ops.clock().now(), found);
            }
            Err(Failure::Upstream(error)) => return Err(SyncFailure::Upstream(error.to_string())),
            Err(Failure::Hub(error)) => return Err(hub(error)),
        }
    }
    Ok(())
}

enum Failure {
    Upstream(UpstreamError),
    Hub(Error),
}

impl From<UpstreamError> for Failure {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

impl<E: Into<Error>> From<HubError<E>> for Failure {
    fn from(error: HubError<E>) -> Self {
        Self::Hub(error.0.into())
    }
}

/// An error of the hub's own, so that `?` tells it from the upstream's.
struct HubError<E>(E);

impl Asking<'_> {
    /// Lets a tag stand for what it does in the upstream. Whether it exists there.
    async fn tag(&self, tag: &Tag) -> std::result::Result<bool, Failure> {
        let Some(head) = self.session.head_manifest(&Reference::Tag(tag.clone())).await? else {
            return Ok(false);
        };
        let mut tx = self.ops.store().read().await.map_err(HubError)?;
        let local = tx.find_pulled_by_tag(self.permit, self.artifact, tag).await.map_err(HubError)?;
        tx.commit().await.map_err(HubError)?;
        if local.is_some_and(|local| local.digest == head.digest) {
            return Ok(true);
        }
        if !self.manifest(&head.digest).await? {
            return Ok(false);
        }
        self.set_tag(tag, &head.digest).await.map_err(Failure::Hub)?;
        Ok(true)
    }

    /// Keeps the manifest of a digest. Whether the upstream has it.
    async fn manifest(&self, digest: &Digest) -> std::result::Result<bool, Failure> {
        let mut tx = self.ops.store().read().await.map_err(HubError)?;
        let is_here = tx.find_manifest(self.permit, self.artifact, digest).await.map_err(HubError)?.is_some();
        tx.commit().await.map_err(HubError)?;
        if is_here {
            return Ok(true);
        }
        let Some(fetched) = self.session.manifest(&Reference::Digest(*digest)).await? else {
            return Ok(false);
        };
        let manifest = Manifest::parse(Some(fetched.media_type.as_str()), &fetched.bytes);
        let manifest = manifest.map_err(|error| Failure::Hub(error.into()))?;
        let what = Incoming { manifest: &manifest, digest: *digest, content: &fetched.bytes, platforms: &[] };
        keep_fetched(self.ops, self.permit, self.artifact, &what).await.map_err(Failure::Hub)?;
        Ok(true)
    }

    async fn set_tag(&self, tag: &Tag, digest: &Digest) -> Result<()> {
        let (ops, permit, now) = (self.ops, self.permit, self.ops.clock().now());
        let mut tx = ops.store().write().await?;
        tx.lock_artifact(self.artifact).await?;
        let Some(manifest) = tx.find_manifest(permit, self.artifact, digest).await? else { return Ok(()) };
        match tx.find_tag(permit, self.artifact, tag).await? {
            Some(entry) if entry.manifest == manifest.id => {}
            Some(entry) => {
                tx.move_tag(permit, entry.id, manifest.id, now).await?;
                if let Some(before) = tx.find_manifest_by_id(permit, entry.manifest).await? {
                    tx.replace_attachments(permit, &before).await?;
                    tx.mark_orphans(permit, self.artifact, &[before.digest.to_string()], now).await?;
                }
            }
            None => {
                let name = tag.clone();
                let id = ops.new_id()?;
                let entry = TagEntry { id, name, manifest: manifest.id, created_at: now, updated_at: now };
                tx.insert_tag(permit, self.artifact, &entry).await?;
            }
        }
        tx.replace_attachments(permit, &manifest).await?;
        tx.unmark_orphan(permit, manifest.id).await?;
        tx.move_artifact_by_push(permit, self.artifact, now).await?;
        Ok(tx.commit().await?)
    }

    async fn is_here(&self, reference: &Reference) -> Result<bool> {
        let mut tx = self.ops.store().read().await?;
        Ok(match reference {
            Reference::Tag(tag) => tx.find_tag(self.permit, self.artifact, tag).await?.is_some(),
            Reference::Digest(digest) => {
                tx.find_manifest(self.permit, self.artifact, digest).await?.is_some()
            }
        })
    }
}
