//! The domain of Grantry: values, states, rules and the permission policy. Pure: no I/O, no clock, no randomness.

pub mod id;
pub mod role;
