//! The store on both real databases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod column_types;
mod constraints;
mod migrations;
mod opening;
mod schema;
mod sqlite;
mod transactions;
