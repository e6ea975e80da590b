//! The database of Grantry: migrations, queries, audit chain.
