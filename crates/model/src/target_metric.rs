//! What agents measure of the machine or the cluster that they work in.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long measurements are kept.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);
/// A target's measurements are kept this far apart; what comes sooner is dropped.
pub const APART: TimeDelta = TimeDelta::seconds(15);
/// Most disks of a measurement.
pub const MAX_DISKS: usize = 32;

/// One measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetMetric {
    /// When, by the hub's clock.
    pub at: DateTime<Utc>,
    /// The processors there are, in thousandths.
    pub cpu_millicores: u64,
    /// What of them is used, in thousandths of all.
    pub cpu_usage: PerMille,
    /// The memory there is, in bytes.
    pub memory_bytes: u64,
    /// What of it is used, in thousandths of all.
    pub memory_usage: PerMille,
    /// The disks; empty where they are not measured.
    pub disks: Vec<Disk>,
}

/// A part of a whole, in thousandths from 0 to 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PerMille(u16);

impl PerMille {
    /// From a fraction, which is brought into the range from 0 to 1: what measures may be off by a little.
    pub fn of(fraction: f64) -> Self {
        // The conversion saturates, and makes 0 of what is no number.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is in range")]
        Self((fraction.clamp(0.0, 1.0) * 1000.0).round() as u16)
    }

    /// From thousandths; more than 1000 are 1000.
    pub fn new(thousandths: u16) -> Self {
        Self(thousandths.min(1000))
    }

    /// As a fraction from 0 to 1.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// In thousandths.
    pub fn get(self) -> u16 {
        self.0
    }
}

/// How full a disk is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// The device.
    pub device: String,
    /// Where it is mounted.
    pub path: String,
    /// Its file system.
    pub fs_type: String,
    /// Its size, in bytes.
    pub bytes_total: u64,
    /// What of it is used, in bytes.
    pub bytes_used: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_kept_to_the_thousandth_and_in_range() {
        for (fraction, thousandths) in
            [(0.0, 0), (0.0004, 0), (0.5, 500), (0.9996, 1000), (1.2, 1000), (-1.0, 0), (f64::NAN, 0)]
        {
            assert_eq!(PerMille::of(fraction).get(), thousandths, "{fraction}");
        }
    }
}
