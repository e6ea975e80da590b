//! First answers to creations that carried an `Idempotency-Key`.

use chrono::{DateTime, Utc};
use grantry_model::policy::Permit;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::params;
use crate::error::Error;
use crate::store::Tx;

/// The unique index on keys, for mapping a conflict: the same creation came twice at once.
pub const ANSWER_UNIQUE: &str = "idempotent_answer_unique";

/// The answer that a key has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What identifies the request that was answered.
    pub request_hash: String,
    /// The answer's body.
    pub body: String,
}

/// What a transaction locks that answers under a key.
fn lock_id(permit: &Permit, key: &str) -> Uuid {
    let user = permit.user().map_or(Uuid::nil(), Uuid::from);
    let hash = Sha256::new()
        .chain_update(permit.organization().0.as_bytes())
        .chain_update(user.as_bytes())
        .chain_update(key)
        .finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(id)
}

impl Tx {
    /// The answer that the permit's user has had under `key`. Of requests with the same key that come at once, one goes
    /// on and the others wait here for its answer.
    pub async fn find_answer(&mut self, permit: &Permit, key: &str) -> Result<Option<Answer>, Error> {
        self.db.lock(lock_id(permit, key)).await?;
        let row = self
            .db
            .query_opt(
                "select request_hash, answer from idempotent_answer
                 where organization_id = $1 and user_id = $2 and idempotency_key = $3",
                params![permit.organization(), permit.user(), key],
            )
            .await?;
        row.map(|row| Ok(Answer { request_hash: row.get(0)?, body: row.get(1)? })).transpose()
    }

    /// Keeps the answer to a creation.
    ///
    /// # Errors
    /// A conflict with [`ANSWER_UNIQUE`].
    pub async fn insert_answer(
        &mut self,
        permit: &Permit,
        key: &str,
        answer: &Answer,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into idempotent_answer (organization_id, user_id, idempotency_key, request_hash, answer,
                   created_at)
                 values ($1, $2, $3, $4, $5, $6)",
                params![
                    permit.organization(),
                    permit.user(),
                    key,
                    answer.request_hash.as_str(),
                    answer.body.as_str(),
                    now
                ],
            )
            .await?;
        Ok(())
    }
}
