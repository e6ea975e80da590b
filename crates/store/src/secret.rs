//! Secrets of deployments. Values are sealed, and leave the store for rendering and masking only.

use grantry_model::id::{CustomerId, SecretId};
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;
use grantry_model::secret::{Secret, SecretKey, SecretValue};

use crate::column::{PageParams, corrupt, count, id, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on a customer's keys, for mapping a conflict.
pub const KEY_UNIQUE: &str = "secret_key_unique";
/// The unique index on the vendor's own keys.
pub const OWN_KEY_UNIQUE: &str = "secret_own_key_unique";

/// The columns of a secret. Who of the vendor's staff set it is nothing that a customer's member is told.
macro_rules! columns {
    () => {
        "s.id, s.customer_id, s.key, s.created_at, s.updated_at,
         case when exists (select 1 from membership m where m.organization_id = s.organization_id
           and m.user_id = s.updated_by and m.customer_id = $2) or $2 is null then s.updated_by end, s.updated_by_name"
    };
}

/// The secrets that a permit reaches, from `secret s`: the organization is `$1`, the permit's customer `$2`.
macro_rules! reached {
    () => {
        "s.organization_id = $1 and (s.customer_id = $2 or $2 is null)"
    };
}

fn secret(row: &Row) -> Result<Secret, Error> {
    let id: SecretId = id(row, 0)?;
    Ok(Secret {
        id,
        customer: optional_id(row, 1)?,
        key: key(row, 2, id)?,
        created_at: row.get(3)?,
        updated_at: row.get(4)?,
        updated_by: optional_id(row, 5)?,
        updated_by_name: row.get(6)?,
    })
}

fn key(row: &Row, index: usize, id: SecretId) -> Result<SecretKey, Error> {
    SecretKey::parse("key", &row.get::<String>(index)?).map_err(|_| corrupt("secret", "key", id.0))
}

/// What a value is sealed for.
fn context(id: SecretId) -> String {
    format!("secret.value.{id}")
}

impl Tx {
    /// Adds a secret.
    ///
    /// # Errors
    /// A conflict with [`KEY_UNIQUE`] or [`OWN_KEY_UNIQUE`].
    pub async fn insert_secret(
        &mut self,
        permit: &Permit,
        secret: &Secret,
        value: &SecretValue,
    ) -> Result<(), Error> {
        let sealed = self.master_key.seal(&context(secret.id), value.reveal().as_bytes())?;
        self.db
            .execute(
                "insert into secret (id, organization_id, customer_id, key, key_fold, value, created_at, updated_at,
                   updated_by, updated_by_name)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                params![
                    secret.id,
                    permit.organization(),
                    secret.customer,
                    secret.key.as_str(),
                    secret.key.fold(),
                    sealed,
                    secret.created_at,
                    secret.updated_at,
                    secret.updated_by,
                    secret.updated_by_name.as_str()
                ],
            )
            .await?;
        Ok(())
    }

    /// Replaces a secret's value, and who set it when.
    pub async fn update_secret(
        &mut self,
        permit: &Permit,
        secret: &Secret,
        value: &SecretValue,
    ) -> Result<(), Error> {
        let sealed = self.master_key.seal(&context(secret.id), value.reveal().as_bytes())?;
        self.db
            .execute(
                "update secret set value = $4, updated_at = $5, updated_by = $6, updated_by_name = $7
                 where id = $3 and organization_id = $1 and (customer_id = $2 or $2 is null)",
                params![
                    permit.organization(),
                    permit.customer(),
                    secret.id,
                    sealed,
                    secret.updated_at,
                    secret.updated_by,
                    secret.updated_by_name.as_str()
                ],
            )
            .await?;
        Ok(())
    }

    /// Deletes a secret.
    pub async fn delete_secret(&mut self, permit: &Permit, id: SecretId) -> Result<(), Error> {
        let sql =
            "delete from secret where id = $3 and organization_id = $1 and (customer_id = $2 or $2 is null)";
        self.db.execute(sql, params![permit.organization(), permit.customer(), id]).await?;
        Ok(())
    }

    /// Secrets that the permit reaches, by key; of one customer, if it is given.
    pub async fn list_secrets(
        &mut self,
        permit: &Permit,
        of: Option<CustomerId>,
        page: &PageRequest,
    ) -> Result<Page<Secret>, Error> {
        let params = PageParams::new(page);
        let rows = self
            .db
            .query(
                concat!(
                    "select ",
                    columns!(),
                    " from secret s where ",
                    reached!(),
                    " and (s.customer_id = $3 or $3 is null) and (s.key_fold, s.id) > ($4, $5)
                      and s.key_fold like $6 escape '\\' order by s.key_fold, s.id limit $7"
                ),
                params![
                    permit.organization(),
                    permit.customer(),
                    of,
                    params.after.key,
                    params.after.id,
                    params.pattern,
                    params.limit
                ],
            )
            .await?;
        let items = rows.iter().map(secret).collect::<Result<_, _>>()?;
        let cursor = |secret: &Secret| Cursor { key: secret.key.fold(), id: secret.id.0 };
        Ok(Page::from_surplus(items, page.limit, cursor))
    }

    /// How many secrets the permit reaches.
    pub async fn count_secrets(&mut self, permit: &Permit) -> Result<u64, Error> {
        let sql = concat!("select count(*) from secret s where ", reached!());
        let row = self.db.query_opt(sql, params![permit.organization(), permit.customer()]).await?;
        row.map_or(Ok(0), |row| count(&row, 0))
    }

    /// A secret that the permit reaches.
    pub async fn find_secret(&mut self, permit: &Permit, id: SecretId) -> Result<Option<Secret>, Error> {
        let sql = concat!("select ", columns!(), " from secret s where ", reached!(), " and s.id = $3");
        let row = self.db.query_opt(sql, params![permit.organization(), permit.customer(), id]).await?;
        row.as_ref().map(secret).transpose()
    }

    /// The values that the deployments of a customer read, or with `None` those at the vendor's own targets, by key. Only what is
    /// `wanted` is opened.
    pub async fn list_secret_values(
        &mut self,
        permit: &Permit,
        owner: Option<CustomerId>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<(SecretKey, SecretValue)>, Error> {
        let sql = concat!(
            "select s.id, s.key, s.value from secret s where ",
            reached!(),
            " and (s.customer_id = $3 or ($3 is null and s.customer_id is null)) order by s.key_fold, s.id"
        );
        let rows = self.db.query(sql, params![permit.organization(), permit.customer(), owner]).await?;
        let mut values = Vec::new();
        for row in &rows {
            let id: SecretId = id(row, 0)?;
            let key = key(row, 1, id)?;
            if wanted(key.as_str()) {
                let plain = self.master_key.open(&context(id), &row.get::<Vec<u8>>(2)?)?;
                let text = std::str::from_utf8(&plain).map_err(|_| corrupt("secret", "value", id.0))?;
                values.push((key, SecretValue::of_stored(text.to_owned())));
            }
        }
        Ok(values)
    }
}
