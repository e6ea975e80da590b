//! The agent protocol, as agents published for Distr 3.x speak it and with what was added.

mod concerned;
mod connect;
mod desired;
mod floods;
mod registry;
mod reports;
mod session;
pub(crate) mod stock;
