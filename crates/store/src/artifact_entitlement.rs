//! Artifact entitlements.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use grantry_model::artifact::Holder;
use grantry_model::artifact_entitlement::{ArtifactEntitlement, Grant, Scope, ScopeKind};
use grantry_model::id::{ArtifactEntitlementId, ArtifactId, CustomerId, ManifestId, TagId};
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;
use grantry_oci::reference::Tag;

use crate::column::{PageParams, corrupt, count, id, name, named, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on a customer's names, for mapping a conflict.
pub const NAME_UNIQUE: &str = "artifact_entitlement_name_unique";

/// Which artifact entitlements are wanted; all without any condition.
#[derive(Default)]
struct Wanted {
    customer: Option<CustomerId>,
    id: Option<ArtifactEntitlementId>,
    artifact: Option<ArtifactId>,
    page: PageRequest,
}

/// The ids of what is [`Wanted`]: of organization `$1` and customer `$2`, with the id `$3` or on the artifact `$4`, after the
/// name `$5` and the id `$6`, with a name like `$7`, and at most `$8`.
macro_rules! wanted {
    () => {
        "(select w.id from artifact_entitlement w
          where w.organization_id = $1 and (w.customer_id = $2 or $2 is null) and (w.id = $3 or $3 is null)
            and (exists (select 1 from artifact_grant x where x.entitlement_id = w.id and x.artifact_id = $4)
              or $4 is null)
            and (w.name_fold, w.id) > ($5, $6) and w.name_fold like $7 escape '\\'
          order by w.name_fold, w.id limit $8)"
    };
}

/// Entitlements `e` of organization `$1`, as [`Holder`] says them.
macro_rules! holders {
    () => {
        "select e.id, e.name, c.id, c.name from artifact_entitlement e join customer c on c.id = e.customer_id
         where e.organization_id = $1 "
    };
}

