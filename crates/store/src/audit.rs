//! The audit log: one chain of entries an organization, each carrying the hash of the one before, so that an entry that
//! is changed, removed or put in later breaks the chain.

use chrono::{DateTime, SubsecRound, Utc};
use grantry_model::audit::{AuditFilter, Author, Concerned, Entry, Event};
use grantry_model::id::{AuditEventId, OrganizationId};
use grantry_model::page::{Cursor, Page};
use grantry_model::policy::Permit;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::column::{corrupt, count, id, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The hash that the first entry of a chain follows.
const NO_HASH: &str = "";

/// The hub's own log: what belongs to no organization, such as a sign-in under an unknown address.
pub const HUB: OrganizationId = OrganizationId(Uuid::nil());

/// A chain that was checked from its first entry to its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// How many entries it has.
    pub entries: u64,
    /// The hash of the last one. Kept elsewhere, it proves later that nothing before it was changed.
    pub head: String,
    /// The first entry that does not fit.
    pub broken_at: Option<u64>,
}

fn entry(row: &Row) -> Result<Entry, Error> {
    Ok(Entry {
        organization: id(row, 0)?,
        seq: count(row, 1)?,
        id: id(row, 2)?,
        at: row.get(3)?,
        kind: row.get(4)?,
        user: optional_id(row, 5)?,
        author: row.get(6)?,
        credential: row.get(7)?,
        address: row.get(8)?,
        subject_kind: row.get(9)?,
        subject_id: row.get(10)?,
        subject_name: row.get(11)?,
        customer: optional_id(row, 12)?,
        details: row.get(13)?,
        hash: row.get(14)?,
    })
}

/// SHA-256 over the hash before and every field of the entry, each with its length before it, so that no two entries
/// read the same.
fn chain_hash(before: &str, entry: &Entry) -> String {
    let mut hasher = Sha256::new();
    let mut add = |part: &[u8]| {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    };
    add(before.as_bytes());
    add(entry.organization.0.as_bytes());
    add(&entry.seq.to_be_bytes());
    add(entry.id.0.as_bytes());
    add(&entry.at.timestamp_micros().to_be_bytes());
    add(entry.user.map_or(Uuid::nil(), |user| user.0).as_bytes());
    add(entry.customer.map_or(Uuid::nil(), |customer| customer.0).as_bytes());
    for text in [
        &entry.kind,
        &entry.author,
        &entry.credential,
        &entry.address,
        &entry.subject_kind,
        &entry.subject_id,
        &entry.subject_name,
        &entry.details,
    ] {
        add(text.as_bytes());
    }
    hex::encode(hasher.finalize())
}

/// When an entry is made: its id and time.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// The entry's id.
    pub id: AuditEventId,
    /// When it happened.
    pub at: DateTime<Utc>,
}

impl Tx {
    /// Adds an entry to the log of `organization`, as part of this transaction.
    pub async fn record(
        &mut self,
        organization: OrganizationId,
        stamp: Stamp,
        author: &Author,
        event: &Event,
    ) -> Result<(), Error> {
        // Counting up locks the head, so that entries of one organization are chained one after the other.
        let sql = "update audit_head set seq = seq + 1 where organization_id = $1 returning seq, hash";
        let mut head = self.db.query_opt(sql, params![organization]).await?;
        if head.is_none() {
            let first = "insert into audit_head (organization_id, seq, hash) values ($1, 0, '')
                         on conflict (organization_id) do nothing";
            self.db.execute(first, params![organization]).await?;
            head = self.db.query_opt(sql, params![organization]).await?;
        }
        let head = head.ok_or_else(|| corrupt("audit_head", "seq", organization.0))?;
        let mut entry = Entry {
            id: stamp.id,
            organization,
            seq: count(&head, 0)?,
            at: stamp.at.trunc_subsecs(6),
            kind: event.kind.as_str().to_owned(),
            user: author.user,
            author: author.name.clone(),
            credential: author.credential.to_owned(),
            address: author.address.clone(),
            subject_kind: event.subject.kind.to_owned(),
            subject_id: event.subject.id.clone(),
            subject_name: event.subject.name.clone(),
            customer: event.customer,
            details: if event.details == Json::Null { String::new() } else { event.details.to_string() },
            hash: String::new(),
        };
        entry.hash = chain_hash(&head.get::<String>(1)?, &entry);
        self.insert_entry(&entry).await?;
        let sql = "update audit_head set hash = $2, access_seq = case when $3 then seq else access_seq end,
                     desired_seq = case when $4 then seq else desired_seq end where organization_id = $1";
        let concerned = event.concerned();
        let (access, everybody) = (event.kind.changes_access(), concerned == Some(Concerned::Everybody));
        self.db.execute(sql, params![organization, entry.hash, access, everybody]).await?;
        let id = match concerned {
            Some(Concerned::Target(target)) => target.0,
            Some(Concerned::Customer(customer)) => customer.0,
            Some(Concerned::Own) => organization.0,
            Some(Concerned::Everybody) | None => return Ok(()),
        };
        let seq = i64::try_from(entry.seq).unwrap_or(i64::MAX);
        let sql = "insert into desired_number (id, seq) values ($1, $2)
                   on conflict (id) do update set seq = excluded.seq";
        self.db.execute(sql, params![id, seq]).await?;
        Ok(())
    }

