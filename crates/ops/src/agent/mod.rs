//! The hub's side of the agent protocol: agents sign in, ask what to run, and report.

pub mod connect;
mod keeping;
pub mod login;
pub mod logs;
mod masking;
pub mod memory;
pub mod metrics;
pub mod resources;
pub mod session;
pub mod status;
pub mod throttle;
pub mod token;
pub mod version;
