//! The database of Grantry: migrations, queries, audit chain. The only place that knows SQL.

pub mod access_token;
pub mod artifact;
pub mod artifact_entitlement;
pub mod artifact_version;
pub mod audit;
pub mod blob;
pub mod collect;
mod column;
pub mod customer;
pub mod db;
pub mod error;
pub mod idempotency;
pub mod license_key;
mod licenses_overview;
pub mod manifest;
pub mod member;
pub mod migrate;
pub mod one_time_link;
pub mod organization;
pub mod pull;
pub mod seal;
pub mod session;
mod signing_key;
pub mod store;
pub mod tag;
pub mod upload;
pub mod user;
