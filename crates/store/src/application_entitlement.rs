//! Application entitlements.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use grantry_model::application_entitlement::{ApplicationEntitlement, Of, Registry, Scope, ScopeKind};
use grantry_model::id::{ApplicationEntitlementId, ApplicationVersionId, CustomerId};
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;
use zeroize::Zeroizing;

use crate::column::{PageParams, corrupt, count, id, name, named};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on a customer's names, for mapping a conflict.
pub const NAME_UNIQUE: &str = "application_entitlement_name_unique";

/// Credentials for the private registry of an entitlement.
#[derive(Debug, Clone)]
pub struct RegistryLogin {
    /// `host[:port]`.
    pub host: String,
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Zeroizing<String>,
}

/// What becomes of the password of an entitlement's registry when the entitlement is saved.
#[derive(Debug, Clone)]
pub enum RegistryPassword {
    /// It stays as it is.
    Kept,
    /// It is replaced by this one.
    Set(Zeroizing<String>),
    /// There is none.
    Cleared,
}

fn seal_context(id: ApplicationEntitlementId) -> String {
    format!("application_entitlement.registry_password.{id}")
}

/// The ids of what is wanted: of organization `$1` and customer `$2`, with the id `$3` or to the application `$4`, after the
/// name `$5` and the id `$6`, with a name like `$7`, and at most `$8`.
macro_rules! wanted {
    () => {
        "(select w.id from application_entitlement w
          where w.organization_id = $1 and (w.customer_id = $2 or $2 is null) and (w.id = $3 or $3 is null)
            and (w.application_id = $4 or $4 is null)
            and (w.name_fold, w.id) > ($5, $6) and w.name_fold like $7 escape '\\'
          order by w.name_fold, w.id limit $8)"
    };
}

type Named = BTreeMap<ApplicationEntitlementId, BTreeSet<ApplicationVersionId>>;

fn entitlement(row: &Row, named: &mut Named) -> Result<ApplicationEntitlement, Error> {
    let id: ApplicationEntitlementId = id(row, 0)?;
    let host: Option<String> = row.get(9)?;
    let username: Option<String> = row.get(10)?;
    Ok(ApplicationEntitlement {
        id,
        customer: self::id(row, 1)?,
        application: self::id(row, 2)?,
        name: name(row, 3, "application_entitlement", id)?,
        expires_at: row.get(4)?,
        created_at: row.get(5)?,
        scope: scope(row, id, named)?,
        registry: host.zip(username).map(|(host, username)| Registry { host, username }),
    })
}

fn scope(row: &Row, id: ApplicationEntitlementId, named: &mut Named) -> Result<Scope, Error> {
    let broken = |column| corrupt("application_entitlement", column, id.0);
    let mut versions = || named.remove(&id).unwrap_or_default();
    Ok(match self::named(row, 6, ("application_entitlement", "scope"), id)? {
        ScopeKind::Chosen => Scope::Chosen(versions()),
        ScopeKind::Current => Scope::Current(versions()),
        ScopeKind::All => Scope::All,
        ScopeKind::Range => {
            let text: Option<String> = row.get(7)?;
            let range = text.and_then(|text| text.parse().ok());
            Scope::Range(range.ok_or_else(|| broken("expression"))?)
        }
        ScopeKind::PublishedUntil => {
            Scope::PublishedUntil(row.get::<Option<_>>(8)?.ok_or_else(|| broken("published_until"))?)
        }
    })
}

impl Tx {
    /// Application entitlements that the permit reaches, by name; of one customer, if it is given.
    pub async fn list_application_entitlements(
        &mut self,
        permit: &Permit,
        of: Option<CustomerId>,
    ) -> Result<Vec<ApplicationEntitlement>, Error> {
        let of = Of { customer: of, application: None };
        self.load_application_entitlements(permit, (of, None), &PageRequest::default()).await
    }

    /// A part of the application entitlements that the permit reaches, by name.
    pub async fn page_application_entitlements(
        &mut self,
        permit: &Permit,
        of: Of,
        page: &PageRequest,
    ) -> Result<Page<ApplicationEntitlement>, Error> {
        let items = self.load_application_entitlements(permit, (of, None), page).await?;
        Ok(Page::from_surplus(items, page.limit, |one| Cursor { key: one.name.fold(), id: one.id.0 }))
    }

