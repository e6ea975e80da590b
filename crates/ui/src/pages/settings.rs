//! Settings of the organization.

pub mod artifacts;
pub mod show;
