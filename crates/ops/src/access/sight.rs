//! What a customer sees now.

use grantry_model::access::answer::Allowed;
use grantry_model::access::{Entry, Index};
use grantry_model::artifact_entitlement::ArtifactEntitlement;
use grantry_model::customer::Feature;
use grantry_model::id::{ArtifactId, CustomerId};
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Action;
use grantry_oci::reference::Tag;

use super::explain::Named;
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Tags that are named of an artifact; the newest.
pub const NAMED: usize = 20;

/// What a customer's members see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// Nothing, because artifacts are switched off for it.
    FeatureOff,
    /// Everything, because the organization restricts no customer.
    Everything,
    /// What it is entitled to: artifacts by name.
    Granted(Page<SeenArtifact>),
}

/// An artifact of which a customer sees something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenArtifact {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name.
    pub name: String,
    /// How many of its tags they see.
    pub seen: u64,
    /// How many tags it has.
    pub tags: u64,
    /// The newest that they see, at most [`NAMED`], each with the entitlement that grants it.
    pub newest: Vec<(Tag, Named)>,
}

/// What the members of a customer see now.
///
/// # Errors
/// There is no such customer; the caller is not the vendor's.
pub async fn sight(ops: &Ops, caller: &Caller, customer: CustomerId, page: &PageRequest) -> Result<Sees> {
    let permit = ops.authorize(caller, Action::ViewArtifactEntitlements).await?;
    let now = ops.clock().now();
    let mut tx = ops.store().read().await?;
    let found = tx.find_customer(&permit, customer).await?.ok_or(Error::NotFound(Kind::Customer))?;
    if !found.features.contains(&Feature::Artifacts) {
        return Ok(Sees::FeatureOff);
    }
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    if !organization.artifacts.restricted {
        return Ok(Sees::Everything);
    }
    let entitlements = tx.list_artifact_entitlements(&permit, Some(customer)).await?;
    let index = Index::new(true, entitlements.iter().flat_map(Entry::of));
    let mut artifacts = Vec::new();
    let mut ids: Vec<ArtifactId> =
        entitlements.iter().flat_map(|one| &one.grants).map(|grant| grant.artifact).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids.into_iter().filter(|id| index.view(customer, *id, now).artifact().is_ok()) {
        let artifact = tx.find_artifact(&permit, id).await?.ok_or(Error::NotFound(Kind::Artifact))?;
        artifacts.push((artifact.name.to_string(), id));
    }
    let mut seen = Vec::new();
    for (name, id) in part(artifacts, page) {
        let view = index.view(customer, id, now);
        let tags = tx.list_newest_tags(&permit, id, "").await?;
        let granted: Vec<_> = tags
            .iter()
            .filter_map(|tag| Some((&tag.name, view.tag(&tag.name, tag.manifest).ok()?)))
            .collect();
        let newest = granted.iter().take(NAMED);
        seen.push(SeenArtifact {
            artifact: id,
            name,
            seen: granted.len() as u64,
            tags: tags.len() as u64,
            newest: newest
                .filter_map(|(tag, by)| Some(((*tag).clone(), named(&entitlements, *by)?)))
                .collect(),
        });
    }
    Ok(Sees::Granted(Page::from_surplus(seen, page.limit, |one| Cursor {
        key: one.name.clone(),
        id: one.artifact.0,
    })))
}

/// The wanted part by name, with one more if there are more.
fn part(mut artifacts: Vec<(String, ArtifactId)>, page: &PageRequest) -> Vec<(String, ArtifactId)> {
    let search = page.search.as_deref().unwrap_or("").trim().to_lowercase();
    artifacts.retain(|(name, _)| name.contains(&search));
    artifacts.sort_unstable();
    if let Some(after) = &page.after {
        artifacts.retain(|(name, id)| (name.as_str(), id.0) > (after.key.as_str(), after.id));
    }
    artifacts.truncate(page.limit.map_or(artifacts.len(), |limit| limit + 1));
    artifacts
}

fn named(entitlements: &[ArtifactEntitlement], allowed: Allowed) -> Option<Named> {
    let id = allowed.entitlement()?;
    let found = entitlements.iter().find(|one| one.id == id)?;
    Some(Named { id, name: found.name.clone() })
}
