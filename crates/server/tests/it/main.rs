//! Tests of the program `grantry`, most of them of the real binary.

mod config;
mod program;
