//! Pushing manifests, and keeping those that were fetched from elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use grantry_model::artifact::Manifest as Kept;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::{ArtifactId, BlobId};
use grantry_model::policy::Permit;
use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::error::ErrorCode;
use grantry_oci::manifest::{Content, Descriptor, Kind, Manifest, Platform};
use grantry_oci::name::Name;
use grantry_oci::reference::{Reference, Tag};
use grantry_oci::scope::Action;
use grantry_store::blob::Blob;
use grantry_store::manifest::{Link, NewManifest};
use grantry_store::store::Tx;
use serde_json::json;

use super::client::Client;
use super::error::{Error, Result};
use super::tagging::{self, Moves};
use super::visit::Visit;
use crate::Ops;
use crate::caller::Caller;

/// A configuration larger than this is not read for the platform that it names.
const MAX_CONFIG: u64 = 1 << 20;

/// What was pushed.
#[derive(Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Its digest.
    pub digest: Digest,
    /// The manifest that it refers to.
    pub subject: Option<Digest>,
}

/// Keeps a manifest that was fetched from elsewhere, without what it lists.
pub(super) async fn keep_fetched(
    ops: &Ops,
    permit: &Permit,
    artifact: ArtifactId,
    what: &Incoming<'_>,
) -> Result<()> {
    let platforms: BTreeSet<String> = what.manifest.platforms().filter_map(words).collect();
    let platforms: Vec<String> = platforms.into_iter().collect();
    let what = Incoming { platforms: &platforms, ..*what };
    let mut tx = ops.store().write().await?;
    tx.lock_artifact(artifact).await?;
    if tx.find_manifest(permit, artifact, &what.digest).await?.is_some() {
        return Ok(());
    }
    let kept = Arrival { ops, permit, artifact, is_sparse: true }.insert(&mut tx, &what).await?;
    tx.move_artifact_by_push(permit, artifact, kept.pushed_at).await?;
    Ok(tx.commit().await?)
}

/// Pushes a manifest, by tag or by digest and then with any number of tags.
///
/// # Errors
/// The manifest is malformed, has another digest than it is pushed by, or needs what the repository does not have; a tag
/// exists and may not move.
pub async fn push(
    ops: &Ops,
    client: &Client,
    (name, reference): (&Name, &Reference),
    tags: &[Tag],
    (content_type, content): (Option<&str>, &Bytes),
) -> Result<Pushed> {
    let visit = Visit::enter(ops, client, name, Action::Push).await?;
    let (permit, caller) = (visit.permit.clone(), client.caller(&visit.identity)?);
    let artifact = visit.place.artifact.map(|artifact| artifact.id);
    visit.tx.commit().await?;
    let manifest = Manifest::parse(content_type, content)?;
    let digest = match reference {
        Reference::Tag(_) => Digest::of(Algorithm::Sha256, content),
        Reference::Digest(digest) => verified(digest, content)?,
    };
    let tags: Vec<&Tag> = match reference {
        Reference::Tag(tag) => vec![tag],
        Reference::Digest(_) => tags.iter().collect(),
    };
    let platforms = platforms(ops, &permit, artifact, &manifest).await?;
    let mut tx = ops.store().write().await?;
    let artifact = super::upload::ensure_artifact(ops, &mut tx, (&permit, &caller), name).await?;
    let push = Push { ops, permit: &permit, caller: &caller, name, artifact };
    let what = Incoming { manifest: &manifest, digest, content, platforms: &platforms };
    push.store(tx, &what, &tags).await?;
    Ok(Pushed { digest, subject: manifest.subject.as_ref().map(|subject| subject.digest) })
}

fn verified(digest: &Digest, content: &[u8]) -> Result<Digest> {
    let actual = Digest::of(digest.algorithm(), content);
    if actual == *digest {
        return Ok(actual);
    }
    let message = format!("The manifest has the digest {actual}. Nothing was stored.");
    Err(Error::saying(ErrorCode::DigestInvalid, message))
}

