//! JSON types of the Grantry API: what goes over the wire and its OpenAPI schema, no behaviour.
//!
//! Field names are the ones that clients of the Distr API send and expect.

pub mod access;
pub mod access_token;
pub mod agent;
pub mod application;
pub mod application_entitlement;
pub mod artifact;
pub mod artifact_entitlement;
pub mod audit;
pub mod auth;
pub mod customer;
pub mod deployment;
pub mod deployment_target;
mod encoded;
pub mod file;
mod go_duration;
pub mod license_key;
pub mod licenses;
pub mod log_line;
pub mod organization;
pub mod problem;
pub mod pull;
pub mod secret;
pub mod session;
pub mod target_metric;
mod time;
pub mod user;

pub use encoded::Base64;
pub use go_duration::{GoDuration, NotADuration};
pub use time::Time;

use serde::{Deserialize, Deserializer};

/// For a field that may be absent (`None`), null (`Some(None)`) or there: a change tells them apart.
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}