    /// An application entitlement that the permit reaches.
    pub async fn find_application_entitlement(
        &mut self,
        permit: &Permit,
        id: ApplicationEntitlementId,
    ) -> Result<Option<ApplicationEntitlement>, Error> {
        let wanted = (Of::default(), Some(id));
        let found = self.load_application_entitlements(permit, wanted, &PageRequest::default()).await?;
        Ok(found.into_iter().next())
    }

    async fn load_application_entitlements(
        &mut self,
        permit: &Permit,
        (of, id): (Of, Option<ApplicationEntitlementId>),
        page: &PageRequest,
    ) -> Result<Vec<ApplicationEntitlement>, Error> {
        if permit.customer().is_some_and(|own| of.customer.is_some_and(|of| of != own)) {
            return Ok(Vec::new());
        }
        let page = PageParams::new(page);
        let keys = params![
            permit.organization(),
            permit.customer().or(of.customer),
            id,
            of.application,
            page.after.key,
            page.after.id,
            page.pattern,
            page.limit
        ];
        let mut named = Named::new();
        let sql = concat!(
            "select g.entitlement_id, g.version_id from application_grant_version g where g.entitlement_id in ",
            wanted!()
        );
        for row in &self.db.query(sql, keys).await? {
            named.entry(self::id(row, 0)?).or_default().insert(self::id(row, 1)?);
        }
        let sql = concat!(
            "select e.id, e.customer_id, e.application_id, e.name, e.expires_at, e.created_at, e.scope, e.expression,
               e.published_until, e.registry_host, e.registry_username from application_entitlement e
             where e.id in ",
            wanted!(),
            " order by e.name_fold, e.id"
        );
        let rows = self.db.query(sql, keys).await?;
        rows.iter().map(|row| entitlement(row, &mut named)).collect()
    }

    /// Whether the organization has an application entitlement, of whichever customer.
    pub async fn has_application_entitlements(&mut self, permit: &Permit) -> Result<bool, Error> {
        let sql = "select id from application_entitlement where organization_id = $1 limit 1";
        Ok(self.db.query_opt(sql, params![permit.organization()]).await?.is_some())
    }

