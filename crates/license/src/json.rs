//! Strict JSON that loses nothing: every value keeps the text it was written with.
//!
//! General JSON libraries let the last of two equal names win and turn large integers into floating point numbers. A
//! signed document must mean the same to every reader, so this parser refuses what readers could understand differently
//! and keeps numbers and strings as they were given.

mod equal;
mod node;
mod parse;
mod value;

pub(crate) use equal::same;
pub(crate) use node::{Member, Node, write_object};
pub(crate) use parse::{Fault, FaultKind, Integers, parse};
