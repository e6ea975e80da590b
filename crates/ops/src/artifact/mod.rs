//! Artifacts: what the registry holds.

pub mod entitled;
pub mod image;
pub mod list;
pub mod manifest;
pub mod remove;
pub mod show;
mod sight;
pub mod tags;
pub mod upstream;
