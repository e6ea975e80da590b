//! Versions of applications: files that never change, and documents for customers.

pub mod document;
pub mod edit;
pub mod fields;
pub mod file;
pub mod new;
pub mod show;
