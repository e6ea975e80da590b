//! The guides that the hub serves.

pub mod list;
pub mod show;
