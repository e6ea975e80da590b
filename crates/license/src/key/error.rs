//! Why a key is refused.

use thiserror::Error;

/// Why a key or key set is refused. No variant and no text ever holds any part of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Neither PEM, nor a JWK or JWK Set, nor 32 bytes.
    #[error("this is neither a PEM file, nor a JWK or JWK Set, nor a raw key of 32 bytes")]
    Unrecognized,
    /// There is no Ed25519 key in it.
    #[error("there is no Ed25519 key in it")]
    NoKey,
    /// The PEM block is damaged or holds something else than an unencrypted Ed25519 key.
    #[error("the PEM block is damaged, encrypted, or not an Ed25519 key")]
    Pem,
    /// The JWK or JWK Set is damaged.
    #[error("the JWK or JWK Set is damaged")]
    Jwk,
    /// A private key where a public one belongs: it would be published by mistake.
    #[error("this is a private key; use the public key, and keep the private one secret")]
    PrivateKey,
    /// A public key where a private one is needed.
    #[error("this is a public key; a private key in PKCS#8 PEM is needed to sign")]
    PublicKey,
    /// The bytes are not the canonical encoding of a point on the curve.
    #[error("the bytes are not a canonical Ed25519 public key")]
    NotCanonical,
    /// A point of small order, under which almost anything verifies.
    #[error("this public key is weak: signatures under it prove nothing")]
    Weak,
}
