//! Listing artifacts.

use chrono::{DateTime, Utc};
use grantry_model::artifact::Artifact;
use grantry_model::artifact::ArtifactOrder;
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::{Action, Permit};
use grantry_oci::manifest::Kind;
use grantry_oci::reference::Tag;
use grantry_store::store::Tx;

use super::sight::Sight;
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind as Missing, Result};

/// An artifact as its caller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The artifact. A customer's member does not see its upstream; one who does not see all of it has the time of the last push
    /// that they see.
    pub artifact: Artifact,
    /// How many tags they see.
    pub tags: u64,
    /// Bytes of all its blobs, each once; `None` for who does not see all of it.
    pub size: Option<u64>,
    /// What the tag that moved last stands for.
    pub kind: Option<Kind>,
    /// That tag.
    pub newest_tag: Option<Tag>,
    /// Until when they see it; `None`: without end.
    pub until: Option<DateTime<Utc>>,
}

/// Artifacts that the caller sees, in this order.
///
/// # Errors
/// Artifacts are switched off for the caller's customer.
pub async fn list(
    ops: &Ops,
    caller: &Caller,
    order: ArtifactOrder,
    page: &PageRequest,
) -> Result<Page<Listed>> {
    let permit = ops.authorize(caller, Action::ViewArtifacts).await?;
    let mut tx = ops.store().read().await?;
    match Sight::of(&mut tx, &permit, ops.clock().now()).await? {
        Sight::Everything => {
            let found = tx.list_artifacts(&permit, order, page).await?;
            let mut items = Vec::with_capacity(found.items.len());
            for (artifact, contents) in found.items {
                items.push(whole(&mut tx, &permit, artifact, (contents.tags, contents.size)).await?);
            }
            Ok(Page { items, next: found.next })
        }
        Sight::Granted(granted) => {
            let artifacts = granted.artifacts.clone();
            let sight = Sight::Granted(granted);
            let search = page.search.as_deref().unwrap_or("").trim().to_lowercase();
            let mut all = Vec::new();
            for id in artifacts.into_iter().filter(|id| sight.sees(*id)) {
                let artifact =
                    tx.find_artifact(&permit, id).await?.ok_or(Error::NotFound(Missing::Artifact))?;
                if artifact.name.as_str().contains(&search) {
                    all.push(self::granted(&mut tx, &permit, &sight, artifact).await?);
                }
            }
            Ok(part(all, order, page))
        }
    }
}

/// How many artifacts the caller sees.
///
/// # Errors
/// As of [`list`].
pub async fn count(ops: &Ops, caller: &Caller) -> Result<u64> {
    let permit = ops.authorize(caller, Action::ViewArtifacts).await?;
    let mut tx = ops.store().read().await?;
    match Sight::of(&mut tx, &permit, ops.clock().now()).await? {
        Sight::Everything => Ok(tx.count_artifacts(&permit).await?),
        Sight::Granted(granted) => {
            let seen = granted.artifacts.iter().filter(|artifact| granted.artifact(**artifact).is_some());
            Ok(seen.count() as u64)
        }
    }
}

/// An artifact of which the caller sees everything.
pub(super) async fn whole(
    tx: &mut Tx,
    permit: &Permit,
    artifact: Artifact,
    (tags, size): (u64, u64),
) -> Result<Listed> {
    let newest = tx.list_tags_with_kind(permit, artifact.id, Some(1)).await?.into_iter().next();
    let (newest_tag, kind) = newest.map(|(tag, kind)| (tag.name, kind)).unzip();
    let artifact = without_upstream(artifact, permit);
    Ok(Listed { artifact, tags, size: Some(size), kind, newest_tag, until: None })
}

/// An artifact of which a customer is entitled to something.
pub(super) async fn granted(
    tx: &mut Tx,
    permit: &Permit,
    sight: &Sight,
    artifact: Artifact,
) -> Result<Listed> {
    let mut tags = tx.list_tags_with_kind(permit, artifact.id, None).await?;
    tags.retain(|(tag, _)| sight.sees_tag(artifact.id, tag));
    let newest = tags.first();
    let until = match sight {
        Sight::Everything => None,
        Sight::Granted(granted) => granted.artifact(artifact.id).flatten(),
    };
    Ok(Listed {
        artifact: Artifact {
            pushed_at: newest.map(|(tag, _)| tag.updated_at),
            ..without_upstream(artifact.clone(), permit)
        },
        tags: tags.len() as u64,
        size: None,
        kind: newest.map(|(_, kind)| *kind),
        newest_tag: newest.map(|(tag, _)| tag.name.clone()),
        until,
    })
}

fn without_upstream(artifact: Artifact, permit: &Permit) -> Artifact {
    let upstream = artifact.upstream.filter(|_| permit.customer().is_none());
    Artifact { upstream, ..artifact }
}

/// The part of what a customer is entitled to, which is ordered by what they see of it.
fn part(mut all: Vec<Listed>, order: ArtifactOrder, page: &PageRequest) -> Page<Listed> {
    let key = |one: &Listed| match order {
        // Of a text that sorts like the negative of the time, later times come first.
        ArtifactOrder::Newest => {
            let at = one.artifact.pushed_at.map_or(0, |at| at.timestamp_micros());
            Cursor { key: format!("{:020}", i64::MAX - at.max(0)), id: one.artifact.id.0 }
        }
        ArtifactOrder::Name => Cursor { key: one.artifact.name.as_str().to_owned(), id: one.artifact.id.0 },
    };
    let place = |cursor: &Cursor| (cursor.key.clone(), cursor.id);
    all.sort_by_key(|one| place(&key(one)));
    if let Some(after) = &page.after {
        all.retain(|one| place(&key(one)) > place(after));
    }
    let surplus = page.limit.map_or(all.len(), |limit| limit + 1);
    all.truncate(surplus);
    Page::from_surplus(all, page.limit, key)
}
