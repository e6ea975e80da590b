//! One file a command of `grantry`: its arguments, and `run`, which says what the exit code is.

pub mod audit;
pub mod config;
pub mod organization;
pub mod serve;
pub mod setup;
pub mod user;
pub mod verify;
