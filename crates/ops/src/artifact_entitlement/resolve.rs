//! Reading an artifact entitlement from input: what it names has to be there, and nothing that somebody left out widens it.

use std::collections::BTreeSet;

use grantry_model::artifact_entitlement::draft::{
    EntitlementDraft, EntitlementInput, GrantInput as Resolved, ScopeInput as ResolvedScope,
};
use grantry_model::artifact_entitlement::{Grant, Scope, ScopeKind};
use grantry_model::field::{FieldError, Invalid};
use grantry_model::id::{ArtifactId, ManifestId, TagId};
use grantry_model::policy::Permit;
use grantry_oci::reference::Tag;
use grantry_store::store::Tx;

use super::{Entitled, GrantInput, Input, ScopeInput};
use crate::error::{Error, Result};

/// A draft of what the input says; `before` is the entitlement that it changes. From here until the transaction ends the customer
/// is not deleted, nor anything of the artifacts that it names.
pub(super) async fn draft(
    tx: &mut Tx,
    permit: &Permit,
    input: &Input<'_>,
    before: Option<&Entitled>,
) -> Result<EntitlementDraft> {
    let mut errors = Vec::new();
    if let Some(customer) = input.customer {
        tx.lock_customer(customer).await?;
        if tx.find_customer(permit, customer).await?.is_none() {
            let message = "There is no customer with this id. Choose one of yours.";
            errors.push(FieldError::new("customerOrganizationId", "customer_unknown", message));
        }
    }
    let artifacts: BTreeSet<ArtifactId> = input.grants.iter().map(|grant| grant.artifact).collect();
    for artifact in artifacts {
        tx.lock_artifact(artifact).await?;
    }
    let mut grants = Vec::with_capacity(input.grants.len());
    for (index, grant) in input.grants.iter().enumerate() {
        let mut one =
            Resolving { tx: &mut *tx, permit, number: index + 1, grant, before, errors: &mut errors };
        grants.push(one.resolve().await?);
    }
    match parse(input, grants) {
        Ok(draft) if errors.is_empty() => return Ok(draft),
        Ok(_) => {}
        Err(Invalid(mut others)) => {
            // What is said of artifacts may only follow from an id that names none.
            others.retain(|error| error.field != "artifacts" || errors.is_empty());
            errors.extend(others);
        }
    }
    Err(Error::Invalid(Invalid(errors)))
}

fn parse(input: &Input<'_>, grants: Vec<Resolved>) -> std::result::Result<EntitlementDraft, Invalid> {
    EntitlementDraft::parse(&EntitlementInput {
        name: input.name,
        customer: input.customer,
        expires_at: input.expires_at,
        grants,
    })
}

/// One artifact of the input.
struct Resolving<'a> {
    tx: &'a mut Tx,
    permit: &'a Permit,
    /// Its place in the list, from 1.
    number: usize,
    grant: &'a GrantInput,
    before: Option<&'a Entitled>,
    errors: &'a mut Vec<FieldError>,
}

