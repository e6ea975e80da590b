//! One file a command of `grantry`: its arguments, and `run`, which says what the exit code is.

pub mod audit;
pub mod config;
mod hub;
pub mod organization;
mod password;
pub mod registry;
pub mod serve;
pub mod setup;
pub mod user;
pub mod verify;
