//! License keys and their revisions.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_license::Payload;
use grantry_model::id::{CustomerId, LicenseKeyId, RevisionId};
use grantry_model::license_key::{Holder, LicenseKey, Revision, Terms};
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;

use crate::column::{PageParams, corrupt, id, name, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on names, for mapping a conflict.
pub const NAME_UNIQUE: &str = "license_key_name_unique";
/// The unique index on a key's revision numbers: two edits at once.
pub const REVISION_UNIQUE: &str = "license_key_revision_unique";

/// A revision's signed token, and the key that signed it.
#[derive(Debug, Clone, Copy)]
pub struct SignedToken<'a> {
    /// The token.
    pub token: &'a str,
    /// The signing key's id.
    pub key_id: &'a str,
}

/// The token in force of a license key, with what an audit entry needs.
#[derive(Debug, Clone)]
pub struct CurrentToken {
    /// The token.
    pub token: String,
    /// The key's name.
    pub name: String,
    /// The key's customer.
    pub customer: Option<CustomerId>,
}

macro_rules! revision_columns {
    () => {
        "r.id, r.seq, r.payload, r.not_before, r.expires_at, r.grace, r.created_at, r.created_by"
    };
}

macro_rules! key_columns {
    () => {
        "k.id, k.name, k.description, k.customer_id, k.created_at"
    };
}

/// The keys that a permit reaches, from `license_key k`: the organization is `$1`, the permit's customer `$2`.
macro_rules! reached {
    () => {
        "k.organization_id = $1 and (k.customer_id = $2 or k.customer_id is null or $2 is null)"
    };
}

fn revision(row: &Row, at: usize) -> Result<Revision, Error> {
    let id: RevisionId = id(row, at)?;
    let bad = |column| corrupt("license_key_revision", column, id.0);
    Ok(Revision {
        id,
        seq: u32::try_from(row.get::<i64>(at + 1)?).map_err(|_| bad("seq"))?,
        terms: Terms {
            payload: Payload::parse(&row.get::<String>(at + 2)?).map_err(|_| bad("payload"))?,
            not_before: row.get(at + 3)?,
            expires_at: row.get(at + 4)?,
            grace: u32::try_from(row.get::<i64>(at + 5)?).map_err(|_| bad("grace"))?,
        },
        created_at: row.get(at + 6)?,
        created_by: row.get(at + 7)?,
    })
}

fn license_key(row: &Row) -> Result<LicenseKey, Error> {
    let id: LicenseKeyId = id(row, 0)?;
    Ok(LicenseKey {
        id,
        name: name(row, 1, "license_key", id)?,
        description: row.get(2)?,
        customer: optional_id(row, 3)?,
        created_at: row.get(4)?,
        current: revision(row, 5)?,
    })
}

/// The moment until which a token may be accepted: its end and the grace after it.
fn valid_until(terms: &Terms) -> DateTime<Utc> {
    terms.expires_at + TimeDelta::seconds(i64::from(terms.grace))
}

