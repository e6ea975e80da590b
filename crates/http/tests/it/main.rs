//! The hub's HTTP surfaces, on both real databases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod address;
mod agents;
mod api;
mod bad_request;
mod collect;
mod document;
mod guards;
mod isolation;
mod portal;
mod registry;
mod snapshot;
mod through;
mod unavailable;
