//! Signs license tokens.

use thiserror::Error;
use uuid::Uuid;

use crate::jws::{self, quote};
use crate::key::SigningKey;
use crate::member::is_time;
use crate::payload::Payload;

/// How large a token may be, in bytes: 96 KiB.
pub const MAX_TOKEN_BYTES: usize = 96 * 1024;
/// The `typ` of a license token.
pub(crate) const TOKEN_TYPE: &str = "JWT";
/// The audience of a license token.
pub(crate) const TOKEN_AUDIENCE: &str = "license-key";

/// What one revision of a license key says; all of it goes into the token.
#[derive(Clone, Copy, Debug)]
pub struct TokenContent<'a> {
    /// The hub's public base URL, exactly as configured.
    pub issuer: &'a str,
    /// The license key.
    pub license_key: Uuid,
    /// The revision.
    pub revision: Uuid,
    /// The vendor's organization.
    pub organization: Uuid,
    /// The customer, unless the license key belongs to the whole organization.
    pub customer: Option<Uuid>,
    /// The name of the license key.
    pub name: &'a str,
    /// The number of the revision, from 1.
    pub seq: u32,
    /// For how many seconds after the expiry the application should go on and warn.
    pub grace: u32,
    /// When the revision was made, in seconds since 1970.
    pub issued_at: i64,
    /// From when on the license holds, in seconds since 1970.
    pub not_before: i64,
    /// Until when the license holds, in seconds since 1970.
    pub expires_at: i64,
    /// The vendor's own claims.
    pub payload: &'a Payload,
}

/// Why something can't be signed: no verifier would accept it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignError {
    /// A time lies outside of the years 1 to 9999.
    #[error("the time {0} lies outside of the years 1 to 9999")]
    TimeOutOfRange(i64),
    /// The number of the revision is 0, or that of a list is over 2^63 - 1.
    #[error("revisions are numbered from 1, and lists at most to 2^63 - 1")]
    SeqOutOfRange,
    /// The document would be larger than allowed.
    #[error("the signed document would have {bytes} bytes, which is over the limit")]
    TooLarge {
        /// The size it would have, in bytes.
        bytes: usize,
    },
}

/// Makes the license token of a revision. One content and key always give the same token.
///
/// # Errors
/// A [`SignError`] if a verifier would call the token malformed. That the window is not empty is not checked.
pub fn sign(content: &TokenContent<'_>, key: &SigningKey) -> Result<String, SignError> {
    for time in [content.issued_at, content.not_before, content.expires_at] {
        if !is_time(time) {
            return Err(SignError::TimeOutOfRange(time));
        }
    }
    if content.seq == 0 {
        return Err(SignError::SeqOutOfRange);
    }
    let token = jws::sign(&claims(content), TOKEN_TYPE, key);
    match token.len() {
        0..=MAX_TOKEN_BYTES => Ok(token),
        bytes => Err(SignError::TooLarge { bytes }),
    }
}

/// The claims as text. The order is part of the format: a revision has exactly one token.
fn claims(content: &TokenContent<'_>) -> String {
    let customer = content.customer.map(|customer| format!(r#","cus":"{customer}""#)).unwrap_or_default();
    // The payload is not empty if it has more than its two braces; then its members go on where ours end.
    let payload = match content.payload.as_str() {
        "{}" => "}".to_owned(),
        members => format!(",{}", &members[1..]),
    };
    format!(
        r#"{{"iss":{},"sub":"{}","aud":["{TOKEN_AUDIENCE}"],"iat":{},"nbf":{},"exp":{},"jti":"{}","org":"{}","lic":{{"seq":{},"grace":{}{customer},"name":{}}}{payload}"#,
        quote(content.issuer),
        content.license_key,
        content.issued_at,
        content.not_before,
        content.expires_at,
        content.revision,
        content.organization,
        content.seq,
        content.grace,
        quote(content.name),
    )
}
