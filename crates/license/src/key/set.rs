//! The public keys under which a token may verify.

use serde_json::{Value, json};

use super::{KeyError, PublicKey};
use crate::base64url;
use crate::json::{Integers, Member, Node, parse};
use crate::member::{optional, string};
use crate::payload::MAX_DEPTH;

/// A set of public keys, in the order they were added. Each key is checked and decoded once, when it is added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<PublicKey>,
}

impl KeySet {
    /// A set without keys: no token verifies.
    #[must_use]
    pub const fn new() -> Self {
        Self { keys: Vec::new() }
    }

    /// Adds a key, unless the set has it already.
    pub fn insert(&mut self, key: PublicKey) {
        if !self.keys.contains(&key) {
            self.keys.push(key);
        }
    }

    /// Reads PEM, a JWK Set, a single JWK, or a raw key of 32 bytes, whichever it is.
    ///
    /// # Errors
    /// [`KeyError::Unrecognized`] if it is none of them; otherwise as of the function for that form.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        if let Ok(raw) = <&[u8; 32]>::try_from(bytes) {
            return Self::from_raw(raw);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| KeyError::Unrecognized)?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with('{') {
            Self::from_jwks(text)
        } else if text.contains("-----BEGIN ") {
            Self::from_pem(text)
        } else {
            Err(KeyError::Unrecognized)
        }
    }

    /// Reads one or more PEM blocks `PUBLIC KEY`; text around them is ignored.
    ///
    /// # Errors
    /// [`KeyError::NoKey`] if there is no block, [`KeyError::PrivateKey`] if one is a private key, [`KeyError::Pem`] if
    /// one is damaged or of another kind, and the errors of [`PublicKey::from_bytes`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        const BEGIN: &str = "-----BEGIN ";
        const END: &str = "-----END ";
        let mut set = Self::new();
        for (start, _) in pem.match_indices(BEGIN) {
            let block = &pem[start..];
            let end = block.find(END).ok_or(KeyError::Pem)?;
            let after = &block[end + END.len()..];
            let closing = after.find("-----").ok_or(KeyError::Pem)?;
            set.insert(PublicKey::from_spki_pem(&block[..end + END.len() + closing + 5])?);
        }
        set.or_no_key()
    }

    /// Reads a JWK Set (RFC 7517) or a single JWK. Keys of other kinds and for other uses are left out, as RFC 7517
    /// asks; the `kid` of a key is not believed but computed.
    ///
    /// # Errors
    /// [`KeyError::Jwk`] if it is neither or an Ed25519 key in it is damaged, [`KeyError::PrivateKey`] if a key has its
    /// private half with it, [`KeyError::NoKey`] if no Ed25519 key is left, and the errors of [`PublicKey::from_bytes`].
    pub fn from_jwks(text: &str) -> Result<Self, KeyError> {
        let Ok(Node::Object(members)) = parse(text, MAX_DEPTH, Integers::Any) else {
            return Err(KeyError::Jwk);
        };
        let mut set = Self::new();
        match members.iter().find(|member| member.name.is("keys")).map(|member| &member.value) {
            None => set.insert_jwk(&members)?,
            Some(Node::Array(keys)) => {
                for key in keys {
                    let Node::Object(members) = key else { return Err(KeyError::Jwk) };
                    set.insert_jwk(members)?;
                }
            }
            Some(_) => return Err(KeyError::Jwk),
        }
        set.or_no_key()
    }

    /// A set of one key from its 32 bytes.
    ///
    /// # Errors
    /// As [`PublicKey::from_bytes`].
    pub fn from_raw(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        Ok(Self { keys: vec![PublicKey::from_bytes(bytes)?] })
    }

    fn insert_jwk(&mut self, jwk: &[Member<'_>]) -> Result<(), KeyError> {
        let text = |name| optional(jwk, name, string).map_err(|_| KeyError::Jwk);
        let is_ed25519 =
            text("kty")?.ok_or(KeyError::Jwk)? == "OKP" && text("crv")?.is_some_and(|crv| crv == "Ed25519");
        let is_for_tokens =
            text("use")?.is_none_or(|usage| usage == "sig") && text("alg")?.is_none_or(|alg| alg == "EdDSA");
        if !is_ed25519 || !is_for_tokens {
            return Ok(());
        }
        if text("d")?.is_some() {
            return Err(KeyError::PrivateKey);
        }
        let x = text("x")?.and_then(|x| base64url::decode(&x)).ok_or(KeyError::Jwk)?;
        let x = x.try_into().map_err(|_| KeyError::Jwk)?;
        self.insert(PublicKey::from_bytes(&x)?);
        Ok(())
    }

    fn or_no_key(self) -> Result<Self, KeyError> {
        if self.keys.is_empty() { Err(KeyError::NoKey) } else { Ok(self) }
    }

    /// The keys in the order they were added.
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// The key with this id.
    #[must_use]
    pub fn find(&self, key_id: &str) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.key_id() == key_id)
    }

    /// The JWK Set (RFC 7517) to publish.
    #[must_use]
    pub fn to_jwks(&self) -> Value {
        json!({ "keys": self.keys.iter().map(PublicKey::to_jwk).collect::<Vec<_>>() })
    }
}

impl FromIterator<PublicKey> for KeySet {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        let mut set = Self::new();
        keys.into_iter().for_each(|key| set.insert(key));
        set
    }
}
