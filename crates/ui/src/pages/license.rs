//! What customers are licensed for.

pub mod overview;
