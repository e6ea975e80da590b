//! Artifacts: what the registry holds.

pub mod remove;
