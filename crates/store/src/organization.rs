//! Organizations.

use grantry_model::id::OrganizationId;
use grantry_model::name::Slug;
use grantry_model::organization::{ArtifactSettings, Organization, OrganizationDraft};
use grantry_model::plan::Subscription;
use grantry_model::policy::Permit;

use crate::column::{id, name, named, slug};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on slugs, for mapping a conflict.
pub const SLUG_UNIQUE: &str = "organization_slug_unique";

fn organization(row: &Row) -> Result<Organization, Error> {
    let id: OrganizationId = id(row, 0)?;
    Ok(Organization {
        id,
        name: name(row, 1, "organization", id)?,
        slug: slug(row, 2, id)?,
        subscription: Subscription { plan: named(row, 3, ("organization", "plan"), id)?, until: row.get(4)? },
        artifacts: ArtifactSettings { restricted: row.get(6)?, tags_mutable: row.get(7)? },
        applications_restricted: row.get(8)?,
        created_at: row.get(5)?,
    })
}

impl Tx {
    /// Whether the hub has an organization yet.
    pub async fn has_organizations(&mut self) -> Result<bool, Error> {
        Ok(self.db.query_opt("select id from organization limit 1", params![]).await?.is_some())
    }

    /// Adds an organization. Who may do this has no organization yet, so there is no permit.
    ///
    /// # Errors
    /// A conflict with [`SLUG_UNIQUE`].
    pub async fn insert_organization(&mut self, organization: &Organization) -> Result<(), Error> {
        let Subscription { plan, until } = organization.subscription;
        let ArtifactSettings { restricted, tags_mutable } = organization.artifacts;
        self.db
            .execute(
                "insert into organization (id, name, slug, plan, plan_until, created_at, artifacts_restricted,
                   tags_mutable, applications_restricted)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                params![
                    organization.id,
                    organization.name.as_str(),
                    organization.slug.as_str(),
                    plan.as_str(),
                    until,
                    organization.created_at,
                    restricted,
                    tags_mutable,
                    organization.applications_restricted
                ],
            )
            .await?;
        Ok(())
    }

    /// The permit's organization.
    pub async fn find_organization(&mut self, permit: &Permit) -> Result<Option<Organization>, Error> {
        self.db
            .query_opt(
                "select id, name, slug, plan, plan_until, created_at, artifacts_restricted, tags_mutable,
                   applications_restricted from organization where id = $1",
                params![permit.organization()],
            )
            .await?
            .as_ref()
            .map(organization)
            .transpose()
    }

    /// The organization of a slug; for the operator, who names it so.
    pub async fn find_organization_by_slug(&mut self, slug: &Slug) -> Result<Option<Organization>, Error> {
        self.db
            .query_opt(
                "select id, name, slug, plan, plan_until, created_at, artifacts_restricted, tags_mutable,
                   applications_restricted from organization where slug = $1",
                params![slug.as_str()],
            )
            .await?
            .as_ref()
            .map(organization)
            .transpose()
    }

    /// All organizations of the hub, by slug; for the operator.
    pub async fn list_organizations(&mut self) -> Result<Vec<Organization>, Error> {
        let sql = "select id, name, slug, plan, plan_until, created_at, artifacts_restricted, tags_mutable,
                   applications_restricted from organization order by slug";
        self.db.query(sql, params![]).await?.iter().map(organization).collect()
    }

    /// Whether an organization of this id exists; for public key sets, which anybody may read.
    pub async fn organization_exists(&mut self, id: OrganizationId) -> Result<bool, Error> {
        Ok(self.db.query_opt("select id from organization where id = $1", params![id]).await?.is_some())
    }

    /// Changes name and slug.
    ///
    /// # Errors
    /// A conflict with [`SLUG_UNIQUE`].
    pub async fn update_organization(
        &mut self,
        permit: &Permit,
        draft: &OrganizationDraft,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "update organization set name = $2, slug = $3 where id = $1",
                params![permit.organization(), draft.name.as_str(), draft.slug.as_str()],
            )
            .await?;
        Ok(())
    }

    /// Changes the plan.
    pub async fn update_subscription(&mut self, permit: &Permit, to: Subscription) -> Result<(), Error> {
        self.db
            .execute(
                "update organization set plan = $2, plan_until = $3 where id = $1",
                params![permit.organization(), to.plan.as_str(), to.until],
            )
            .await?;
        Ok(())
    }

    /// Changes what the organization decided about its artifacts. Whether that was any change.
    pub async fn update_artifact_settings(
        &mut self,
        permit: &Permit,
        to: ArtifactSettings,
    ) -> Result<bool, Error> {
        let changed = self
            .db
            .execute(
                "update organization set artifacts_restricted = $2, tags_mutable = $3
                 where id = $1 and (artifacts_restricted <> $2 or tags_mutable <> $3)",
                params![permit.organization(), to.restricted, to.tags_mutable],
            )
            .await?;
        Ok(changed > 0)
    }

    /// Decides whether customers see only applications that they are entitled to. Whether that was any change.
    pub async fn update_applications_restricted(&mut self, permit: &Permit, to: bool) -> Result<bool, Error> {
        let changed = self
            .db
            .execute(
                "update organization set applications_restricted = $2
                 where id = $1 and applications_restricted <> $2",
                params![permit.organization(), to],
            )
            .await?;
        Ok(changed > 0)
    }
}
