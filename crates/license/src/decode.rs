//! Looks into a token without verifying it.

use serde_json::Value;

use crate::json::{Integers, Node, parse};
use crate::jws::Parts;
use crate::payload::MAX_DEPTH;
use crate::sign::MAX_TOKEN_BYTES;
use crate::verify::VerifyError;

/// What stands in a token, proven by nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Decoded {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    /// The claims as they stand in the token, to the letter.
    pub claims_text: String,
}

/// Takes a token apart for display, WITHOUT checking its signature or anything that it says.
///
/// Never base a decision on the result: anybody can write such a token. Use a [`Verifier`](crate::Verifier) for that.
///
/// # Errors
/// [`VerifyError::Malformed`] if there are not three parts of base64url, with JSON objects in the first two.
pub fn decode_unverified(token: &str) -> Result<Decoded, VerifyError> {
    let parts = Parts::split(token, MAX_TOKEN_BYTES)?;
    Ok(Decoded { header: value(&parts.header)?, claims: value(&parts.claims)?, claims_text: parts.claims })
}

fn value(text: &str) -> Result<Value, VerifyError> {
    match parse(text, MAX_DEPTH, Integers::Any) {
        Ok(node @ Node::Object(_)) => Ok(node.to_value()),
        _ => Err(VerifyError::Malformed),
    }
}
