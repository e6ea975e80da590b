//! The hub's HTTP surfaces, on both real databases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod snapshot;
