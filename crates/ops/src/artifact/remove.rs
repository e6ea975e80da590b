//! Removing tags, manifests and artifacts. What an active entitlement names stays.

use grantry_model::artifact::{Artifact, ArtifactContents, Holder, Manifest, TagEntry};
use grantry_model::artifact_entitlement::Scope;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::ArtifactId;
use grantry_model::policy::{Action, Permit};
use grantry_oci::digest::Digest;
use grantry_oci::reference::{Reference, Tag};
use grantry_store::store::Tx;
use serde_json::json;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};
use crate::file::delete::delete_unused;

/// Deletes an artifact with its manifests and tags.
///
/// # Errors
/// There is no such artifact; an active entitlement grants something of it.
pub async fn artifact(ops: &Ops, caller: &Caller, id: ArtifactId) -> Result<()> {
    let permit = ops.authorize(caller, Action::DeleteArtifacts).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_artifact(id).await?;
    tx.lock_files(&permit).await?;
    let artifact = tx.find_artifact(&permit, id).await?.ok_or(Error::NotFound(Kind::Artifact))?;
    let holders = tx.list_holders_of_artifact(&permit, id, ops.clock().now()).await?;
    held("artifact", &holders)?;
    tx.delete_artifact(&permit, id).await?;
    delete_unused(ops, &mut tx, (&permit, caller), artifact.image).await?;
    let event = Event::new(EventKind::ArtifactDeleted, Subject::new("artifact", id, &artifact.name));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes a tag alone, or a manifest with its tags.
///
/// # Errors
/// There is no such artifact, tag or manifest; an active entitlement names it.
pub async fn reference(ops: &Ops, caller: &Caller, id: ArtifactId, reference: &Reference) -> Result<()> {
    let permit = ops.authorize(caller, Action::DeleteArtifacts).await?;
    by_reference(ops, (&permit, caller), id, reference).await
}

/// As [`reference`], for who has the permit already.
pub(crate) async fn by_reference(
    ops: &Ops,
    (permit, caller): (&Permit, &Caller),
    id: ArtifactId,
    reference: &Reference,
) -> Result<()> {
    let mut tx = ops.store().write().await?;
    tx.lock_artifact(id).await?;
    let artifact = tx.find_artifact(permit, id).await?.ok_or(Error::NotFound(Kind::Artifact))?;
    let event = match reference {
        Reference::Tag(tag) => {
            remove_tag(ops, &mut tx, permit, (id, tag)).await?;
            Event::new(
                EventKind::TagDeleted,
                Subject::new("artifact", id, format!("{}:{tag}", artifact.name)),
            )
        }
        Reference::Digest(digest) => {
            let tags = remove_manifest(ops, &mut tx, permit, (id, digest)).await?;
            let subject = Subject::new("artifact", id, format!("{}@{digest}", artifact.name));
            Event::new(EventKind::ManifestDeleted, subject).with(json!({ "tags": tags }))
        }
    };
    tx.move_artifact(permit, id).await?;
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

async fn remove_tag(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    (artifact, name): (ArtifactId, &Tag),
) -> Result<()> {
    let now = ops.clock().now();
    let tag = tx.find_tag(permit, artifact, name).await?.ok_or(Error::NotFound(Kind::Tag))?;
    held("tag", &tx.list_holders_of_tag(permit, (artifact, name), now).await?)?;
    tx.delete_tag(permit, tag.id).await?;
    if let Some(manifest) = tx.find_manifest_by_id(permit, tag.manifest).await? {
        if name.attachment().is_some() {
            tx.replace_attachments(permit, &manifest).await?;
        }
        tx.mark_orphans(permit, artifact, &[manifest.digest.to_string()], now).await?;
    }
    Ok(())
}

async fn remove_manifest(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    (artifact, digest): (ArtifactId, &Digest),
) -> Result<Vec<String>> {
    let now = ops.clock().now();
    let manifest =
        tx.find_manifest(permit, artifact, digest).await?.ok_or(Error::NotFound(Kind::Manifest))?;
    held("version", &tx.list_holders_of_manifest(permit, manifest.id, now).await?)?;
    let tags = tx.list_tags_of(permit, manifest.id).await?;
    for tag in &tags {
        held("tag", &tx.list_holders_of_tag(permit, (artifact, &tag.name), now).await?)?;
    }
    let below = tx.list_manifests_below(permit, artifact, digest).await?;
    tx.delete_manifest(permit, manifest.id, now).await?;
    tx.mark_orphans(permit, artifact, &below, now).await?;
    Ok(tags.iter().map(|tag| tag.name.to_string()).collect())
}

/// What goes when an artifact, a manifest or a tag is deleted, and what keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The artifact.
    pub artifact: Artifact,
    /// What it has.
    pub contents: ArtifactContents,
    /// The manifest that is deleted, or that the deleted tag stands for; `None` if it is the whole artifact.
    pub manifest: Option<Manifest>,
    /// The tags of that manifest.
    pub tags: Vec<TagEntry>,
    /// Active entitlements that name what is to be deleted. As long as there are any, it can't be.
    pub holders: Vec<Holder>,
    /// How many tags go that customers may see by “all”, a pattern or a range, none of which keep a tag.
    pub seen_tags: u64,
}

/// What [`artifact`] or [`reference()`] would delete.
///
/// # Errors
/// There is no such artifact, tag or manifest.
pub async fn preview(
    ops: &Ops,
    caller: &Caller,
    id: ArtifactId,
    reference: Option<&Reference>,
) -> Result<Removal> {
    let permit = ops.authorize(caller, Action::DeleteArtifacts).await?;
    let now = ops.clock().now();
    let mut tx = ops.store().read().await?;
    let artifact = tx.find_artifact(&permit, id).await?.ok_or(Error::NotFound(Kind::Artifact))?;
    let contents = tx.artifact_contents(&permit, id).await?;
    let (manifest, mut tags) = match reference {
        None => (None, Vec::new()),
        Some(reference) => {
            let manifest = find_manifest(&mut tx, &permit, id, reference).await?;
            let tags = tx.list_tags_of(&permit, manifest.id).await?;
            (Some(manifest), tags)
        }
    };
    let (holders, going) = match (reference, &manifest) {
        (Some(Reference::Tag(tag)), _) => {
            let going = tags.iter().filter(|one| one.name == *tag).cloned().collect();
            (tx.list_holders_of_tag(&permit, (id, tag), now).await?, going)
        }
        (_, Some(manifest)) => {
            let mut holders = tx.list_holders_of_manifest(&permit, manifest.id, now).await?;
            for tag in &tags {
                holders.extend(tx.list_holders_of_tag(&permit, (id, &tag.name), now).await?);
            }
            holders.sort_by_key(|one| (one.name.fold(), one.entitlement));
            holders.dedup();
            (holders, tags.clone())
        }
        (_, None) => {
            let holders = tx.list_holders_of_artifact(&permit, id, now).await?;
            (holders, tx.list_newest_tags(&permit, id, "").await?)
        }
    };
    let seen = tx.list_artifact_entitlements_on(&permit, id).await?;
    let scopes = seen.iter().filter(|one| one.is_active(now)).flat_map(|one| &one.grants);
    let scopes: Vec<&Scope> = scopes.filter(|grant| grant.artifact == id).map(|grant| &grant.scope).collect();
    let is_seen = |tag: &&TagEntry| {
        tag.name.attachment().is_none() && scopes.iter().any(|scope| covers_by_rule(scope, &tag.name))
    };
    let seen_tags = going.iter().filter(is_seen).count() as u64;
    tags.retain(|tag| tag.name.attachment().is_none());
    Ok(Removal { artifact, contents, manifest, tags, holders, seen_tags })
}

async fn find_manifest(
    tx: &mut Tx,
    permit: &Permit,
    artifact: ArtifactId,
    reference: &Reference,
) -> Result<Manifest> {
    match reference {
        Reference::Tag(tag) => {
            let tag = tx.find_tag(permit, artifact, tag).await?.ok_or(Error::NotFound(Kind::Tag))?;
            tx.find_manifest_by_id(permit, tag.manifest).await?.ok_or(Error::NotFound(Kind::Manifest))
        }
        Reference::Digest(digest) => {
            tx.find_manifest(permit, artifact, digest).await?.ok_or(Error::NotFound(Kind::Manifest))
        }
    }
}

fn covers_by_rule(scope: &Scope, tag: &Tag) -> bool {
    match scope {
        Scope::All => true,
        Scope::Pattern(glob) => glob.matches(tag),
        Scope::Range(range) => range.matches(tag),
        Scope::Chosen { .. } | Scope::Current { .. } => false,
    }
}

/// Refuses to remove what entitlements name.
fn held(what: &str, holders: &[Holder]) -> Result<()> {
    if holders.is_empty() {
        return Ok(());
    }
    let names: Vec<String> =
        holders.iter().map(|one| format!("“{}” of {}", one.name, one.customer_name)).collect();
    let message = format!(
        "This {what} is granted by {}. Change or delete the entitlement first, or wait until it has expired.",
        names.join(", ")
    );
    Err(Error::conflict("entitled", message))
}
