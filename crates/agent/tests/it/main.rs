//! The agent's program against a hub, an engine and a docker CLI made for the test: real HTTP, real processes, real files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli;
mod deploy;
mod engine;
mod heal;
mod hub;
mod logs;
mod outage;
mod session;
mod swarm;
mod world;