impl Resolving<'_> {
    async fn resolve(&mut self) -> Result<Resolved> {
        let artifact = self.grant.artifact;
        if self.tx.find_artifact(self.permit, artifact).await?.is_none() {
            self.fail("artifact_unknown", "there is no artifact with this id. Choose one of yours.");
            return Ok(Resolved { artifact, scope: ResolvedScope::default() });
        }
        Ok(Resolved { artifact, scope: self.scope().await? })
    }

    async fn scope(&mut self) -> Result<ResolvedScope> {
        if let Some(scope) = self.kept() {
            return Ok(scope);
        }
        let Versions { manifests, tags: by_id } = self.versions().await?;
        let kind = match &self.grant.scope {
            Some(scope) => scope.kind.clone(),
            None if self.grant.versions.is_empty() => ScopeKind::All.as_str().to_owned(),
            None => ScopeKind::Chosen.as_str().to_owned(),
        };
        let ScopeInput { mut tags, expression, .. } = self.grant.scope.clone().unwrap_or_default();
        if kind == ScopeKind::Chosen.as_str() {
            self.require_tags(&tags).await?;
        }
        if kind == ScopeKind::Current.as_str() && tags.is_empty() && by_id.is_empty() {
            let now = self.tx.list_newest_tags(self.permit, self.grant.artifact, "").await?;
            tags = now.into_iter().map(|tag| tag.name.to_string()).collect();
        } else if kind == ScopeKind::Current.as_str() {
            self.fail(
                "scope_mixed",
                "a scope of kind “current” takes the tags that exist. Leave them out, or choose them by “chosen”.",
            );
        }
        for tag in by_id {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Ok(ResolvedScope { kind, tags, manifests, expression })
    }

    /// The scope that the artifact has, if the input means it: it repeats current tags, or comes from a client that does not
    /// know scopes and was shown nothing that it could repeat.
    fn kept(&self) -> Option<ResolvedScope> {
        let shown = self.before?.grants.iter().find(|grant| grant.artifact == self.grant.artifact)?;
        let keeps = match (&self.grant.scope, &shown.scope) {
            (None, Scope::All) => false,
            (None, _) => self.grant.versions.is_empty() && shown.versions.is_empty(),
            (Some(input), Scope::Current { tags }) => {
                let same_tags = input.tags.len() == tags.len()
                    && input.tags.iter().all(|name| tags.iter().any(|tag| tag.as_str() == name));
                let same_ids = self.grant.versions.iter().all(|id| shown.versions.contains(id));
                input.kind == ScopeKind::Current.as_str() && !tags.is_empty() && same_tags && same_ids
            }
            (Some(_), _) => false,
        };
        keeps.then(|| stored(&shown.scope))
    }

    /// What the ids in `versions` name.
    async fn versions(&mut self) -> Result<Versions> {
        let mut found = Versions::default();
        let artifact = self.grant.artifact;
        for id in &self.grant.versions {
            let manifest = self.tx.find_manifest_by_id(self.permit, ManifestId(*id)).await?;
            if let Some(manifest) = manifest.filter(|manifest| manifest.artifact == artifact) {
                found.manifests.push(manifest.id);
                continue;
            }
            match self.tx.find_tag_by_id(self.permit, artifact, TagId(*id)).await? {
                Some(tag) if found.tags.contains(&tag.name.to_string()) => {
                    self.fail(
                        "version_twice",
                        &format!("the tag “{}” is chosen twice. Choose it once.", tag.name),
                    );
                }
                Some(tag) => found.tags.push(tag.name.to_string()),
                None => self.fail(
                    "version_unknown",
                    &format!("it has no version with the id {id}. Choose one of its manifests or tags."),
                ),
            }
        }
        Ok(found)
    }

    /// Tags that are chosen must exist, or have been chosen before.
    async fn require_tags(&mut self, names: &[String]) -> Result<()> {
        let before: Option<&Grant> = self.before.and_then(|before| {
            before.entitlement.grants.iter().find(|one| one.artifact == self.grant.artifact)
        });
        let mut missing = Vec::new();
        for name in names {
            // One that is malformed is answered as such.
            let Ok(tag) = name.parse::<Tag>() else { continue };
            let was_chosen = before.is_some_and(|grant| grant.scope.tags().any(|chosen| *chosen == tag));
            if !was_chosen && self.tx.find_tag(self.permit, self.grant.artifact, &tag).await?.is_none() {
                missing.push(format!("“{tag}”"));
            }
        }
        if !missing.is_empty() {
            let message =
                format!("it has no tag {}. Push it first, or grant a pattern.", missing.join(" and no tag "));
            self.fail("tag_unknown", &message);
        }
        Ok(())
    }

    fn fail(&mut self, code: &'static str, message: &str) {
        let message = format!("Artifact {} of the list: {message}", self.number);
        self.errors.push(FieldError::new("artifacts", code, message));
    }
}

#[derive(Default)]
struct Versions {
    manifests: Vec<ManifestId>,
    tags: Vec<String>,
}

/// A scope as input that means the same.
fn stored(scope: &Scope) -> ResolvedScope {
    ResolvedScope {
        kind: scope.kind().as_str().to_owned(),
        tags: scope.tags().map(Tag::to_string).collect(),
        manifests: scope.manifests().collect(),
        expression: scope.expression().unwrap_or_default().to_owned(),
    }
}
