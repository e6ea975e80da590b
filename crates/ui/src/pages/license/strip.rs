//! What ends in the coming twelve months, as a strip of bars.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use maud::{Markup, html};

use crate::components::badge::Tone;
use crate::components::card::Card;
use crate::components::plot::{Bar, Plot};
use crate::components::size::counted;

/// How many end in each of twelve calendar months.
pub(super) struct Ending {
    /// License keys.
    pub(super) keys: [u64; 12],
    /// Application entitlements.
    pub(super) applications: [u64; 12],
    /// Artifact entitlements.
    pub(super) artifacts: [u64; 12],
}

impl Ending {
    /// The strip, whose first month is that of `now`.
    pub(super) fn strip(&self, now: DateTime<Utc>) -> Markup {
        let first = now.date_naive().with_day(1).unwrap_or_default();
        let sums = self.keys.iter().zip(&self.applications).zip(&self.artifacts);
        let bars = sums.zip(0..).map(|(((a, b), c), months)| bar(first, months, a + b + c)).collect();
        let sum = |counts: &[u64; 12]| counts.iter().sum::<u64>();
        let (applications, artifacts) = (sum(&self.applications), sum(&self.artifacts));
        let about = html! {
            (counted(sum(&self.keys), "license key", "license keys"))
            @if applications > 0 { ", " (counted(applications, "application entitlement", "application entitlements")) }
            @if artifacts > 0 { ", " (counted(artifacts, "artifact entitlement", "artifact entitlements")) }
            ", by the month in which they end"
        };
        let title = "License keys and entitlements that end, by month";
        let plot = Plot { id: "expiries", title, unit: "Month", bars };
        html! { (Card::padded("strip", "Expiring in the next twelve months", &html! { (plot) }).about(about)) }
    }
}

fn bar(first: NaiveDate, months: u32, value: u64) -> Bar {
    let month = first.checked_add_months(Months::new(months)).unwrap_or(first);
    let tone = if months == 0 && value > 0 { Tone::Warning } else { Tone::Neutral };
    Bar { label: month.format("%b").to_string(), full: month.format("%B %Y").to_string(), value, tone }
}
