//! Versions of applications.

pub(crate) mod archive;
pub(crate) mod create;
pub(crate) mod edit;
pub(crate) mod file;
pub(crate) mod show;
