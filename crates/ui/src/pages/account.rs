//! The reader's own account.

pub mod show;
