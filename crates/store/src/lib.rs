//! The database of Grantry: migrations, queries, audit chain.

pub mod db;
pub mod error;
pub mod migrate;
pub mod seal;