impl Tx {
    /// Adds a license key with its first revision.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn insert_license_key(
        &mut self,
        permit: &Permit,
        key: &LicenseKey,
        signed: SignedToken<'_>,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into license_key (id, organization_id, customer_id, name, name_fold, description, created_at,
                   current_seq, not_before, expires_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                params![
                    key.id,
                    permit.organization(),
                    key.customer,
                    key.name.as_str(),
                    key.name.fold(),
                    key.description.as_str(),
                    key.created_at,
                    i64::from(key.current.seq),
                    key.current.terms.not_before,
                    key.current.terms.expires_at
                ],
            )
            .await?;
        self.insert_row(key.id, &key.current, signed).await
    }

    /// Adds a revision, which is the one in force from then on.
    ///
    /// # Errors
    /// A conflict with [`REVISION_UNIQUE`].
    pub async fn insert_revision(
        &mut self,
        permit: &Permit,
        key: LicenseKeyId,
        revision: &Revision,
        signed: SignedToken<'_>,
    ) -> Result<(), Error> {
        self.insert_row(key, revision, signed).await?;
        self.db
            .execute(
                "update license_key set current_seq = $3, not_before = $4, expires_at = $5
                 where id = $1 and organization_id = $2",
                params![
                    key,
                    permit.organization(),
                    i64::from(revision.seq),
                    revision.terms.not_before,
                    revision.terms.expires_at
                ],
            )
            .await?;
        Ok(())
    }

    async fn insert_row(
        &mut self,
        key: LicenseKeyId,
        revision: &Revision,
        signed: SignedToken<'_>,
    ) -> Result<(), Error> {
        let Terms { payload, not_before, expires_at, grace } = &revision.terms;
        self.db
            .execute(
                "insert into license_key_revision (id, license_key_id, seq, payload, not_before, expires_at, grace,
                   token, signing_key_id, created_at, created_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                params![
                    revision.id,
                    key,
                    i64::from(revision.seq),
                    payload.as_str(),
                    *not_before,
                    *expires_at,
                    i64::from(*grace),
                    signed.token,
                    signed.key_id,
                    revision.created_at,
                    revision.created_by.as_str()
                ],
            )
            .await?;
        self.extend_signing_key(signed.key_id, valid_until(&revision.terms)).await
    }

    /// License keys that the permit reaches, by name.
    pub async fn list_license_keys(
        &mut self,
        permit: &Permit,
        holder: Holder,
        page: &PageRequest,
    ) -> Result<Page<LicenseKey>, Error> {
        let params = PageParams::new(page);
        let (customer, wide) = match holder {
            Holder::Any => (None, 0),
            Holder::Customer(id) => (Some(id), 0),
            Holder::OrganizationWide => (None, 1_i64),
        };
        let rows = self
            .db
            .query(
                concat!(
                    "select ",
                    key_columns!(),
                    ", ",
                    revision_columns!(),
                    " from license_key k
                     join license_key_revision r on r.license_key_id = k.id and r.seq = k.current_seq
                     where ",
                    reached!(),
                    " and (k.name_fold, k.id) > ($3, $4)
                      and (k.name_fold like $5 escape '\\' or fold(k.description) like $5 escape '\\')
                      and (k.customer_id = $6 or $6 is null) and (cast($7 as bigint) = 0 or k.customer_id is null)
                     order by k.name_fold, k.id limit $8"
                ),
                params![
                    permit.organization(),
                    permit.customer(),
                    params.after.key,
                    params.after.id,
                    params.pattern,
                    customer,
                    wide,
                    params.limit
                ],
            )
            .await?;
        let items = rows.iter().map(license_key).collect::<Result<_, _>>()?;
        let cursor = |key: &LicenseKey| Cursor { key: key.name.fold(), id: key.id.0 };
        Ok(Page::from_surplus(items, page.limit, cursor))
    }

    /// A license key that the permit reaches.
    pub async fn find_license_key(
        &mut self,
        permit: &Permit,
        id: LicenseKeyId,
    ) -> Result<Option<LicenseKey>, Error> {
        let sql = concat!(
            "select ",
            key_columns!(),
            ", ",
            revision_columns!(),
            " from license_key k
             join license_key_revision r on r.license_key_id = k.id and r.seq = k.current_seq
             where ",
            reached!(),
            " and k.id = $3"
        );
        let params = params![permit.organization(), permit.customer(), id];
        self.db.query_opt(sql, params).await?.as_ref().map(license_key).transpose()
    }

    /// Whether the organization has a license key with this folded name.
    pub async fn is_license_key_name_taken(&mut self, permit: &Permit, fold: &str) -> Result<bool, Error> {
        let sql = "select id from license_key where organization_id = $1 and name_fold = $2";
        Ok(self.db.query_opt(sql, params![permit.organization(), fold]).await?.is_some())
    }

    /// The token in force of a license key that the permit reaches.
    pub async fn find_current_token(
        &mut self,
        permit: &Permit,
        id: LicenseKeyId,
    ) -> Result<Option<CurrentToken>, Error> {
        let sql = concat!(
            "select r.token, k.name, k.customer_id from license_key k
             join license_key_revision r on r.license_key_id = k.id and r.seq = k.current_seq
             where ",
            reached!(),
            " and k.id = $3"
        );
        let params = params![permit.organization(), permit.customer(), id];
        let row = self.db.query_opt(sql, params).await?;
        row.map(|row| {
            Ok(CurrentToken { token: row.get(0)?, name: row.get(1)?, customer: optional_id(&row, 2)? })
        })
        .transpose()
    }

    /// The tokens in force that the deployments of a customer read, or with `None` those at the vendor's own targets, by the names of
    /// their keys: the customer's and the organization-wide ones. Only what is `wanted` is read.
    pub async fn list_readable_tokens(
        &mut self,
        permit: &Permit,
        owner: Option<CustomerId>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<(String, String)>, Error> {
        let sql = concat!(
            "select k.id, k.name from license_key k where ",
            reached!(),
            " and (k.customer_id = $3 or k.customer_id is null) order by k.name_fold, k.id"
        );
        let rows = self.db.query(sql, params![permit.organization(), permit.customer(), owner]).await?;
        let mut tokens = Vec::new();
        for row in &rows {
            let name = row.get::<String>(1)?;
            if wanted(&name)
                && let Some(found) = self.find_current_token(permit, id(row, 0)?).await?
            {
                tokens.push((name, found.token));
            }
        }
        Ok(tokens)
    }

    /// All revisions of a license key that the permit reaches, the newest first, each with its token.
    pub async fn list_revisions(
        &mut self,
        permit: &Permit,
        id: LicenseKeyId,
    ) -> Result<Vec<(Revision, String)>, Error> {
        let sql = concat!(
            "select ",
            revision_columns!(),
            ", r.token from license_key k join license_key_revision r on r.license_key_id = k.id
             where ",
            reached!(),
            " and k.id = $3 order by r.seq desc"
        );
        let params = params![permit.organization(), permit.customer(), id];
        let rows = self.db.query(sql, params).await?;
        rows.iter().map(|row| Ok((revision(row, 0)?, row.get(8)?))).collect()
    }

    /// All tokens that were ever signed for the license keys that deployments of a customer read, or with `None` those at the
    /// vendor's own targets: to keep them out of logs.
    pub async fn list_tokens_of(
        &mut self,
        permit: &Permit,
        owner: Option<CustomerId>,
    ) -> Result<Vec<String>, Error> {
        let sql = "select r.token from license_key k join license_key_revision r on r.license_key_id = k.id
                   where k.organization_id = $1 and (k.customer_id = $2 or k.customer_id is null)";
        let rows = self.db.query(sql, params![permit.organization(), owner]).await?;
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Replaces the description.
    pub async fn update_license_key_description(
        &mut self,
        permit: &Permit,
        id: LicenseKeyId,
        description: &str,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "update license_key set description = $3 where id = $1 and organization_id = $2",
                params![id, permit.organization(), description],
            )
            .await?;
        Ok(())
    }

    /// Deletes a license key with its revisions. Tokens that were handed out stay valid until they expire.
    pub async fn delete_license_key(&mut self, permit: &Permit, id: LicenseKeyId) -> Result<(), Error> {
        self.db
            .execute(
                "delete from license_key_revision where license_key_id in
                   (select k.id from license_key k where k.id = $1 and k.organization_id = $2)",
                params![id, permit.organization()],
            )
            .await?;
        let sql = "delete from license_key where id = $1 and organization_id = $2";
        self.db.execute(sql, params![id, permit.organization()]).await?;
        Ok(())
    }
}
