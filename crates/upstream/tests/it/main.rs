//! The client against registries in this process: proper ones, broken ones and malicious ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod auth;
mod blobs;
mod failures;
mod fixture;
mod guard;
mod lists;
mod manifests;
mod redirects;
mod server;