/// The platforms of an image: those that its index lists, or the one that its configuration names.
async fn platforms(
    ops: &Ops,
    permit: &Permit,
    artifact: Option<ArtifactId>,
    manifest: &Manifest,
) -> Result<Vec<String>> {
    let listed: BTreeSet<String> = manifest.platforms().filter_map(words).collect();
    if !listed.is_empty() {
        return Ok(listed.into_iter().collect());
    }
    let (Content::Image { config, .. }, Some(artifact), Kind::ContainerImage) =
        (&manifest.content, artifact, manifest.kind())
    else {
        return Ok(Vec::new());
    };
    let mut tx = ops.store().read().await?;
    let blob = tx.find_blob(permit, artifact, &config.digest).await?;
    tx.commit().await?;
    let Some(blob) = blob.filter(|blob| blob.size <= MAX_CONFIG) else { return Ok(Vec::new()) };
    let bytes = ops.blobs().read(super::blob::key(&blob)?, 0..blob.size).await?.read_to_end().await?;
    Ok(Platform::of_config(&bytes).as_ref().and_then(words).into_iter().collect())
}

/// A platform as `linux/arm64/v8`; none for what buildx attaches under `unknown/unknown`.
fn words(platform: &Platform) -> Option<String> {
    // They are kept with blanks between, and shown.
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if platform.os == "unknown" || !is_word(&platform.os) || !is_word(&platform.architecture) {
        return None;
    }
    let variant = platform.variant.as_deref().filter(|variant| is_word(variant));
    let variant = variant.map_or(String::new(), |variant| format!("/{variant}"));
    Some(format!("{}/{}{variant}", platform.os, platform.architecture))
}

/// A manifest on its way in.
#[derive(Clone, Copy)]
pub(super) struct Incoming<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) digest: Digest,
    pub(super) content: &'a Bytes,
    pub(super) platforms: &'a [String],
}

/// The artifact that a manifest comes into.
struct Arrival<'a> {
    ops: &'a Ops,
    permit: &'a Permit,
    artifact: ArtifactId,
    /// Whether what the manifest lists may be missing, to be fetched when it is asked for.
    is_sparse: bool,
}

/// A push to an artifact.
struct Push<'a> {
    ops: &'a Ops,
    permit: &'a Permit,
    caller: &'a Caller,
    name: &'a Name,
    artifact: ArtifactId,
}

impl Push<'_> {
    async fn store(&self, mut tx: Tx, what: &Incoming<'_>, tags: &[&Tag]) -> Result<()> {
        // From here on nothing that the manifest needs is collected.
        tx.lock_artifact(self.artifact).await?;
        let known = tx.find_manifest(self.permit, self.artifact, &what.digest).await?;
        let is_new = known.is_none();
        let kept = match known {
            Some(kept) => kept,
            None => self.arrival().insert(&mut tx, what).await?,
        };
        let mut moved = Vec::new();
        for tag in tags {
            if tagging::set(self.ops, &mut tx, self.permit, (tag, &kept), Moves::IfAllowed).await? {
                moved.push(tag.as_str());
            }
        }
        // Even if it is known: the client relies on it from now on.
        tx.unmark_orphan(self.permit, kept.id).await?;
        if !is_new && moved.is_empty() {
            return Ok(tx.commit().await?);
        }
        tx.move_artifact_by_push(self.permit, self.artifact, self.ops.clock().now()).await?;
        let reference = match tags.first() {
            Some(tag) => format!("{}:{tag}", self.name),
            None => format!("{}@{}", self.name, what.digest),
        };
        let details = json!({ "digest": what.digest.to_string(), "tags": moved });
        let event = Event::new(EventKind::ManifestPushed, Subject::new("artifact", self.artifact, reference))
            .with(details);
        tx.record(self.permit.organization(), self.ops.stamp()?, &self.caller.author(), &event).await?;
        Ok(tx.commit().await?)
    }

    fn arrival(&self) -> Arrival<'_> {
        Arrival { ops: self.ops, permit: self.permit, artifact: self.artifact, is_sparse: false }
    }
}

