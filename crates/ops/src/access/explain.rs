//! Explaining why a customer may or may not pull something.

use chrono::{DateTime, Utc};
use grantry_model::access::answer::{Allowed, Refused, Rule};
use grantry_model::access::{Entry, Index, Root, View};
use grantry_model::artifact::{Artifact, ArtifactName};
use grantry_model::artifact_entitlement::{ArtifactEntitlement, Scope};
use grantry_model::customer::Feature;
use grantry_model::id::{ArtifactEntitlementId, ArtifactId, CustomerId};
use grantry_model::name::Name;
use grantry_model::policy::{Action, Permit};
use grantry_oci::digest::Digest;
use grantry_oci::reference::{Reference, Tag};
use grantry_store::manifest::Root as StoredRoot;
use grantry_store::store::Tx;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Why a customer may or may not pull something now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It may: the organization's customers see every artifact.
    Unrestricted,
    /// It may by an entitlement; of several, by the one that ends last.
    Granted {
        /// The entitlement.
        by: Named,
        /// By what in it.
        rule: Rule,
        /// What it grants of the artifact.
        scope: Scope,
        /// Until when; `None`: without end.
        until: Option<DateTime<Utc>>,
        /// The tag through which what was asked for is reached, if it is not that tag.
        through: Option<Tag>,
    },
    /// It may not: artifacts are switched off for it.
    FeatureOff,
    /// It may not: nothing active grants it anything of the artifact.
    NoEntitlement,
    /// It may not: these active entitlements grant other things of the artifact.
    OutsideScope(Vec<(Named, Scope)>),
    /// It may not any more.
    Expired {
        /// What granted it; of several, what ended last.
        by: Named,
        /// When it ended.
        at: DateTime<Utc>,
    },
    /// There is no such artifact, tag or digest, for whomever.
    Unknown,
}

/// An entitlement as answers name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<E = ArtifactEntitlementId> {
    /// The entitlement.
    pub id: E,
    /// Its name.
    pub name: Name,
}

impl Answer {
    /// Whether the customer may pull it.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Unrestricted | Self::Granted { .. })
    }

    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unrestricted => "unrestricted",
            Self::Granted { .. } => "granted",
            Self::FeatureOff => "feature_off",
            Self::NoEntitlement => "no_entitlement",
            Self::OutsideScope(_) => "outside_scope",
            Self::Expired { .. } => "entitlement_expired",
            Self::Unknown => "unknown",
        }
    }

    /// The entitlement that the answer names; of several, the first.
    pub fn entitlement(&self) -> Option<&Named> {
        match self {
            Self::Granted { by, .. } | Self::Expired { by, .. } => Some(by),
            Self::OutsideScope(all) => all.first().map(|(by, _)| by),
            Self::Unrestricted | Self::FeatureOff | Self::NoEntitlement | Self::Unknown => None,
        }
    }

    /// The answer as a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Unrestricted => Allowed::Unrestricted.sentence(""),
            Self::Granted { by, rule, until, through, .. } => {
                let allowed = Allowed::Granted { entitlement: by.id, rule: *rule, until: *until };
                let sentence = allowed.sentence(by.name.as_str());
                match through {
                    Some(tag) => format!("It is reached through the tag {tag}. {sentence}"),
                    None => sentence,
                }
            }
            Self::FeatureOff => "Artifacts are switched off for this customer.".to_owned(),
            Self::NoEntitlement => Refused::NoEntitlement.sentence(""),
            Self::OutsideScope(all) => {
                let sentences = all
                    .iter()
                    .map(|(by, _)| Refused::OutsideScope { entitlement: by.id }.sentence(by.name.as_str()));
                sentences.collect::<Vec<_>>().join(" ")
            }
            Self::Expired { by, at } => {
                Refused::Expired { entitlement: by.id, at: *at }.sentence(by.name.as_str())
            }
            Self::Unknown => "There is no such artifact, or no such tag or digest in it.".to_owned(),
        }
    }
}

/// Why the members of a customer may or may not pull `reference`, a tag or a digest of anything, from an artifact, which is named
/// by its name or its id.
///
/// # Errors
/// There is no such customer; the caller is not the vendor's.
pub async fn explain(
    ops: &Ops,
    caller: &Caller,
    customer: CustomerId,
    (artifact, reference): (&str, &str),
) -> Result<Answer> {
    let permit = ops.authorize(caller, Action::ViewArtifactEntitlements).await?;
    let now = ops.clock().now();
    let mut tx = ops.store().read().await?;
    let found = tx.find_customer(&permit, customer).await?.ok_or(Error::NotFound(Kind::Customer))?;
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    let Some(artifact) = find_artifact(&mut tx, &permit, artifact).await? else { return Ok(Answer::Unknown) };
    let Some(asked) = find_asked(&mut tx, &permit, &artifact, reference).await? else {
        return Ok(Answer::Unknown);
    };
    if !found.features.contains(&Feature::Artifacts) {
        return Ok(Answer::FeatureOff);
    }
    let entitlements = tx.list_artifact_entitlements(&permit, Some(customer)).await?;
    let index = Index::new(organization.artifacts.restricted, entitlements.iter().flat_map(Entry::of));
    let view = index.view(customer, artifact.id, now);
    Ok(answer(&view, &asked, (&entitlements, artifact.id), now))
}

