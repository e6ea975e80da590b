//! The domain of Grantry: values, states, rules and the permission policy. Pure: no I/O, no clock, no randomness.

pub mod access;
pub mod access_token;
pub mod actor;
pub mod agent;
pub mod artifact;
pub mod artifact_entitlement;
pub mod audit;
pub mod customer;
pub mod field;
pub mod id;
pub mod license_key;
pub mod log_line;
pub mod name;
pub mod organization;
pub mod overview;
pub mod page;
pub mod plan;
pub mod policy;
pub mod pull;
pub mod role;
pub mod session;
pub mod target_metric;
pub mod user;