/// What a grant names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The artifact's name.
    pub name: String,
    /// Its granted tags that exist.
    pub tags: Vec<TagId>,
}

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
        self.load_artifact_entitlements(permit, &Wanted { customer: of, ..Wanted::default() }).await
    }

    /// A part of the artifact entitlements that the permit reaches, by name; of one customer, if it is given.
    pub async fn page_artifact_entitlements(
        &mut self,
        permit: &Permit,
        of: Option<CustomerId>,
        page: &PageRequest,
    ) -> Result<Page<ArtifactEntitlement>, Error> {
        let wanted = Wanted { customer: of, page: page.clone(), ..Wanted::default() };
        let items = self.load_artifact_entitlements(permit, &wanted).await?;
        Ok(Page::from_surplus(items, page.limit, |one| Cursor { key: one.name.fold(), id: one.id.0 }))
    }

    /// Artifact entitlements that grant something of an artifact, by name.
    pub async fn list_artifact_entitlements_on(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
    ) -> Result<Vec<ArtifactEntitlement>, Error> {
        self.load_artifact_entitlements(permit, &Wanted { artifact: Some(artifact), ..Wanted::default() })
            .await
    }

    /// An artifact entitlement that the permit reaches.
    pub async fn find_artifact_entitlement(
        &mut self,
        permit: &Permit,
        id: ArtifactEntitlementId,
    ) -> Result<Option<ArtifactEntitlement>, Error> {
        let wanted = Wanted { id: Some(id), ..Wanted::default() };
        Ok(self.load_artifact_entitlements(permit, &wanted).await?.into_iter().next())
    }

    async fn load_artifact_entitlements(
        &mut self,
        permit: &Permit,
        wanted: &Wanted,
    ) -> Result<Vec<ArtifactEntitlement>, Error> {
        let page = PageParams::new(&wanted.page);
        let keys = params![
            permit.organization(),
            permit.customer().or(wanted.customer),
            wanted.id,
            wanted.artifact,
            page.after.key,
            page.after.id,
            page.pattern,
            page.limit
        ];
        if permit.customer().is_some_and(|own| wanted.customer.is_some_and(|of| of != own)) {
            return Ok(Vec::new());
        }
        let mut tags: Chosen<Tag> = BTreeMap::new();
        let sql = concat!(
            "select t.entitlement_id, t.artifact_id, t.tag from artifact_grant_tag t where t.entitlement_id in ",
            wanted!()
        );
        for row in &self.db.query(sql, keys).await? {
            let key = key(row)?;
            let tag = row.get::<String>(2)?.parse();
            let tag = tag.map_err(|_| corrupt("artifact_grant_tag", "tag", key.0.0))?;
            tags.entry(key).or_default().insert(tag);
        }
        let mut manifests: Chosen<ManifestId> = BTreeMap::new();
        let sql = concat!(
            "select m.entitlement_id, m.artifact_id, m.manifest_id from artifact_grant_manifest m
             where m.entitlement_id in ",
            wanted!()
        );
        for row in &self.db.query(sql, keys).await? {
            manifests.entry(key(row)?).or_default().insert(id(row, 2)?);
        }
        let mut grants: BTreeMap<ArtifactEntitlementId, Vec<Grant>> = BTreeMap::new();
        let sql = concat!(
            "select g.entitlement_id, g.artifact_id, g.scope, g.expression from artifact_grant g
             where g.entitlement_id in ",
            wanted!(),
            " order by g.entitlement_id, g.position"
        );
        for row in &self.db.query(sql, keys).await? {
            let (entitlement, artifact) = key(row)?;
            let scope = scope(row, &mut tags, &mut manifests)?;
            grants.entry(entitlement).or_default().push(Grant { artifact, scope });
        }
        let sql = concat!(
            "select e.id, e.customer_id, e.name, e.expires_at, e.created_at from artifact_entitlement e
             where e.id in ",
            wanted!(),
            " order by e.name_fold, e.id"
        );
        let rows = self.db.query(sql, keys).await?;
        rows.iter()
            .map(|row| {
                let mut entitlement = entitlement(row)?;
                entitlement.grants = grants.remove(&entitlement.id).unwrap_or_default();
                Ok(entitlement)
            })
            .collect()
    }

    /// Of an entitlement's grants, what each names: the artifact's name, and the ids of granted tags that exist.
    pub async fn list_granted(
        &mut self,
        permit: &Permit,
        id: ArtifactEntitlementId,
    ) -> Result<BTreeMap<ArtifactId, Granted>, Error> {
        let rows = self
            .db
            .query(
                "select g.artifact_id, a.name, t.id from artifact_grant g
                 join artifact_entitlement e on e.id = g.entitlement_id
                 join artifact a on a.id = g.artifact_id
                 left join artifact_grant_tag gt on gt.entitlement_id = g.entitlement_id
                   and gt.artifact_id = g.artifact_id
                 left join tag t on t.artifact_id = gt.artifact_id and t.name = gt.tag
                 where g.entitlement_id = $1 and e.organization_id = $2 order by gt.tag",
                params![id, permit.organization()],
            )
            .await?;
        let mut granted = BTreeMap::new();
        for row in &rows {
            let artifact: ArtifactId = self::id(row, 0)?;
            let name = row.get::<String>(1)?;
            let one = granted.entry(artifact).or_insert_with(|| Granted { name, tags: Vec::new() });
            one.tags.extend(optional_id::<TagId>(row, 2)?);
        }
        Ok(granted)
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

    /// Entitlements that have not expired and name this tag of an artifact.
    pub async fn list_holders_of_tag(
        &mut self,
        permit: &Permit,
        (artifact, tag): (ArtifactId, &Tag),
        now: DateTime<Utc>,
    ) -> Result<Vec<Holder>, Error> {
        let sql = concat!(
            holders!(),
            "and (e.expires_at > $2 or e.expires_at is null)
               and exists (select 1 from artifact_grant_tag t
                 where t.entitlement_id = e.id and t.artifact_id = $3 and t.tag = $4) order by e.name_fold, e.id"
        );
        let rows = self.db.query(sql, params![permit.organization(), now, artifact, tag.as_str()]).await?;
        rows.iter().map(holder).collect()
    }

    /// Entitlements that have not expired and name this manifest.
    pub async fn list_holders_of_manifest(
        &mut self,
        permit: &Permit,
        manifest: ManifestId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Holder>, Error> {
        let sql = concat!(
            holders!(),
            "and (e.expires_at > $2 or e.expires_at is null)
               and exists (select 1 from artifact_grant_manifest m
                 where m.entitlement_id = e.id and m.manifest_id = $3) order by e.name_fold, e.id"
        );
        let rows = self.db.query(sql, params![permit.organization(), now, manifest]).await?;
        rows.iter().map(holder).collect()
    }

    /// Entitlements that have not expired and grant something of this artifact.
    pub async fn list_holders_of_artifact(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Holder>, Error> {
        let sql = concat!(
            holders!(),
            "and (e.expires_at > $2 or e.expires_at is null)
               and exists (select 1 from artifact_grant g
                 where g.entitlement_id = e.id and g.artifact_id = $3) order by e.name_fold, e.id"
        );
        let rows = self.db.query(sql, params![permit.organization(), now, artifact]).await?;
        rows.iter().map(holder).collect()
    }

    /// How many customers have an artifact entitlement that has not expired.
    pub async fn count_entitled_customers(
        &mut self,
        permit: &Permit,
        now: DateTime<Utc>,
    ) -> Result<u64, Error> {
        let sql = "select count(distinct customer_id) from artifact_entitlement
                   where organization_id = $1 and (expires_at > $2 or expires_at is null)";
        let row = self.db.query_opt(sql, params![permit.organization(), now]).await?;
        row.map_or(Ok(0), |row| count(&row, 0))
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

fn holder(row: &Row) -> Result<Holder, Error> {
    let (entitlement, customer): (ArtifactEntitlementId, CustomerId) = (id(row, 0)?, id(row, 2)?);
    Ok(Holder {
        entitlement,
        name: name(row, 1, "artifact_entitlement", entitlement)?,
        customer,
        customer_name: name(row, 3, "customer", customer)?,
    })
}
