//! What an agent is told to run.

use bytes::Bytes;

/// An answer that is remembered.
pub(super) struct Answer {
    pub(super) text: Bytes,
}
