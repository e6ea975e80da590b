//! Showing an artifact with its versions.

use grantry_model::artifact::Version;
use grantry_model::artifact::{Artifact, ArtifactName};
use grantry_model::id::ArtifactId;
use grantry_model::page::{Page, PageRequest};
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;

use super::list::{self, Listed};
use super::sight::Sight;
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Versions that are read at once, some of which may not be seen.
const BATCH: usize = 200;

/// An artifact with a part of its versions, as its caller sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The artifact.
    pub listed: Listed,
    /// Manifests with a tag that the caller sees, each with these tags; those pushed last first.
    pub versions: Page<Version>,
}

/// An artifact that the caller sees. The page is of its versions; what is searched for is in the names of tags.
///
/// # Errors
/// There is no such artifact.
pub async fn show(ops: &Ops, caller: &Caller, id: ArtifactId, page: &PageRequest) -> Result<Shown> {
    let permit = ops.authorize(caller, Action::ViewArtifacts).await?;
    let mut tx = ops.store().read().await?;
    let sight = Sight::of(&mut tx, &permit, ops.clock().now()).await?;
    let artifact = seen(tx.find_artifact(&permit, id).await?, &sight)?;
    let listed = match &sight {
        Sight::Everything => {
            let contents = tx.artifact_contents(&permit, id).await?;
            list::whole(&mut tx, &permit, artifact, (contents.tags, contents.size)).await?
        }
        Sight::Granted(_) => list::granted(&mut tx, &permit, &sight, artifact).await?,
    };
    let versions = versions(&mut tx, &permit, &sight, id, page).await?;
    Ok(Shown { listed, versions })
}

/// The artifact of a name that the caller sees.
///
/// # Errors
/// There is no such artifact.
pub async fn find_by_name(ops: &Ops, caller: &Caller, name: &ArtifactName) -> Result<Artifact> {
    let permit = ops.authorize(caller, Action::ViewArtifacts).await?;
    let mut tx = ops.store().read().await?;
    let sight = Sight::of(&mut tx, &permit, ops.clock().now()).await?;
    let artifact = seen(tx.find_artifact_by_name(&permit, name).await?, &sight)?;
    let upstream = artifact.upstream.filter(|_| permit.customer().is_none());
    Ok(Artifact { upstream, ..artifact })
}

fn seen(artifact: Option<Artifact>, sight: &Sight) -> Result<Artifact> {
    artifact.filter(|artifact| sight.sees(artifact.id)).ok_or(Error::NotFound(Kind::Artifact))
}

async fn versions(
    tx: &mut Tx,
    permit: &Permit,
    sight: &Sight,
    artifact: ArtifactId,
    page: &PageRequest,
) -> Result<Page<Version>> {
    if matches!(sight, Sight::Everything) {
        let mut found = tx.list_versions(permit, artifact, page).await?;
        if permit.customer().is_some() {
            found.iter_mut().for_each(|version| version.pushed_by = None);
        }
        return Ok(Page::from_surplus(found, page.limit, Version::cursor));
    }
    let search = page.search.as_deref().unwrap_or("").trim().to_lowercase();
    let mut batch = PageRequest { limit: Some(BATCH), ..page.clone() };
    let mut seen = Vec::new();
    loop {
        let found = tx.list_versions(permit, artifact, &batch).await?;
        let is_last = found.len() <= BATCH;
        batch.after = found.last().map(Version::cursor);
        for mut version in found {
            version.tags.retain(|tag| sight.sees_tag(artifact, tag));
            version.pushed_by = None;
            if version.tags.iter().any(|tag| tag.name.as_str().to_lowercase().contains(&search)) {
                seen.push(version);
            }
        }
        if is_last || page.limit.is_some_and(|limit| seen.len() > limit) {
            break;
        }
    }
    let surplus = page.limit.map_or(seen.len(), |limit| limit + 1);
    seen.truncate(surplus);
    Ok(Page::from_surplus(seen, page.limit, Version::cursor))
}