    async fn insert_entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.db
            .execute(
                "insert into audit_event (organization_id, seq, id, at, kind, user_id, author, credential, address,
                   subject_kind, subject_id, subject_name, customer_id, details, hash)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
                params![
                    entry.organization,
                    i64::try_from(entry.seq).unwrap_or(i64::MAX),
                    entry.id,
                    entry.at,
                    entry.kind.as_str(),
                    entry.user,
                    entry.author.as_str(),
                    entry.credential.as_str(),
                    entry.address.as_str(),
                    entry.subject_kind.as_str(),
                    entry.subject_id.as_str(),
                    entry.subject_name.as_str(),
                    entry.customer,
                    entry.details.as_str(),
                    entry.hash.as_str()
                ],
            )
            .await?;
        Ok(())
    }

    /// Entries of the permit's organization, the newest first.
    pub async fn list_audit(
        &mut self,
        permit: &Permit,
        filter: &AuditFilter,
        before: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Entry>, Error> {
        let contains = |text: &Option<String>| crate::column::contains(text.as_deref().unwrap_or(""));
        let before = before.and_then(|cursor| cursor.key.parse().ok()).unwrap_or(i64::MAX);
        let kind = filter.kind.as_deref().unwrap_or("");
        let kind = format!("{}%", crate::column::contains(kind).trim_matches('%'));
        let rows = self
            .db
            .query(
                "select organization_id, seq, id, at, kind, user_id, author, credential, address, subject_kind,
                   subject_id, subject_name, customer_id, details, hash
                 from audit_event
                 where organization_id = $1 and seq < $2 and fold(author) like $3 escape '\\'
                   and (fold(subject_name) like $4 escape '\\' or subject_id like $4 escape '\\')
                   and kind like $5 escape '\\' and (at >= $6 or $6 is null) and (at < $7 or $7 is null)
                 order by seq desc limit $8",
                params![
                    permit.organization(),
                    before,
                    contains(&filter.author),
                    contains(&filter.subject),
                    kind,
                    filter.from,
                    filter.until,
                    i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1
                ],
            )
            .await?;
        let items = rows.iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(items, Some(limit), |entry: &Entry| Cursor {
            key: entry.seq.to_string(),
            id: entry.id.0,
        }))
    }

    /// Checks an organization's chain from the first entry to the head.
    pub async fn verify_audit(&mut self, organization: OrganizationId) -> Result<Chain, Error> {
        const BATCH: i64 = 1000;
        let mut chain = Chain { entries: 0, head: NO_HASH.to_owned(), broken_at: None };
        loop {
            let after = i64::try_from(chain.entries).unwrap_or(i64::MAX);
            let rows = self
                .db
                .query(
                    "select organization_id, seq, id, at, kind, user_id, author, credential, address, subject_kind,
                       subject_id, subject_name, customer_id, details, hash
                     from audit_event where organization_id = $1 and seq > $2 order by seq limit $3",
                    params![organization, after, BATCH],
                )
                .await?;
            for row in &rows {
                let entry = entry(row)?;
                if entry.seq != chain.entries + 1 || entry.hash != chain_hash(&chain.head, &entry) {
                    chain.broken_at = Some(chain.entries + 1);
                    return Ok(chain);
                }
                chain.entries = entry.seq;
                chain.head = entry.hash;
            }
            if rows.is_empty() {
                break;
            }
        }
        let sql = "select seq, hash from audit_head where organization_id = $1";
        let head = self.db.query_opt(sql, params![organization]).await?;
        let head =
            head.map_or(Ok((0, String::new())), |row| Ok::<_, Error>((count(&row, 0)?, row.get(1)?)))?;
        if head != (chain.entries, chain.head.clone()) {
            chain.broken_at = Some(chain.entries + 1);
        }
        Ok(chain)
    }
}
