//! Signs revocation lists.

use uuid::Uuid;

use super::{LIST_AUDIENCE, LIST_TYPE, MAX_LIST_BYTES, Revocation};
use crate::jws::{self, quote};
use crate::key::SigningKey;
use crate::member::is_time;
use crate::sign::SignError;

/// What a revocation list says.
#[derive(Clone, Copy, Debug)]
pub struct RevocationListContent<'a> {
    /// The hub's public base URL, exactly as configured.
    pub issuer: &'a str,
    /// The vendor's organization.
    pub organization: Uuid,
    /// When the list is made, in seconds since 1970.
    pub issued_at: i64,
    /// Until when verifiers accept the list, in seconds since 1970.
    pub expires_at: i64,
    /// The number of the list. It grows by one with each change; at most 2^63 - 1.
    pub seq: u64,
    /// The entries, in any order.
    pub revoked: &'a [Revocation],
}

/// Makes a signed revocation list. Its entries are ordered by time, then by license key and revision.
///
/// # Errors
/// A [`SignError`] if a verifier would call the list malformed.
pub fn sign_revocation_list(
    content: &RevocationListContent<'_>,
    key: &SigningKey,
) -> Result<String, SignError> {
    let times = content.revoked.iter().map(|entry| entry.at).chain([content.issued_at, content.expires_at]);
    if let Some(time) = times.into_iter().find(|time| !is_time(*time)) {
        return Err(SignError::TimeOutOfRange(time));
    }
    if i64::try_from(content.seq).is_err() {
        return Err(SignError::SeqOutOfRange);
    }
    let list = jws::sign(&claims(content), LIST_TYPE, key);
    match list.len() {
        0..=MAX_LIST_BYTES => Ok(list),
        bytes => Err(SignError::TooLarge { bytes }),
    }
}

fn claims(content: &RevocationListContent<'_>) -> String {
    let mut revoked = content.revoked.to_vec();
    revoked.sort_by_key(|entry| (entry.at, entry.license_key, entry.revision));
    let entries: Vec<_> = revoked.iter().map(entry).collect();
    format!(
        r#"{{"iss":{},"org":"{}","aud":["{LIST_AUDIENCE}"],"iat":{},"exp":{},"seq":{},"revoked":[{}]}}"#,
        quote(content.issuer),
        content.organization,
        content.issued_at,
        content.expires_at,
        content.seq,
        entries.join(","),
    )
}

fn entry(of: &Revocation) -> String {
    let revision = of.revision.map(|revision| format!(r#""jti":"{revision}","#)).unwrap_or_default();
    format!(r#"{{{revision}"sub":"{}","at":{}}}"#, of.license_key, of.at)
}
