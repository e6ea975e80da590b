//! Tests of the license token from outside.

mod forgery;
mod parser;
mod tokens;
mod vectors;
