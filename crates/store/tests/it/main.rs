//! The store on both real databases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access_token;
mod application;
mod artifact;
mod audit;
mod cache;
mod column_types;
mod constraints;
mod customer;
mod deployment;
mod file;
mod fold;
mod idempotency;
mod license_key;
mod member;
mod migrations;
mod opening;
mod organization;
mod sample;
mod schema;
mod secret;
mod signing_key;
mod sqlite;
mod transactions;
mod user;
