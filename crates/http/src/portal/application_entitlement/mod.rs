//! Application entitlements.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
mod editor;
mod input;
