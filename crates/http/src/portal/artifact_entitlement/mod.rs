//! Artifact entitlements.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
mod editor;
mod input;
mod row;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use grantry_model::artifact::TagEntry;
use grantry_model::id::ArtifactId;
use grantry_ops::Ops;
use grantry_ops::artifact::tags;
use grantry_ops::artifact_entitlement::{Entitled, GrantedArtifact};
use grantry_ops::caller::Caller;
use grantry_ops::error::Error;
use grantry_ui::pages::artifact_entitlement::{EntitlementRow, Grant};

use crate::portal::artifact::scope;

/// Entitlements in a table, each scope with what it covers now.
pub(crate) async fn rows(
    ops: &Ops,
    caller: &Caller,
    entitlements: &[Entitled],
) -> Result<Vec<EntitlementRow>, Error> {
    let mut now: HashMap<ArtifactId, Vec<TagEntry>> = HashMap::new();
    for grant in entitlements.iter().flat_map(|one| &one.grants) {
        if let Entry::Vacant(place) = now.entry(grant.artifact) {
            place.insert(tags::list(ops, caller, grant.artifact, "").await?);
        }
    }
    let grant = |one: &GrantedArtifact| Grant {
        artifact: one.artifact,
        name: one.name.clone(),
        scope: scope::present(&one.scope, now.get(&one.artifact).map_or(&[], Vec::as_slice)),
    };
    let row = |one: &Entitled| EntitlementRow {
        entitlement: one.entitlement.id,
        name: one.entitlement.name.as_str().to_owned(),
        grants: one.grants.iter().map(grant).collect(),
        expires_at: one.entitlement.expires_at,
    };
    Ok(entitlements.iter().map(row).collect())
}
