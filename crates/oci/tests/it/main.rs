//! Tests of the words of the distribution specification, from outside.

mod manifests;
mod referrers;
mod requests;
mod roundtrips;
