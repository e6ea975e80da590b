//! Lists: repositories, tags, referrers.

use grantry_oci::digest::Digest;
use grantry_oci::error::ErrorCode;
use grantry_oci::list::Page;
use grantry_oci::manifest::{Content, Descriptor, Manifest};
use grantry_oci::name::Name;
use grantry_oci::reference::Tag;
use grantry_oci::referrers::merge;
use grantry_oci::scope::Action;
use grantry_store::artifact::ArtifactPlace;

use super::client::Client;
use super::error::{Error, Result};
use super::visit::{Bounds, Visit};
use crate::Ops;

/// Most entries of a page.
const MOST: usize = 1_000;
/// Entries that are read at once, some of which may not be visible.
const BATCH: usize = 1_000;

/// A page of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its entries.
    pub items: Vec<T>,
    /// Entries that a page has at most, as the link to the next one says.
    pub limit: usize,
    /// Whether there is a next page.
    pub has_more: bool,
}

impl<T> Listed<T> {
    /// Keeps `limit` of what was found, one more of which shows that there are more.
    fn of(mut items: Vec<T>, limit: usize) -> Self {
        let has_more = items.len() > limit && limit > 0;
        items.truncate(limit);
        Self { items, limit, has_more }
    }
}

/// Tags of a repository that the client may see, in the order of ASCII. What it may not see leaves no gap.
///
/// # Errors
/// `NAME_UNKNOWN`.
pub async fn tags(ops: &Ops, client: &Client, name: &Name, page: &Page) -> Result<Listed<Tag>> {
    let mut visit = Visit::enter(ops, client, name, Action::Pull).await?;
    let (artifact, bounds) = visit.artifact(ops).await?;
    let limit = page.limit(MOST);
    let mut last = page.last.clone().unwrap_or_default();
    let mut found = Vec::new();
    while limit > 0 && found.len() <= limit {
        let batch = visit.tx.list_tags(&visit.permit, artifact.id, (&last, BATCH)).await?;
        let is_last = batch.len() < BATCH;
        for entry in batch {
            entry.name.as_str().clone_into(&mut last);
            if may_list(ops, &mut visit, (&artifact, &bounds), (&entry.name, entry.manifest)).await? {
                found.push(entry.name);
            }
        }
        if is_last {
            break;
        }
    }
    Ok(Listed::of(found, limit))
}

async fn may_list(
    ops: &Ops,
    visit: &mut Visit,
    (artifact, bounds): (&ArtifactPlace, &Bounds),
    (tag, manifest): (&Tag, grantry_model::id::ManifestId),
) -> Result<bool> {
    if matches!(bounds, Bounds::None) {
        return Ok(true);
    }
    let digest = match tag.attachment() {
        Some(_) => visit.tx.find_manifest_by_id(&visit.permit, manifest).await?.map(|one| one.digest),
        None => None,
    };
    let digest = digest.map_or(String::new(), |digest| digest.to_string());
    bounds.allow_tag(ops, visit, artifact, (tag, manifest, &digest)).await
}

/// Repositories of the client's organization that it may see, by name.
///
/// # Errors
/// The database can't be read.
pub async fn catalog(ops: &Ops, client: &Client, page: &Page) -> Result<Listed<Name>> {
    let mut visit = match Visit::enter_organization(ops, client).await {
        // To whom the section is switched off there are none.
        Err(error) if is_unknown(&error) => return Ok(Listed::of(Vec::new(), page.limit(MOST))),
        entered => entered?,
    };
    let slug = visit.place.slug.clone();
    let bounds = visit.bounds(ops).await?;
    let limit = page.limit(MOST);
    let last = page.last.as_deref().unwrap_or_default();
    let mut last = last.strip_prefix(&format!("{slug}/")).unwrap_or_default().to_owned();
    let mut found = Vec::new();
    while limit > 0 && found.len() <= limit {
        let batch = visit.tx.list_artifact_names(&visit.permit, (&last, BATCH)).await?;
        let is_last = batch.len() < BATCH;
        for (id, artifact) in batch {
            let is_visible = match &bounds {
                Bounds::None => true,
                Bounds::Entitlements(customer, index) => {
                    index.view(*customer, id, ops.clock().now()).artifact().is_ok()
                }
            };
            if is_visible && let Ok(name) = format!("{slug}/{artifact}").parse() {
                found.push(name);
            }
            last = artifact;
        }
        if is_last {
            break;
        }
    }
    Ok(Listed::of(found, limit))
}

/// What refers to a manifest and the client may see, by digest after `last`; also what clients that don't know this list keep
/// under a tag. Nothing, if there is no such repository or manifest.
///
/// # Errors
/// The database can't be read.
pub async fn referrers(
    ops: &Ops,
    client: &Client,
    (name, subject): (&Name, &Digest),
    artifact_type: Option<&str>,
    last: Option<&Digest>,
) -> Result<Vec<Descriptor>> {
    let mut visit = match Visit::enter(ops, client, name, Action::Pull).await {
        Err(error) if is_unknown(&error) => return Ok(Vec::new()),
        entered => entered?,
    };
    let (artifact, bounds) = match visit.artifact(ops).await {
        Err(error) if is_unknown(&error) => return Ok(Vec::new()),
        found => found?,
    };
    // Who may see the subject may see what is attached to it. One that is not there yet is nobody's by grant.
    if !bounds.allow_digest(ops, &mut visit, &artifact, &subject.to_string()).await? {
        return Ok(Vec::new());
    }
    if artifact.has_upstream {
        let permit = visit.permit.clone();
        visit.tx.commit().await?;
        super::through::bring_referrers(ops, &permit, artifact.id, subject).await?;
        visit = Visit::enter(ops, client, name, Action::Pull).await?;
    }
    let place = (artifact.id, subject);
    let mut found = visit
        .tx
        .list_referrers(&visit.permit, place, artifact_type, (last, grantry_oci::manifest::MAX_DESCRIPTORS))
        .await?;
    let tagged = tagged_referrers(&mut visit, &artifact, subject).await?;
    let is_wanted = |one: &Descriptor| {
        last.is_none_or(|last| one.digest.to_string() > last.to_string())
            && artifact_type.is_none_or(|wanted| one.artifact_type.as_deref() == Some(wanted))
    };
    merge(&mut found, tagged.into_iter().filter(is_wanted).collect());
    Ok(found)
}

fn is_unknown(error: &Error) -> bool {
    matches!(error, Error::Refused { code: ErrorCode::NameUnknown, .. })
}

/// The index that a client keeps under the tag which stands for referrers; only what the repository has of it.
async fn tagged_referrers(
    visit: &mut Visit,
    artifact: &ArtifactPlace,
    subject: &Digest,
) -> Result<Vec<Descriptor>> {
    let [tag, ..] = Tag::attached_to(subject);
    let Some(pulled) = visit.tx.find_pulled_by_tag(&visit.permit, artifact.id, &tag).await? else {
        return Ok(Vec::new());
    };
    let content = visit.tx.find_manifest_content(&visit.permit, pulled.id).await?.unwrap_or_default();
    let manifest = Manifest::parse(Some(&pulled.media_type), &content);
    let Ok(Content::Index { .. }) = manifest.as_ref().map(|manifest| &manifest.content) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for child in manifest.iter().flat_map(|manifest| manifest.children()) {
        if visit.tx.find_manifest(&visit.permit, artifact.id, &child.digest).await?.is_some() {
            found.push(child.clone());
        }
    }
    Ok(found)
}
