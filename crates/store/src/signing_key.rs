//! Keys that sign license tokens.

use chrono::{DateTime, Utc};
use grantry_license::{PublicKey, SigningKey};
use grantry_model::id::SigningKeyId;

use crate::column::{corrupt, id};
use crate::db::params;
use crate::error::Error;
use crate::store::Tx;

fn seal_context(key_id: &str) -> String {
    format!("signing_key.private_key.{key_id}")
}

impl Tx {
    /// The key that signs now; `None` before the hub has made or been given one.
    ///
    /// # Errors
    /// It can't be opened with the hub's master key.
    pub async fn find_active_signing_key(&mut self) -> Result<Option<SigningKey>, Error> {
        let sql = "select id, key_id, private_key from signing_key where state = 'active'";
        let Some(row) = self.db.query_opt(sql, params![]).await? else { return Ok(None) };
        let id: SigningKeyId = id(&row, 0)?;
        let sealed = row.get::<Vec<u8>>(2)?;
        let seed = self.master_key.open(&seal_context(&row.get::<String>(1)?), &sealed)?;
        let seed = seed.as_slice().try_into().map_err(|_| corrupt("signing_key", "private_key", id.0))?;
        Ok(Some(SigningKey::from_seed(seed)))
    }

    /// The id of the key that signs now, cheaper to read than the key.
    pub async fn find_active_key_id(&mut self) -> Result<Option<String>, Error> {
        let sql = "select key_id from signing_key where state = 'active'";
        self.db.query_opt(sql, params![]).await?.map(|row| row.get(0)).transpose()
    }

    /// Makes a key the active one; the one before is retired and stays published while a token of it may be valid.
    pub async fn activate_signing_key(
        &mut self,
        id: SigningKeyId,
        key: &SigningKey,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let public = key.public_key();
        let key_id = public.key_id().to_owned();
        let sealed = self.master_key.seal(&seal_context(&key_id), &key.seed())?;
        self.db.execute("update signing_key set state = 'retired' where state = 'active'", params![]).await?;
        self.db
            .execute(
                "insert into signing_key (id, key_id, state, public_key, private_key, created_at)
                 values ($1, $2, 'active', $3, $4, $5)
                 on conflict (key_id) do update set state = 'active'",
                params![id, key_id, public.to_bytes().as_slice(), sealed, now],
            )
            .await?;
        Ok(())
    }

    /// Notes that the key of this id signed a token that may be accepted until `until`.
    pub(crate) async fn extend_signing_key(
        &mut self,
        key_id: &str,
        until: DateTime<Utc>,
    ) -> Result<(), Error> {
        let sql = "update signing_key set valid_until = $2
                   where key_id = $1 and (valid_until < $2 or valid_until is null)";
        self.db.execute(sql, params![key_id, until]).await?;
        Ok(())
    }

    /// Every key under which a token may still be valid, the active one first.
    pub async fn list_published_keys(&mut self, now: DateTime<Utc>) -> Result<Vec<PublicKey>, Error> {
        let rows = self
            .db
            .query(
                "select id, public_key from signing_key where state <> 'retired' or valid_until > $1
                 order by state, created_at desc",
                params![now],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let id: SigningKeyId = id(row, 0)?;
                let bad = || corrupt("signing_key", "public_key", id.0);
                let bytes: [u8; 32] = row.get::<Vec<u8>>(1)?.as_slice().try_into().map_err(|_| bad())?;
                PublicKey::from_bytes(&bytes).map_err(|_| bad())
            })
            .collect()
    }
}
