//! Images of applications and artifacts.

pub mod edit;
