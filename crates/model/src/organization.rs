//! Organizations: the vendors, tenants of the hub.

use chrono::{DateTime, Utc};

use crate::field::{Check, Invalid};
use crate::id::OrganizationId;
use crate::name::{Name, Slug};
use crate::plan::Subscription;

/// A vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name for people.
    pub name: Name,
    /// The first part of its registry paths, unique in the hub.
    pub slug: Slug,
    /// Its plan.
    pub subscription: Subscription,
    /// What it decided about its artifacts.
    pub artifacts: ArtifactSettings,
    /// Whether customers see only applications that they are entitled to. The first application entitlement switches it on.
    pub applications_restricted: bool,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// What an organization decided about its artifacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArtifactSettings {
    /// Whether customers see only what they are entitled to. The first artifact entitlement switches it on.
    pub restricted: bool,
    /// Whether tags may move.
    pub tags_mutable: bool,
}

/// Name and slug of an organization, as given for its creation or change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationDraft {
    /// See [`Organization::name`].
    pub name: Name,
    /// See [`Organization::slug`].
    pub slug: Slug,
}

impl OrganizationDraft {
    /// Reads both from input.
    ///
    /// # Errors
    /// All fields that are not valid.
    pub fn parse(name: &str, slug: &str) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let name = check.take(Name::parse("name", name));
        let slug = check.take(Slug::parse("slug", slug));
        check.finish(name.zip(slug).map(|(name, slug)| Self { name, slug }))
    }
}
