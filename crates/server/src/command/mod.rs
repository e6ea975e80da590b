//! One file a command of `grantry`: its arguments, and `run`, which says what the exit code is.

pub mod config;
pub mod verify;
