//! The pages of both portals, by what they are about and what one does there.

use crate::gallery::Sample;

pub mod license;

pub(crate) fn samples() -> Vec<Sample> {
    let all = [license::overview::samples()];
    all.into_iter().flatten().collect()
}
