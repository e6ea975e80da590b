//! Settings of the organization.

pub(crate) mod applications;
pub(crate) mod artifacts;
pub(crate) mod show;
