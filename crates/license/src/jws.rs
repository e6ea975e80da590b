//! The compact form of a signed document (RFC 7515): taking it apart, and the checks that come before its claims count.

use crate::base64url;
use crate::key::{KeySet, SigningKey};
use crate::member::{Malformed, object, optional, required, string};

/// The only algorithm there is.
const ALGORITHM: &str = "EdDSA";

/// A compact JWS taken apart; nothing of it is proven yet.
pub(crate) struct Compact<'a> {
    signed: &'a str,
    header: Header,
    /// The claims, as text.
    pub(crate) claims: String,
    signature: Vec<u8>,
}

struct Header {
    algorithm: String,
    key_id: Option<String>,
    is_critical: bool,
}

/// Why the signature does not prove anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unproven {
    /// Another algorithm than ours, or an extension that must be understood and is not.
    UnsupportedAlgorithm,
    /// The key that is named is not in the set.
    UnknownKey,
    /// No key of the set made the signature.
    BadSignature,
}

impl<'a> Compact<'a> {
    /// Takes a document of at most `max_bytes` apart, whose `typ` must be `media_type` if it has one.
    pub(crate) fn parse(text: &'a str, max_bytes: usize, media_type: &str) -> Result<Self, Malformed> {
        let parts = Parts::split(text, max_bytes)?;
        let header = Header::parse(&parts.header, media_type)?;
        Ok(Self { signed: parts.signed, header, claims: parts.claims, signature: parts.signature })
    }

    /// Checks algorithm, key and signature, in this order.
    pub(crate) fn prove(&self, keys: &KeySet) -> Result<(), Unproven> {
        if self.header.algorithm != ALGORITHM || self.header.is_critical {
            return Err(Unproven::UnsupportedAlgorithm);
        }
        let candidates = match &self.header.key_id {
            Some(key_id) => std::slice::from_ref(keys.find(key_id).ok_or(Unproven::UnknownKey)?),
            None => keys.keys(),
        };
        let Ok(signature) = self.signature.as_slice().try_into() else { return Err(Unproven::BadSignature) };
        let is_proven = candidates.iter().any(|key| key.verifies(self.signed.as_bytes(), signature));
        if is_proven { Ok(()) } else { Err(Unproven::BadSignature) }
    }
}

/// The parts of a compact JWS, decoded.
pub(crate) struct Parts<'a> {
    signed: &'a str,
    /// The header, as text.
    pub(crate) header: String,
    /// The claims, as text.
    pub(crate) claims: String,
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    /// Splits and decodes; says nothing about what the parts hold.
    pub(crate) fn split(text: &'a str, max_bytes: usize) -> Result<Self, Malformed> {
        if text.len() > max_bytes {
            return Err(Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Malformed)?;
        // Further dots would end up in the claims, where base64url has none.
        let (header, claims) = signed.split_once('.').ok_or(Malformed)?;
        Ok(Self {
            signed,
            header: decode_text(header)?,
            claims: decode_text(claims)?,
            signature: base64url::decode(signature).ok_or(Malformed)?,
        })
    }
}

fn decode_text(part: &str) -> Result<String, Malformed> {
    let bytes = base64url::decode(part).ok_or(Malformed)?;
    String::from_utf8(bytes).map_err(|_| Malformed)
}

impl Header {
    fn parse(text: &str, media_type: &str) -> Result<Self, Malformed> {
        let members = object(text)?;
        // A document of another type must not pass, whatever its claims look like (RFC 8725, 3.11).
        if optional(&members, "typ", string)?.is_some_and(|typ| typ != media_type) {
            return Err(Malformed);
        }
        Ok(Self {
            algorithm: required(&members, "alg", string)?.into_owned(),
            key_id: optional(&members, "kid", string)?.map(Into::into),
            is_critical: members.iter().any(|member| member.name.is("crit")),
        })
    }
}

/// Signs claims that are JSON text. The same input always gives the same document.
pub(crate) fn sign(claims: &str, media_type: &str, key: &SigningKey) -> String {
    let header = format!(r#"{{"alg":"{ALGORITHM}","typ":"{media_type}","kid":"{}"}}"#, key.key_id());
    let signed = format!("{}.{}", base64url::encode(header), base64url::encode(claims));
    let signature = base64url::encode(key.sign_bytes(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// `text` as a JSON string with its quotes.
pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
