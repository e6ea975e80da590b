//! One file a command of `grantry`: its arguments, and `run`.

pub mod config;
