//! What an agent measures of its machine or cluster.

use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, html};

use crate::components::card::Card;
use crate::components::line::{Lines, Point, percent};
use crate::components::size::bytes;
use crate::components::time;
use crate::gallery;

/// A measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// When it was taken.
    pub at: DateTime<Utc>,
    /// How much of the CPU was busy, in thousandths.
    pub cpu: u32,
    /// How much of the memory was in use, in thousandths.
    pub memory: u32,
}

/// A file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// Where it is mounted.
    pub path: String,
    /// Bytes in use.
    pub used: u64,
    /// Bytes in all.
    pub total: u64,
}

/// The measurements of the last day. An agent may send one every half a minute; 300 spread over the day are enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Oldest first.
    pub points: Vec<Measured>,
    /// How much CPU there is, in thousandths of a core.
    pub cpu_millicores: u64,
    /// How much memory there is, in bytes.
    pub memory_bytes: u64,
    /// The file systems, as last measured.
    pub disks: Vec<Disk>,
}

/// How far back the plot goes.
const SPAN: TimeDelta = TimeDelta::hours(24);

impl Metrics {
    fn points(&self, now: DateTime<Utc>) -> Vec<Point> {
        let start = now - SPAN;
        let recent = self.points.iter().filter(|point| point.at >= start && point.at <= now);
        let place = |at: DateTime<Utc>| (at - start).num_seconds() * 1_000 / SPAN.num_seconds();
        recent
            .map(|point| Point {
                at: u32::try_from(place(point.at)).unwrap_or_default(),
                full: time::moment(point.at),
                values: [point.cpu, point.memory],
            })
            .collect()
    }

    /// The section that shows them.
    pub(super) fn card(&self, now: DateTime<Utc>) -> Markup {
        let points = self.points(now);
        let plot = Lines {
            id: "metrics-plot",
            title: "CPU and memory over the last day",
            names: ["CPU", "Memory"],
            points: &points,
            ends: ["24 hours ago", "now"],
        };
        let content = html! {
            @if points.is_empty() { p.muted { "Nothing was measured in the last day." } } @else {
                (plot)
                @if !self.disks.is_empty() {
                    dl.after {
                        @for disk in &self.disks {
                            dt { code { (disk.path) } }
                            dd { (percent(share(disk))) " of " (bytes(disk.total)) }
                        }
                    }
                }
            }
        };
        let cores = cores_words(self.cpu_millicores);
        let about = html! { (cores) " and " (bytes(self.memory_bytes)) " of memory" };
        let card = Card::padded("metrics", "Load", &content);
        html! { @if self.cpu_millicores > 0 { (card.about(about)) } @else { (card) } }
    }
}

fn share(disk: &Disk) -> u32 {
    let thousandths = u128::from(disk.used) * 1_000 / u128::from(disk.total.max(1));
    u32::try_from(thousandths.min(1_000)).unwrap_or(1_000)
}

fn cores_words(millicores: u64) -> String {
    let (cores, tenths) = (millicores / 1_000, millicores % 1_000 / 100);
    match (cores, tenths) {
        (1, 0) => "1 core".to_owned(),
        (cores, 0) => format!("{cores} cores"),
        (cores, tenths) => format!("{cores}.{tenths} cores"),
    }
}

/// A day of the samples, with an hour in which nothing was measured.
pub(super) fn sample() -> Metrics {
    let point = |minute: i64| Measured {
        at: gallery::now() - TimeDelta::minutes(minute * 6),
        cpu: 180 + u32::try_from(minute * 37 % 160).unwrap_or_default(),
        memory: 610 - u32::try_from(minute).unwrap_or_default(),
    };
    let disk = |path: &str, used, total| Disk { path: path.to_owned(), used, total };
    Metrics {
        points: (0..240).rev().filter(|minute| !(90..100).contains(minute)).map(point).collect(),
        cpu_millicores: 4_000,
        memory_bytes: 16_800_000_000,
        disks: vec![
            disk("/", 48_000_000_000, 120_000_000_000),
            disk("/data", 910_000_000_000, 1_000_000_000_000),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_placed_in_the_last_day() {
        let now = gallery::now();
        let at = |hours| Measured { at: now - TimeDelta::hours(hours), cpu: 1, memory: 2 };
        let metrics = Metrics { points: vec![at(25), at(24), at(12), at(0)], ..Metrics::default() };
        let places: Vec<u32> = metrics.points(now).iter().map(|point| point.at).collect();
        assert_eq!(places, [0, 500, 1_000]);
    }

    #[test]
    fn a_disk_without_size_is_no_trouble() {
        assert_eq!(share(&Disk { path: String::new(), used: u64::MAX, total: 0 }), 1_000);
        assert_eq!((cores_words(1_000), cores_words(2_500)), ("1 core".to_owned(), "2.5 cores".to_owned()));
    }
}
