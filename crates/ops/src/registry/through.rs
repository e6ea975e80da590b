//! Pulling through: what an artifact with an upstream lacks is fetched when it is asked for, and kept.
//!
//! Who may have it is decided first, by the same entitlements as for everything else; the upstream is never asked for what is
//! refused. Manifests are fetched without what they list, so an index of many platforms costs what is pulled of it; the blobs
//! are fetched one by one ([`super::fetch`]). One request fetches a thing, others wait for it. What is here already is served
//! while the upstream is away.

use grantry_model::artifact::{Artifact, Upstream as Source};
use grantry_model::id::ArtifactId;
use grantry_model::policy::Permit;
use grantry_oci::digest::Digest;
use grantry_oci::manifest::Manifest;
use grantry_oci::reference::{Reference, Tag};
use grantry_upstream::address::Address;
use grantry_upstream::credentials::Credentials;
use grantry_upstream::error::Error as UpstreamError;
use grantry_upstream::session::Session;

use super::error::{Error, Result};
use super::push::{Incoming, keep_fetched};
use super::tagging::{self, Moves};
use crate::Ops;
use crate::error::Error as OpsError;

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

/// Who is to blame.
pub(super) enum Failure {
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
    pub(super) async fn tag(&self, tag: &Tag) -> std::result::Result<bool, Failure> {
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
        let (ops, permit) = (self.ops, self.permit);
        let mut tx = ops.store().write().await?;
        tx.lock_artifact(self.artifact).await?;
        let Some(manifest) = tx.find_manifest(permit, self.artifact, digest).await? else { return Ok(()) };
        tagging::set(ops, &mut tx, permit, (tag, &manifest), Moves::Always).await?;
        tx.unmark_orphan(permit, manifest.id).await?;
        tx.move_artifact_by_push(permit, self.artifact, ops.clock().now()).await?;
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
