//! Artifacts: what the registry holds.

pub mod entitled;
pub mod list;
pub mod remove;
pub mod show;
mod sight;
pub mod tags;
pub mod upstream;
