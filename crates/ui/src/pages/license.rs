//! What customers are licensed for.

pub mod applications;
pub mod artifacts;
pub mod choice;
pub mod copy;
pub mod customer;
pub mod locked;
pub mod organization_wide;
pub mod overview;
pub mod portal;
mod question;
mod section;
mod strip;
pub mod why;
pub mod why_version;
