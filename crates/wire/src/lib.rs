//! JSON types of the Grantry API.
