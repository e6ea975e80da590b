//! The cases of `vectors/license-token`, one file of source a subject.

mod accepted;
mod claims;
mod currency;
mod encoding;
mod header;
mod json;
mod order;
mod signature;
mod time;

use super::case::Case;

/// All cases.
pub(super) fn all() -> Vec<Case> {
    [
        accepted::cases(),
        encoding::cases(),
        header::cases(),
        json::cases(),
        claims::cases(),
        signature::cases(),
        time::cases(),
        currency::cases(),
        order::cases(),
    ]
    .concat()
}
