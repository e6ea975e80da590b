//! Applications. Their pages are the vendor's; a customer's members meet them where they deploy.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod scope;
pub(crate) mod show;
