//! Tests of the words of the distribution specification, from outside.

mod requests;
