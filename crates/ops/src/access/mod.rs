//! What customers may reach, told to the vendor: why something is allowed or denied, and what a customer sees.

pub mod application;
pub mod explain;
pub mod explain_application;
pub mod sight;
pub mod sight_application;
