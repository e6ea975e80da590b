//! The store on both real databases.

mod constraints;
mod schema;
mod types;
