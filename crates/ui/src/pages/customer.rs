//! Customers of the vendor.

pub mod delete;
pub mod edit;
pub mod fields;
pub mod list;
pub mod new;
