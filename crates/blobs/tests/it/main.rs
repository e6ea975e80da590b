//! Both storages, held to the same behaviour, and what only one of them can run into.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod backend;
mod cases;
mod folder;
mod growing;
mod interruptions;
mod s3;
mod s3_server;
mod suite;
