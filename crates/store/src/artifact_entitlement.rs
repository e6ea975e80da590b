//! Artifact entitlements.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use grantry_model::artifact_entitlement::{ArtifactEntitlement, Grant, Scope, ScopeKind};
use grantry_model::id::{ArtifactEntitlementId, ArtifactId, CustomerId, ManifestId};
use grantry_model::name::Name;
use grantry_model::policy::Permit;
use grantry_oci::reference::Tag;

use crate::column::{corrupt, count, id, name, named};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on a customer's names, for mapping a conflict.
pub const NAME_UNIQUE: &str = "artifact_entitlement_name_unique";

type Key = (ArtifactEntitlementId, ArtifactId);
/// What of several entitlements' artifacts is chosen.
type Chosen<T> = BTreeMap<Key, BTreeSet<T>>;

fn entitlement(row: &Row) -> Result<ArtifactEntitlement, Error> {
    let id: ArtifactEntitlementId = id(row, 0)?;
    Ok(ArtifactEntitlement {
        id,
        customer: self::id(row, 1)?,
        name: name(row, 2, "artifact_entitlement", id)?,
        expires_at: row.get(3)?,
        created_at: row.get(4)?,
        grants: Vec::new(),
    })
}

fn key(row: &Row) -> Result<Key, Error> {
    Ok((id(row, 0)?, id(row, 1)?))
}

fn scope(row: &Row, tags: &mut Chosen<Tag>, manifests: &mut Chosen<ManifestId>) -> Result<Scope, Error> {
    let key = key(row)?;
    let broken = || corrupt("artifact_grant", "expression", key.0.0);
    let expression = row.get::<Option<String>>(3)?;
    let expression = || expression.as_deref().ok_or_else(broken);
    let mut tags = || tags.remove(&key).unwrap_or_default();
    Ok(match named(row, 2, ("artifact_grant", "scope"), key.0)? {
        ScopeKind::Chosen => {
            Scope::Chosen { tags: tags(), manifests: manifests.remove(&key).unwrap_or_default() }
        }
        ScopeKind::Current => Scope::Current { tags: tags() },
        ScopeKind::All => Scope::All,
        ScopeKind::Pattern => Scope::Pattern(expression()?.parse().map_err(|_| broken())?),
        ScopeKind::Range => Scope::Range(expression()?.parse().map_err(|_| broken())?),
    })
}

impl Tx {
    /// Artifact entitlements that the permit reaches, by name; of one customer, if it is given.
    pub async fn list_artifact_entitlements(
        &mut self,
        permit: &Permit,
        of: Option<CustomerId>,
    ) -> Result<Vec<ArtifactEntitlement>, Error> {
        self.load_artifact_entitlements(permit, of, None).await
    }

    /// An artifact entitlement that the permit reaches.
    pub async fn find_artifact_entitlement(
        &mut self,
        permit: &Permit,
        id: ArtifactEntitlementId,
    ) -> Result<Option<ArtifactEntitlement>, Error> {
        Ok(self.load_artifact_entitlements(permit, None, Some(id)).await?.into_iter().next())
    }