    /// Adds an application entitlement.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn insert_application_entitlement(
        &mut self,
        permit: &Permit,
        entitlement: &ApplicationEntitlement,
        password: &RegistryPassword,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into application_entitlement (id, organization_id, customer_id, application_id, name,
                   name_fold, expires_at, created_at, scope, expression, published_until, registry_host,
                   registry_username)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                params![
                    entitlement.id,
                    permit.organization(),
                    entitlement.customer,
                    entitlement.application,
                    entitlement.name.as_str(),
                    entitlement.name.fold(),
                    entitlement.expires_at,
                    entitlement.created_at,
                    entitlement.scope.kind().as_str(),
                    entitlement.scope.expression(),
                    entitlement.scope.published_until(),
                    entitlement.registry.as_ref().map(|one| one.host.as_str()),
                    entitlement.registry.as_ref().map(|one| one.username.as_str())
                ],
            )
            .await?;
        self.save_registry_password(permit, entitlement.id, password).await?;
        self.insert_granted_versions(permit, entitlement).await
    }

    /// Replaces everything of an application entitlement but its id, customer, application and the time of its creation.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn update_application_entitlement(
        &mut self,
        permit: &Permit,
        entitlement: &ApplicationEntitlement,
        password: &RegistryPassword,
    ) -> Result<(), Error> {
        self.delete_granted_versions(permit, entitlement.id).await?;
        self.db
            .execute(
                "update application_entitlement set name = $3, name_fold = $4, expires_at = $5, scope = $6,
                   expression = $7, published_until = $8, registry_host = $9, registry_username = $10
                 where id = $1 and organization_id = $2",
                params![
                    entitlement.id,
                    permit.organization(),
                    entitlement.name.as_str(),
                    entitlement.name.fold(),
                    entitlement.expires_at,
                    entitlement.scope.kind().as_str(),
                    entitlement.scope.expression(),
                    entitlement.scope.published_until(),
                    entitlement.registry.as_ref().map(|one| one.host.as_str()),
                    entitlement.registry.as_ref().map(|one| one.username.as_str())
                ],
            )
            .await?;
        self.save_registry_password(permit, entitlement.id, password).await?;
        self.insert_granted_versions(permit, entitlement).await
    }

    /// Only versions of the entitlement's own application can be granted, and only by its own organization.
    async fn insert_granted_versions(
        &mut self,
        permit: &Permit,
        entitlement: &ApplicationEntitlement,
    ) -> Result<(), Error> {
        for version in entitlement.scope.versions() {
            let sql = "insert into application_grant_version (entitlement_id, version_id)
                       select e.id, v.id from application_entitlement e
                       join application_version v on v.application_id = e.application_id
                       where e.id = $1 and e.organization_id = $2 and v.id = $3";
            self.db.execute(sql, params![entitlement.id, permit.organization(), version]).await?;
        }
        Ok(())
    }

    async fn delete_granted_versions(
        &mut self,
        permit: &Permit,
        id: ApplicationEntitlementId,
    ) -> Result<(), Error> {
        let sql = "delete from application_grant_version where entitlement_id in
                     (select id from application_entitlement where id = $1 and organization_id = $2)";
        self.db.execute(sql, params![id, permit.organization()]).await?;
        Ok(())
    }

    async fn save_registry_password(
        &mut self,
        permit: &Permit,
        id: ApplicationEntitlementId,
        password: &RegistryPassword,
    ) -> Result<(), Error> {
        let sealed = match password {
            RegistryPassword::Kept => return Ok(()),
            RegistryPassword::Set(password) => {
                Some(self.master_key.seal(&seal_context(id), password.as_bytes())?)
            }
            RegistryPassword::Cleared => None,
        };
        let sql = "update application_entitlement set registry_password = $3 where id = $1 and organization_id = $2";
        self.db.execute(sql, params![id, permit.organization(), sealed]).await?;
        Ok(())
    }

    /// The credentials for the private registry of an entitlement, if it has any. Whether they may still be handed out is
    /// decided elsewhere.
    ///
    /// # Errors
    /// [`Error::Sealed`] if the password was sealed with another master key.
    pub async fn registry_login(
        &mut self,
        permit: &Permit,
        id: ApplicationEntitlementId,
    ) -> Result<Option<RegistryLogin>, Error> {
        let sql = "select registry_host, registry_username, registry_password from application_entitlement
                   where id = $1 and organization_id = $2 and (customer_id = $3 or $3 is null)
                     and registry_host is not null and registry_username is not null
                     and registry_password is not null";
        let keys = params![id, permit.organization(), permit.customer()];
        let Some(row) = self.db.query_opt(sql, keys).await? else {
            return Ok(None);
        };
        let plain = self.master_key.open(&seal_context(id), &row.get::<Vec<u8>>(2)?)?;
        let password = std::str::from_utf8(&plain)
            .map_err(|_| corrupt("application_entitlement", "registry_password", id.0))?;
        let password = Zeroizing::new(password.to_owned());
        Ok(Some(RegistryLogin { host: row.get(0)?, username: row.get(1)?, password }))
    }

    /// Deletes an application entitlement. No deployment may carry it.
    ///
    /// # Errors
    /// [`Error::ForeignKey`] if one does.
    pub async fn delete_application_entitlement(
        &mut self,
        permit: &Permit,
        id: ApplicationEntitlementId,
    ) -> Result<(), Error> {
        self.delete_granted_versions(permit, id).await?;
        let sql = "delete from application_entitlement where id = $1 and organization_id = $2";
        self.db.execute(sql, params![id, permit.organization()]).await?;
        Ok(())
    }

    /// Names of the deployment targets at which a deployment carries the entitlement, in order.
    pub async fn list_targets_of_entitlement(
        &mut self,
        permit: &Permit,
        id: ApplicationEntitlementId,
    ) -> Result<Vec<String>, Error> {
        let sql = "select t.name from deployment_target t
                   where t.organization_id = $1
                     and exists (select 1 from deployment d where d.target_id = t.id and d.entitlement_id = $2)
                   order by t.name_fold, t.id";
        let rows = self.db.query(sql, params![permit.organization(), id]).await?;
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// How many customers have an application entitlement that has not expired.
    pub async fn count_customers_with_applications(
        &mut self,
        permit: &Permit,
        now: DateTime<Utc>,
    ) -> Result<u64, Error> {
        let sql = "select count(distinct customer_id) from application_entitlement
                   where organization_id = $1 and (expires_at > $2 or expires_at is null)";
        let row = self.db.query_opt(sql, params![permit.organization(), now]).await?;
        row.map_or(Ok(0), |row| count(&row, 0))
    }
}
