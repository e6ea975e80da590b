//! Setting up an organization: by the one-time link of a new hub, or by the operator's command.

pub mod by_command;
pub mod by_link;

use grantry_model::audit::{Author, Event, EventKind, Subject};
use grantry_model::organization::{ArtifactSettings, Organization, OrganizationDraft};
use grantry_model::policy::Permit;
use grantry_model::role::Role;
use grantry_model::user::{Member, User};
use grantry_store::member::MEMBER_UNIQUE;
use grantry_store::organization::SLUG_UNIQUE;
use grantry_store::store::Tx;

use crate::Ops;
use crate::error::{Error, OnConflict, Result};
use crate::organization::slug_taken;

/// Whether the hub has no organization yet.
///
/// # Errors
/// The database can't be read.
pub async fn is_new(ops: &Ops) -> Result<bool> {
    Ok(!ops.store().read().await?.has_organizations().await?)
}

/// Adds an organization with its first administrator, whose account is there already.
pub(crate) async fn found(
    ops: &Ops,
    tx: &mut Tx,
    draft: OrganizationDraft,
    founder: User,
    author: &Author,
) -> Result<(Organization, Permit)> {
    let now = ops.clock().now();
    let organization = Organization {
        id: ops.new_id()?,
        name: draft.name,
        slug: draft.slug,
        subscription: ops.settings().default_plan,
        artifacts: ArtifactSettings::default(),
        applications_restricted: false,
        created_at: now,
    };
    tx.insert_organization(&organization).await.on_conflict(SLUG_UNIQUE, slug_taken)?;
    let permit = Permit::operator(organization.id);
    let email = founder.email.as_str().to_owned();
    let member = Member { user: founder, customer: None, role: Role::Admin, joined_at: now };
    tx.insert_member(&permit, &member).await.on_conflict(MEMBER_UNIQUE, || {
        Error::conflict("already_member", "This user is already a member of the organization.")
    })?;
    let details = serde_json::json!({ "administrator": email, "slug": organization.slug.as_str() });
    let subject = Subject::new("organization", organization.id, &organization.name);
    let event = Event::new(EventKind::OrganizationCreated, subject).with(details);
    tx.record(organization.id, ops.stamp()?, author, &event).await?;
    Ok((organization, permit))
}
