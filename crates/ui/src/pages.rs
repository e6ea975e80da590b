//! The pages of both portals, by what they are about and what one does there.

use crate::gallery::Sample;

pub mod license;
pub mod license_key;

pub(crate) fn samples() -> Vec<Sample> {
    let all = [
        license::overview::samples(),
        license::customer::samples(),
        license::organization_wide::samples(),
        license::locked::samples(),
        license::portal::samples(),
        license_key::show::samples(),
        license_key::revision::samples(),
        license_key::new::samples(),
        license_key::edit::samples(),
        license_key::delete::samples(),
    ];
    all.into_iter().flatten().collect()
}
