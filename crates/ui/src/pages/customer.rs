//! Customers of the vendor.

pub mod delete;
pub mod edit;
mod fields;
pub mod list;
pub mod new;
