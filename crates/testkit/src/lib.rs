//! A whole hub inside of a test, one client per actor, and answers that can be compared with a snapshot.

pub mod application;
pub mod client;
pub mod deploy;
pub mod file;
pub mod hub;
pub mod redact;
pub mod registry;
pub mod reply;
pub mod socket;