impl Arrival<'_> {
    async fn insert(&self, tx: &mut Tx, what: &Incoming<'_>) -> Result<Kept> {
        let size = what.content.len() as u64;
        let mut kept = Kept {
            id: self.ops.new_id()?,
            artifact: self.artifact,
            digest: what.digest,
            media_type: what.manifest.media_type.as_str().to_owned(),
            kind: what.manifest.kind(),
            size,
            total_size: size,
            pushed_at: self.ops.clock().now(),
        };
        let parts = self.parts(tx, what.manifest).await?;
        kept.total_size += self.weigh(tx, &parts).await?;
        let referrer = what.manifest.as_referrer(what.digest, size);
        let subject = what.manifest.subject.as_ref().map(|subject| subject.digest);
        let new = NewManifest {
            manifest: &kept,
            referrer: &referrer,
            subject,
            platforms: what.platforms,
            content: what.content,
        };
        tx.insert_manifest(self.permit, &new).await?;
        for part in &parts {
            if let Some(blob) = part.blob {
                tx.hold_blob(self.permit, self.artifact, blob).await?;
            }
            tx.insert_reach(&kept, (&part.digest, &kept.digest), part.link, part.size).await?;
        }
        if let Some(subject) = &subject {
            tx.insert_reach(&kept, (&kept.digest, subject), Link::Subject, 0).await?;
        }
        if what.digest.algorithm() == Algorithm::Sha512 {
            self.attach_earlier(tx, &kept).await?;
        }
        Ok(kept)
    }

    /// Everything that the manifest needs, which the repository must have.
    async fn parts(&self, tx: &mut Tx, manifest: &Manifest) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for descriptor in manifest.blobs() {
            let blob = tx.find_blob(self.permit, self.artifact, &descriptor.digest).await?;
            match blob {
                Some(blob) => parts.push(blob_part(descriptor, &blob)?),
                // What is not to be distributed is never uploaded, but linked if it was.
                None if !descriptor.is_distributable() => {}
                None if self.is_sparse => parts.push(Part::of(descriptor, Link::Blob)),
                None => return Err(lacks("blob", descriptor)),
            }
        }
        for descriptor in manifest.children() {
            let child = tx.find_manifest(self.permit, self.artifact, &descriptor.digest).await?;
            let Some(child) = child else {
                if self.is_sparse {
                    parts.push(Part::of(descriptor, Link::Child));
                    continue;
                }
                return Err(lacks("manifest", descriptor));
            };
            check_size(descriptor, child.size)?;
            tx.unmark_orphan(self.permit, child.id).await?;
            parts.push(Part { digest: child.digest, link: Link::Child, size: child.size, blob: None });
        }
        Ok(parts)
    }

    /// The bytes of the parts and of all below them, each counted once.
    async fn weigh(&self, tx: &mut Tx, parts: &[Part]) -> Result<u64> {
        let mut sizes = BTreeMap::new();
        for part in parts {
            sizes.insert(part.digest.to_string(), part.size);
            if part.link == Link::Child {
                sizes.extend(tx.list_below(self.permit, self.artifact, &part.digest).await?);
            }
        }
        Ok(sizes.values().sum())
    }

    /// Tags that were attached by the form of their name to a manifest that came only now. Of a SHA-512 digest the name
    /// holds only the beginning, so they could not be linked before.
    async fn attach_earlier(&self, tx: &mut Tx, kept: &Kept) -> Result<()> {
        for tag in Tag::attached_to(&kept.digest) {
            let Some(entry) = tx.find_tag(self.permit, self.artifact, &tag).await? else { continue };
            if let Some(attached) = tx.find_manifest_by_id(self.permit, entry.manifest).await? {
                tx.replace_attachments(self.permit, &attached).await?;
            }
        }
        Ok(())
    }
}

/// What a manifest needs.
struct Part {
    digest: Digest,
    link: Link,
    size: u64,
    blob: Option<BlobId>,
}

impl Part {
    /// As the manifest says, for what is not here yet.
    fn of(descriptor: &Descriptor, link: Link) -> Self {
        Self { digest: descriptor.digest, link, size: descriptor.size, blob: None }
    }
}

fn blob_part(descriptor: &Descriptor, blob: &Blob) -> Result<Part> {
    check_size(descriptor, blob.size)?;
    Ok(Part { digest: descriptor.digest, link: Link::Blob, size: blob.size, blob: Some(blob.id) })
}

/// Clients take what has another size than its parent says for broken.
fn check_size(descriptor: &Descriptor, size: u64) -> Result<()> {
    if descriptor.size == size {
        return Ok(());
    }
    let message = format!(
        "The manifest says that {} has {} bytes, but it has {size}.",
        descriptor.digest, descriptor.size
    );
    Err(Error::saying(ErrorCode::ManifestInvalid, message))
}

fn lacks(what: &str, descriptor: &Descriptor) -> Error {
    let message = format!("This repository has no {what} {}. Push it first.", descriptor.digest);
    Error::saying(ErrorCode::ManifestBlobUnknown, message)
}
