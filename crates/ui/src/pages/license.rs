//! What customers are licensed for.

pub mod choice;
pub mod customer;
pub mod locked;
pub mod organization_wide;
pub mod overview;
pub mod portal;
