//! Settings of the organization.

pub mod show;
