//! The private key that signs license tokens.

use std::fmt;

use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use zeroize::Zeroizing;

use super::{KeyError, PublicKey};

/// An Ed25519 private key. It is wiped from memory when dropped and never shown by `Debug`.
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    public_key: PublicKey,
}

impl SigningKey {
    /// Makes the key from its 32 secret bytes, which must come from a good source of randomness.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let seed = Zeroizing::new(seed);
        Self::of(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// Reads an unencrypted PEM block `PRIVATE KEY` (PKCS#8, RFC 8410).
    ///
    /// # Errors
    /// [`KeyError::PublicKey`] for a public key, [`KeyError::Pem`] for anything else that is not one Ed25519 private key,
    /// also when the public key enclosed with it belongs to another one.
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, KeyError> {
        if pem.contains("BEGIN PUBLIC KEY-----") {
            return Err(KeyError::PublicKey);
        }
        let key = ed25519_dalek::SigningKey::from_pkcs8_pem(pem.trim()).map_err(|_| KeyError::Pem)?;
        Ok(Self::of(key))
    }

    fn of(key: ed25519_dalek::SigningKey) -> Self {
        let public_key = PublicKey::of(key.verifying_key());
        Self { key, public_key }
    }

    /// The key as a PEM block `PRIVATE KEY`, ending with a line break.
    ///
    /// The block is of version 1, without the public key: OpenSSL and Go read no other.
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        // RFC 8410, 7: the same sixteen bytes stand before the seed of every Ed25519 key.
        const PREFIX: [u8; 16] =
            [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        let der = Zeroizing::new([&PREFIX[..], self.key.as_bytes()].concat());
        let body = Zeroizing::new(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &*der));
        Zeroizing::new(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", *body))
    }

    /// The 32 secret bytes, for storing them encrypted.
    #[must_use]
    pub fn seed(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public_key.clone()
    }

    /// The key id of the public half.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.public_key.key_id()
    }

    /// Signs bytes. This is the bare algorithm (RFC 8032); license tokens are made by [`sign`](crate::sign).
    #[must_use]
    pub fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl Clone for SigningKey {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), public_key: self.public_key.clone() }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SigningKey").field("key_id", &self.key_id()).finish_non_exhaustive()
    }
}