/// What was asked for, as it is decided on.
enum Asked {
    Tag(Tag, StoredRoot),
    Reached(Vec<StoredRoot>),
}

async fn find_artifact(tx: &mut Tx, permit: &Permit, text: &str) -> Result<Option<Artifact>> {
    let text = text.trim();
    if let Ok(id) = text.parse::<ArtifactId>() {
        return Ok(tx.find_artifact(permit, id).await?);
    }
    match text.parse::<ArtifactName>() {
        Ok(name) => Ok(tx.find_artifact_by_name(permit, &name).await?),
        Err(_) => Ok(None),
    }
}

async fn find_asked(tx: &mut Tx, permit: &Permit, artifact: &Artifact, text: &str) -> Result<Option<Asked>> {
    match text.trim().parse::<Reference>() {
        Err(_) => Ok(None),
        Ok(Reference::Digest(digest)) => reached(tx, permit, artifact.id, &digest).await,
        Ok(Reference::Tag(tag)) => {
            let Some(entry) = tx.find_tag(permit, artifact.id, &tag).await? else { return Ok(None) };
            let Some(manifest) = tx.find_manifest_by_id(permit, entry.manifest).await? else {
                return Ok(None);
            };
            if tag.attachment().is_some() {
                return reached(tx, permit, artifact.id, &manifest.digest).await;
            }
            let root = StoredRoot { manifest: manifest.id, tags: vec![tag.clone()] };
            Ok(Some(Asked::Tag(tag, root)))
        }
    }
}

async fn reached(
    tx: &mut Tx,
    permit: &Permit,
    artifact: ArtifactId,
    digest: &Digest,
) -> Result<Option<Asked>> {
    let roots = tx.list_roots(permit, artifact, &digest.to_string()).await?;
    // A blob that no manifest lists is there, too, for who may pull everything.
    if roots.is_empty() && tx.find_blob(permit, artifact, digest).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(Asked::Reached(roots)))
}

fn answer(
    view: &View<'_>,
    asked: &Asked,
    (entitlements, artifact): (&[ArtifactEntitlement], ArtifactId),
    now: DateTime<Utc>,
) -> Answer {
    let decided = match asked {
        Asked::Tag(tag, root) => view.tag(tag, root.manifest),
        Asked::Reached(roots) => reach(view, roots),
    };
    let find = |id| entitlements.iter().find(|one| one.id == id);
    let named = |one: &ArtifactEntitlement| Named { id: one.id, name: one.name.clone() };
    let scope = |one: &ArtifactEntitlement| {
        one.grants.iter().find(|grant| grant.artifact == artifact).map(|grant| grant.scope.clone())
    };
    match decided {
        Ok(Allowed::Unrestricted) => Answer::Unrestricted,
        Ok(allowed @ Allowed::Granted { entitlement, rule, until }) => {
            let Some((one, scope)) = find(entitlement).and_then(|one| Some((one, scope(one)?))) else {
                return Answer::NoEntitlement;
            };
            Answer::Granted { by: named(one), rule, scope, until, through: through(view, asked, allowed) }
        }
        Err(Refused::Expired { entitlement, at }) => match find(entitlement) {
            Some(one) => Answer::Expired { by: named(one), at },
            None => Answer::NoEntitlement,
        },
        Err(Refused::OutsideScope { .. }) => {
            let active = entitlements.iter().filter(|one| one.is_active(now));
            Answer::OutsideScope(active.filter_map(|one| Some((named(one), scope(one)?))).collect())
        }
        Err(Refused::NoEntitlement) => Answer::NoEntitlement,
    }
}

fn reach(view: &View<'_>, roots: &[StoredRoot]) -> std::result::Result<Allowed, Refused> {
    view.reach(roots.iter().map(|root| Root { manifest: root.manifest, tags: &root.tags }))
}

/// The tag by which a digest is reached, if it is by one; the first of several.
fn through(view: &View<'_>, asked: &Asked, allowed: Allowed) -> Option<Tag> {
    let Asked::Reached(roots) = asked else { return None };
    if matches!(allowed, Allowed::Granted { rule: Rule::All | Rule::Manifest, .. }) {
        return None;
    }
    let reaches = |root: &StoredRoot, tag: &Tag| {
        let tags = std::slice::from_ref(tag);
        view.reach([Root { manifest: root.manifest, tags }]) == Ok(allowed)
    };
    let mut tags = roots.iter().flat_map(|root| root.tags.iter().map(move |tag| (root, tag)));
    tags.find(|(root, tag)| reaches(root, tag)).map(|(_, tag)| tag.clone())
}
