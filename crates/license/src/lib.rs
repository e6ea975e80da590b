//! Sign and verify Grantry license tokens offline.