    async fn load_artifact_entitlements(
        &mut self,
        permit: &Permit,
        of: Option<CustomerId>,
        only: Option<ArtifactEntitlementId>,
    ) -> Result<Vec<ArtifactEntitlement>, Error> {
        let keys = params![permit.organization(), permit.customer().or(of), only];
        if permit.customer().is_some_and(|own| of.is_some_and(|of| of != own)) {
            return Ok(Vec::new());
        }
        let mut tags: Chosen<Tag> = BTreeMap::new();
        let rows = self
            .db
            .query(
                "select t.entitlement_id, t.artifact_id, t.tag
                 from artifact_grant_tag t join artifact_entitlement e on e.id = t.entitlement_id
                 where e.organization_id = $1 and (e.customer_id = $2 or $2 is null) and (e.id = $3 or $3 is null)",
                keys,
            )
            .await?;
        for row in &rows {
            let key = key(row)?;
            let tag = row.get::<String>(2)?.parse();
            tags.entry(key)
                .or_default()
                .insert(tag.map_err(|_| corrupt("artifact_grant_tag", "tag", key.0.0))?);
        }
        let mut manifests: Chosen<ManifestId> = BTreeMap::new();
        let rows = self
            .db
            .query(
                "select m.entitlement_id, m.artifact_id, m.manifest_id
                 from artifact_grant_manifest m join artifact_entitlement e on e.id = m.entitlement_id
                 where e.organization_id = $1 and (e.customer_id = $2 or $2 is null) and (e.id = $3 or $3 is null)",
                keys,
            )
            .await?;
        for row in &rows {
            manifests.entry(key(row)?).or_default().insert(id(row, 2)?);
        }
        let rows = self
            .db
            .query(
                "select g.entitlement_id, g.artifact_id, g.scope, g.expression
                 from artifact_grant g join artifact_entitlement e on e.id = g.entitlement_id
                 where e.organization_id = $1 and (e.customer_id = $2 or $2 is null) and (e.id = $3 or $3 is null)
                 order by g.entitlement_id, g.position",
                keys,
            )
            .await?;
        let mut grants: BTreeMap<ArtifactEntitlementId, Vec<Grant>> = BTreeMap::new();
        for row in &rows {
            let (entitlement, artifact) = key(row)?;
            let scope = scope(row, &mut tags, &mut manifests)?;
            grants.entry(entitlement).or_default().push(Grant { artifact, scope });
        }
        let rows = self
            .db
            .query(
                "select e.id, e.customer_id, e.name, e.expires_at, e.created_at from artifact_entitlement e
                 where e.organization_id = $1 and (e.customer_id = $2 or $2 is null) and (e.id = $3 or $3 is null)
                 order by e.name_fold, e.id",
                keys,
            )
            .await?;
        rows.iter()
            .map(|row| {
                let mut entitlement = entitlement(row)?;
                entitlement.grants = grants.remove(&entitlement.id).unwrap_or_default();
                Ok(entitlement)
            })
            .collect()
    }

    /// Whether the organization has an artifact entitlement, of whichever customer.
    pub async fn has_artifact_entitlements(&mut self, permit: &Permit) -> Result<bool, Error> {
        let sql = "select id from artifact_entitlement where organization_id = $1 limit 1";
        Ok(self.db.query_opt(sql, params![permit.organization()]).await?.is_some())
    }

