//! Samples of all pages: snapshots and lint.
