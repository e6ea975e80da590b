//! Sign and verify Grantry license tokens offline.
//!
//! A license token is a JWT signed with Ed25519. The hub signs it once; an application that the vendor ships verifies it
//! with the public key alone. This crate is pure: it has no clock, reads no file, talks to no network and draws no
//! random number. The time, the keys and everything else arrive as arguments.
//!
//! The format is specified in `spec/license-token.md`; the test vectors in `vectors/` decide where the text is unclear.
//!
//! ```
//! use grantry_license::{ExpectedOrganization, KeySet, State, Verifier, VerifyError};
//! # use grantry_license::{sign, Payload, SigningKey, TokenContent};
//! # use uuid::Uuid;
//! # let key = SigningKey::from_seed([7; 32]);
//! # let organization = Uuid::from_u128(3);
//! # let payload = Payload::parse(r#"{"seats": 25}"#)?;
//! # let token = sign(&TokenContent {
//! #     issuer: "https://hub.example.com", license_key: Uuid::from_u128(1), revision: Uuid::from_u128(2), organization,
//! #     customer: None, name: "Ship", seq: 1, grace: 0, issued_at: 100, not_before: 100, expires_at: 900, payload: &payload,
//! # }, &key)?;
//! # let pem = key.public_key().to_spki_pem();
//! # let now = 500;
//! let keys = KeySet::parse(pem.as_bytes())?;
//! let verifier = Verifier::new(keys, ExpectedOrganization::Exactly(organization));
//! match verifier.verify(&token, now) {
//!     Ok(license) => {
//!         let claims = license.claims.payload.to_value();
//!         assert_eq!(claims["seats"], 25);
//!         assert_eq!(license.state, State::Valid);
//!     }
//!     Err(VerifyError::Expired(claims)) => println!("expired at {}", claims.expires_at),
//!     Err(error) => println!("no license: {}", error.name()),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(missing_docs)]

mod base64url;
mod claims;
mod clock;
mod decode;
mod json;
mod jws;
mod key;
mod member;
mod payload;
mod revocation;
mod sign;
mod verify;

pub use claims::{Claims, LicenseClaim};
pub use clock::{ClockGuard, ClockMovedBack};
pub use decode::{Decoded, decode_unverified};
pub use key::{KeyError, KeySet, PublicKey, SigningKey};
pub use payload::{MAX_DEPTH, MAX_PAYLOAD_BYTES, Payload, PayloadError, RESERVED_CLAIMS};
pub use revocation::{
    ListCheck, ListError, MAX_LIST_BYTES, Revocation, RevocationList, RevocationListContent,
    sign_revocation_list,
};
pub use sign::{MAX_TOKEN_BYTES, SignError, TokenContent, sign};
pub use verify::{ExpectedOrganization, State, Verified, Verifier, VerifyError};