    /// Adds an artifact entitlement with its grants.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn insert_artifact_entitlement(
        &mut self,
        permit: &Permit,
        entitlement: &ArtifactEntitlement,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into artifact_entitlement (id, organization_id, customer_id, name, name_fold, expires_at,
                   created_at)
                 values ($1, $2, $3, $4, $5, $6, $7)",
                params![
                    entitlement.id,
                    permit.organization(),
                    entitlement.customer,
                    entitlement.name.as_str(),
                    entitlement.name.fold(),
                    entitlement.expires_at,
                    entitlement.created_at
                ],
            )
            .await?;
        self.insert_grants(entitlement).await
    }

    async fn insert_grants(&mut self, entitlement: &ArtifactEntitlement) -> Result<(), Error> {
        for (position, grant) in entitlement.grants.iter().enumerate() {
            self.db
                .execute(
                    "insert into artifact_grant (entitlement_id, artifact_id, position, scope, expression)
                     values ($1, $2, $3, $4, $5)",
                    params![
                        entitlement.id,
                        grant.artifact,
                        i64::try_from(position).unwrap_or(i64::MAX),
                        grant.scope.kind().as_str(),
                        grant.scope.expression()
                    ],
                )
                .await?;
            for tag in grant.scope.tags() {
                let sql =
                    "insert into artifact_grant_tag (entitlement_id, artifact_id, tag) values ($1, $2, $3)";
                self.db.execute(sql, params![entitlement.id, grant.artifact, tag.as_str()]).await?;
            }
            for manifest in grant.scope.manifests() {
                let sql = "insert into artifact_grant_manifest (entitlement_id, artifact_id, manifest_id)
                           values ($1, $2, $3)";
                self.db.execute(sql, params![entitlement.id, grant.artifact, manifest]).await?;
            }
        }
        Ok(())
    }

    /// Replaces everything of an artifact entitlement but its id and the time of its creation.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn update_artifact_entitlement(
        &mut self,
        permit: &Permit,
        entitlement: &ArtifactEntitlement,
    ) -> Result<(), Error> {
        self.delete_grants(permit, entitlement.id).await?;
        self.db
            .execute(
                "update artifact_entitlement set customer_id = $3, name = $4, name_fold = $5, expires_at = $6
                 where id = $1 and organization_id = $2",
                params![
                    entitlement.id,
                    permit.organization(),
                    entitlement.customer,
                    entitlement.name.as_str(),
                    entitlement.name.fold(),
                    entitlement.expires_at
                ],
            )
            .await?;
        self.insert_grants(entitlement).await
    }

    /// Deletes an artifact entitlement.
    pub async fn delete_artifact_entitlement(
        &mut self,
        permit: &Permit,
        id: ArtifactEntitlementId,
    ) -> Result<(), Error> {
        self.delete_grants(permit, id).await?;
        let sql = "delete from artifact_entitlement where id = $1 and organization_id = $2";
        self.db.execute(sql, params![id, permit.organization()]).await?;
        Ok(())
    }

    async fn delete_grants(&mut self, permit: &Permit, id: ArtifactEntitlementId) -> Result<(), Error> {
        for sql in [
            "delete from artifact_grant_manifest where entitlement_id in
               (select id from artifact_entitlement where id = $1 and organization_id = $2)",
            "delete from artifact_grant_tag where entitlement_id in
               (select id from artifact_entitlement where id = $1 and organization_id = $2)",
            "delete from artifact_grant where entitlement_id in
               (select id from artifact_entitlement where id = $1 and organization_id = $2)",
        ] {
            self.db.execute(sql, params![id, permit.organization()]).await?;
        }
        Ok(())
    }

    /// Names of entitlements that have not expired and name this tag of an artifact.
    pub async fn list_holders_of_tag(
        &mut self,
        permit: &Permit,
        (artifact, tag): (ArtifactId, &Tag),
        now: DateTime<Utc>,
    ) -> Result<Vec<Name>, Error> {
        let rows = self
            .db
            .query(
                "select e.id, e.name from artifact_entitlement e
                 join artifact_grant_tag t on t.entitlement_id = e.id
                 where e.organization_id = $1 and t.artifact_id = $2 and t.tag = $3
                   and (e.expires_at > $4 or e.expires_at is null) order by e.name_fold, e.id",
                params![permit.organization(), artifact, tag.as_str(), now],
            )
            .await?;
        rows.iter().map(holder).collect()
    }

    /// Names of entitlements that have not expired and name this manifest.
    pub async fn list_holders_of_manifest(
        &mut self,
        permit: &Permit,
        manifest: ManifestId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Name>, Error> {
        let rows = self
            .db
            .query(
                "select e.id, e.name from artifact_entitlement e
                 join artifact_grant_manifest m on m.entitlement_id = e.id
                 where e.organization_id = $1 and m.manifest_id = $2
                   and (e.expires_at > $3 or e.expires_at is null) order by e.name_fold, e.id",
                params![permit.organization(), manifest, now],
            )
            .await?;
        rows.iter().map(holder).collect()
    }

    /// Names of entitlements that have not expired and grant something of this artifact.
    pub async fn list_holders_of_artifact(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Name>, Error> {
        let rows = self
            .db
            .query(
                "select e.id, e.name from artifact_entitlement e
                 join artifact_grant g on g.entitlement_id = e.id
                 where e.organization_id = $1 and g.artifact_id = $2
                   and (e.expires_at > $3 or e.expires_at is null) order by e.name_fold, e.id",
                params![permit.organization(), artifact, now],
            )
            .await?;
        rows.iter().map(holder).collect()
    }

    /// How many artifact entitlements a customer has.
    pub async fn count_artifact_entitlements(
        &mut self,
        permit: &Permit,
        of: CustomerId,
    ) -> Result<u64, Error> {
        let sql = "select count(*) from artifact_entitlement where organization_id = $1 and customer_id = $2";
        let row = self.db.query_opt(sql, params![permit.organization(), of]).await?;
        row.map_or(Ok(0), |row| count(&row, 0))
    }
}

fn holder(row: &Row) -> Result<Name, Error> {
    name(row, 1, "artifact_entitlement", id::<ArtifactEntitlementId>(row, 0)?)
}
