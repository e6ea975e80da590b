//! The agent: stands beside a customer's deployments, makes them what the hub says and reports how they are.
//!
//! `reconcile` is the loop. It asks the hub (`hub`) what should run, compares that with what it wrote down (`state`) and lets a
//! driver (`docker`, `helm`) do the difference. Two rules stand above all others: what runs is not touched unless the hub asked for
//! something else, and nothing is removed unless a complete answer of the hub no longer lists it.

mod backoff;
pub mod cli;
mod clock;
mod config;
mod docker;
mod driver;
mod failure;
mod health;
mod helm;
mod hub;
mod logs;
mod mask;
mod metrics;
mod own_log;
mod process;
mod reconcile;
mod secret;
mod state;
