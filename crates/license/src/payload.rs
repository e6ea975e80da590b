//! The payload: the vendor's own claims, as a JSON object that is kept to the letter.

mod error;

use std::fmt;

use serde::de::DeserializeOwned;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::json::{self, Integers, Member, Node};
pub use error::PayloadError;

/// The claims of the token itself, which a payload must not name.
pub const RESERVED_CLAIMS: [&str; 9] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "org", "lic"];
/// How large a payload may be, in bytes of its text without white space: 64 KiB.
pub const MAX_PAYLOAD_BYTES: usize = 64 * 1024;
/// How many objects and arrays of a payload may stand inside each other, the payload itself included.
pub const MAX_DEPTH: usize = 32;

/// A payload: a JSON object, kept as text without white space.
///
/// The order of members, the spelling of numbers and the escapes in strings stay exactly as they were given, so that
/// what the vendor wrote is what gets signed. `==` compares the text; [`same_as`](Self::same_as) compares the meaning.
///
/// A payload made by [`parse`](Self::parse) keeps all limits. One that was read from a verified token of an older issuer
/// may hold integers beyond 64 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    text: String,
}

impl Payload {
    /// Reads what a vendor typed or sent.
    ///
    /// # Errors
    /// A [`PayloadError`] whose text tells the vendor what to change and where.
    pub fn parse(text: &str) -> Result<Self, PayloadError> {
        let node = json::parse(text, MAX_DEPTH, Integers::SixtyFourBits)
            .map_err(|fault| PayloadError::locate(fault, text))?;
        let Node::Object(members) = node else { return Err(PayloadError::NotAnObject) };
        if let Some(member) = members.iter().find(|member| is_reserved(member)) {
            return Err(PayloadError::ReservedName { name: member.name.decode().into_owned() });
        }
        let payload = Self::of(&members);
        match payload.text.len() {
            0..=MAX_PAYLOAD_BYTES => Ok(payload),
            bytes => Err(PayloadError::TooLarge { bytes }),
        }
    }

    /// The payload `{}`.
    #[must_use]
    pub fn empty() -> Self {
        Self { text: "{}".to_owned() }
    }

    /// What is left of a token's claims without the reserved ones.
    pub(crate) fn of_claims(members: &[Member<'_>]) -> Self {
        Self::of(members.iter().filter(|member| !is_reserved(member)))
    }

    fn of<'m, 'a: 'm>(members: impl IntoIterator<Item = &'m Member<'a>>) -> Self {
        let mut text = String::new();
        json::write_object(members, &mut text);
        Self { text }
    }

    /// The JSON text, without white space.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The payload for display. Integers of 64 bits are exact; other numbers become the nearest double.
    #[must_use]
    pub fn to_value(&self) -> Value {
        self.node().to_value()
    }

    /// Reads the payload into a type of the application.
    ///
    /// # Errors
    /// If the payload does not fit the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.text)
    }

    /// Whether both say the same: the order of members, escapes and the spelling of numbers (`1.0`, `1`) don't matter.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self == other || json::same(&self.node(), &other.node())
    }

    fn node(&self) -> Node<'_> {
        // The text was written by `of` from a tree that had been parsed under these same limits.
        json::parse(&self.text, MAX_DEPTH, Integers::Any).unwrap_or(Node::Object(Vec::new()))
    }
}

fn is_reserved(member: &Member<'_>) -> bool {
    RESERVED_CLAIMS.iter().any(|name| member.name.is(name))
}

impl fmt::Display for Payload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Serialize for Payload {
    /// Writes the text as it is, not as a string; only with `serde_json`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.text).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
