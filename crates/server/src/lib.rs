//! The Grantry hub as a program: configuration, command line, logs, the data folder, and wiring of the layers below.

pub mod cli;
pub mod command;
pub mod config;
pub mod data_dir;
mod demo;
pub mod logging;
pub mod output;
pub mod shutdown;
