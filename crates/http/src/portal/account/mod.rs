//! One's own account.

mod browser;
pub(crate) mod session;
pub(crate) mod show;
