//! The Grantry hub: one binary.

fn main() {}
