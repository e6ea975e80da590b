//! The rules of the domain, as far as they are best seen from outside.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod access_application;
mod access_scope;
mod files;
mod policy;
mod template;
mod text;
