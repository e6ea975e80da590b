//! Access tokens: credentials for scripts.

pub mod created;
pub mod delete;
pub mod list;
pub mod new;
