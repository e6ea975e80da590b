//! Ed25519 keys: signing keys, public keys and sets of public keys.

mod error;
mod public;
mod set;
mod signing;
mod small_order;

pub use error::KeyError;
pub use public::PublicKey;
pub use set::KeySet;
pub use signing::SigningKey;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof;
