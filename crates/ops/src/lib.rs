//! Operations of Grantry: authorize, load, decide, store.
