//! How we tell a registry who we are.

pub(crate) mod challenge;
pub(crate) mod realm;
pub(crate) mod token;
pub(crate) mod tokens;
