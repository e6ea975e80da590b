//! The domain of Grantry: values, states, rules and the permission policy. Pure: no I/O, no clock, no randomness.

pub mod access;
pub mod access_token;
pub mod actor;
pub mod application;
pub mod artifact;
pub mod artifact_entitlement;
pub mod audit;
pub mod customer;
pub mod deployment;
pub mod deployment_target;
pub mod field;
pub mod id;
pub mod license_key;
pub mod name;
pub mod organization;
pub mod overview;
pub mod page;
pub mod plan;
pub mod policy;
pub mod pull;
pub mod role;
pub mod secret;
pub mod session;
pub mod user;
