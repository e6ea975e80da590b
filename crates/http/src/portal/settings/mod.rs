//! Settings of the organization.

pub(crate) mod artifacts;
pub(crate) mod show;
