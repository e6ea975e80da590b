//! Tests of the program `grantry`, most of them of the real binary.
#![expect(clippy::unwrap_used, reason = "a test stops at the first error, in its helpers too")]

mod arguments;
mod config;
mod data_dir;
mod demo;
mod durability;
mod hub;
mod operator;
mod program;
mod registry;
mod shutdown;
mod vectors;
mod verify;
mod verify_url;
