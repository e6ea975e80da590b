//! Customers.

use grantry_model::customer::{Customer, CustomerContents, CustomerDraft, Feature};
use grantry_model::id::{CustomerId, FileId};
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;

use crate::column::{PageParams, corrupt, count, id, name, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on names, for mapping a conflict.
pub const NAME_UNIQUE: &str = "customer_name_unique";

fn customer(row: &Row) -> Result<Customer, Error> {
    let id: CustomerId = id(row, 0)?;
    let features = split(&row.get::<String>(2)?);
    Ok(Customer {
        id,
        name: name(row, 1, "customer", id)?,
        features: features.ok_or_else(|| corrupt("customer", "features", id.0))?,
        created_at: row.get(3)?,
        image: optional_id(row, 4)?,
    })
}

fn contents(row: &Row, at: usize) -> Result<CustomerContents, Error> {
    Ok(CustomerContents {
        members: count(row, at)?,
        license_keys: count(row, at + 1)?,
        artifact_entitlements: count(row, at + 2)?,
        application_entitlements: count(row, at + 3)?,
        deployment_targets: count(row, at + 4)?,
        secrets: count(row, at + 5)?,
    })
}

/// Reads features as they are kept: their names with blanks between; `None` if one is unknown.
pub(crate) fn split(features: &str) -> Option<Vec<Feature>> {
    features.split_whitespace().map(|name| name.parse().ok()).collect()
}

fn joined(features: &[Feature]) -> String {
    features.iter().map(|feature| feature.as_str()).collect::<Vec<_>>().join(" ")
}

impl Tx {
    /// Adds a customer.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn insert_customer(&mut self, permit: &Permit, customer: &Customer) -> Result<(), Error> {
        self.db
            .execute(
                "insert into customer (id, organization_id, name, name_fold, features, created_at, image_id)
                 values ($1, $2, $3, $4, $5, $6, $7)",
                params![
                    customer.id,
                    permit.organization(),
                    customer.name.as_str(),
                    customer.name.fold(),
                    joined(&customer.features),
                    customer.created_at,
                    customer.image
                ],
            )
            .await?;
        Ok(())
    }

    /// A customer that the permit reaches.
    pub async fn find_customer(
        &mut self,
        permit: &Permit,
        id: CustomerId,
    ) -> Result<Option<Customer>, Error> {
        self.db
            .query_opt(
                "select id, name, features, created_at, image_id from customer
                 where id = $1 and organization_id = $2 and (id = $3 or $3 is null)",
                params![id, permit.organization(), permit.customer()],
            )
            .await?
            .as_ref()
            .map(customer)
            .transpose()
    }

    /// Customers that the permit reaches, by name, each with what it has.
    pub async fn list_customers(
        &mut self,
        permit: &Permit,
        page: &PageRequest,
    ) -> Result<Page<(Customer, CustomerContents)>, Error> {
        let params = PageParams::new(page);
        let rows = self
            .db
            .query(
                "select c.id, c.name, c.features, c.created_at, c.image_id,
                   (select count(*) from membership m where m.customer_id = c.id),
                   (select count(*) from license_key k where k.organization_id = $1 and k.customer_id = c.id),
                   (select count(*) from artifact_entitlement e where e.customer_id = c.id),
                   (select count(*) from application_entitlement e where e.customer_id = c.id),
                   (select count(*) from deployment_target t where t.customer_id = c.id),
                   (select count(*) from secret s where s.organization_id = $1 and s.customer_id = c.id)
                 from customer c
                 where c.organization_id = $1 and (c.name_fold, c.id) > ($2, $3)
                   and c.name_fold like $4 escape '\\' and (c.id = $5 or $5 is null)
                 order by c.name_fold, c.id limit $6",
                params![
                    permit.organization(),
                    params.after.key,
                    params.after.id,
                    params.pattern,
                    permit.customer(),
                    params.limit
                ],
            )
            .await?;
        let items =
            rows.iter().map(|row| Ok((customer(row)?, contents(row, 5)?))).collect::<Result<_, Error>>()?;
        Ok(Page::from_surplus(items, page.limit, |(customer, _)| Cursor {
            key: customer.name.fold(),
            id: customer.id.0,
        }))
    }

    /// How many customers the permit reaches.
    pub async fn count_customers(&mut self, permit: &Permit) -> Result<u64, Error> {
        let sql = "select count(*) from customer where organization_id = $1 and (id = $2 or $2 is null)";
        let row = self.db.query_opt(sql, params![permit.organization(), permit.customer()]).await?;
        row.map_or(Ok(0), |row| count(&row, 0))
    }

    /// What a customer has.
    pub async fn customer_contents(
        &mut self,
        permit: &Permit,
        id: CustomerId,
    ) -> Result<CustomerContents, Error> {
        let row = self
            .db
            .query_opt(
                "select
                   (select count(*) from membership m where m.organization_id = $1 and m.customer_id = $2),
                   (select count(*) from license_key k where k.organization_id = $1 and k.customer_id = $2),
                   (select count(*) from artifact_entitlement e where e.organization_id = $1 and e.customer_id = $2),
                   (select count(*) from application_entitlement e
                    where e.organization_id = $1 and e.customer_id = $2),
                   (select count(*) from deployment_target t where t.organization_id = $1 and t.customer_id = $2),
                   (select count(*) from secret s where s.organization_id = $1 and s.customer_id = $2)",
                params![permit.organization(), id],
            )
            .await?
            .ok_or_else(|| corrupt("customer", "id", id.0))?;
        contents(&row, 0)
    }

    /// Changes name, features and image; the image under the lock of the organization's [files](Tx::lock_files).
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn update_customer(
        &mut self,
        permit: &Permit,
        id: CustomerId,
        draft: &CustomerDraft,
        image: Option<FileId>,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "update customer set name = $3, name_fold = $4, features = $5, image_id = $6
                 where id = $1 and organization_id = $2",
                params![
                    id,
                    permit.organization(),
                    draft.name.as_str(),
                    draft.name.fold(),
                    joined(&draft.features),
                    image
                ],
            )
            .await?;
        Ok(())
    }

    /// Keeps other transactions waiting that delete the customer or make something that belongs to it.
    pub async fn lock_customer(&mut self, id: CustomerId) -> Result<(), Error> {
        self.db.lock(id.0).await
    }

    /// Deletes a customer with its deployment targets, its secrets, its license keys, its entitlements and its members'
    /// access. Accounts stay: they may belong elsewhere too. So do its pulls.
    pub async fn delete_customer(&mut self, permit: &Permit, id: CustomerId) -> Result<(), Error> {
        let keys = params![permit.organization(), id];
        for sql in [
            "delete from log_line where target_id in
               (select id from deployment_target where organization_id = $1 and customer_id = $2)",
            "delete from target_metric where target_id in
               (select id from deployment_target where organization_id = $1 and customer_id = $2)",
            "delete from deployment_status where deployment_id in (select d.id from deployment d
               join deployment_target t on t.id = d.target_id
               where t.organization_id = $1 and t.customer_id = $2)",
            "delete from deployment_revision where deployment_id in (select d.id from deployment d
               join deployment_target t on t.id = d.target_id
               where t.organization_id = $1 and t.customer_id = $2)",
            "delete from deployment where target_id in
               (select id from deployment_target where organization_id = $1 and customer_id = $2)",
            "delete from deployment_target_note where target_id in
               (select id from deployment_target where organization_id = $1 and customer_id = $2)",
            "delete from deployment_target where organization_id = $1 and customer_id = $2",
            "delete from secret where organization_id = $1 and customer_id = $2",
            "delete from application_grant_version where entitlement_id in
               (select id from application_entitlement where organization_id = $1 and customer_id = $2)",
            "delete from application_entitlement where organization_id = $1 and customer_id = $2",
            "delete from artifact_grant_manifest where entitlement_id in
               (select id from artifact_entitlement where organization_id = $1 and customer_id = $2)",
            "delete from artifact_grant_tag where entitlement_id in
               (select id from artifact_entitlement where organization_id = $1 and customer_id = $2)",
            "delete from artifact_grant where entitlement_id in
               (select id from artifact_entitlement where organization_id = $1 and customer_id = $2)",
            "delete from artifact_entitlement where organization_id = $1 and customer_id = $2",
            "delete from license_key_revision where license_key_id in
               (select id from license_key where organization_id = $1 and customer_id = $2)",
            "delete from license_key where organization_id = $1 and customer_id = $2",
            "delete from access_token where organization_id = $1 and user_id in
               (select user_id from membership where organization_id = $1 and customer_id = $2)",
            "delete from one_time_link where organization_id = $1 and user_id in
               (select user_id from membership where organization_id = $1 and customer_id = $2)",
            "update session set organization_id = null where organization_id = $1 and user_id in
               (select user_id from membership where organization_id = $1 and customer_id = $2)",
            "delete from idempotent_answer where organization_id = $1 and user_id in
               (select user_id from membership where organization_id = $1 and customer_id = $2)",
            "delete from membership where organization_id = $1 and customer_id = $2",
            "delete from customer where organization_id = $1 and id = $2",
        ] {
            self.db.execute(sql, keys).await?;
        }
        Ok(())
    }
}
