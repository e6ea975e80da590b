//! Project tasks: tidy, tests, vectors, benchmarks.

fn main() {}
