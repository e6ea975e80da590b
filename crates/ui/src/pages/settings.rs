//! Settings of the organization.

pub mod applications;
pub mod artifacts;
pub mod show;
