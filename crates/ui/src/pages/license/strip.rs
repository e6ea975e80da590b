//! What ends in the coming twelve months, as a strip of bars.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use maud::{Markup, html};

use crate::components::badge::Tone;
use crate::components::card::Card;
use crate::components::plot::{Bar, Plot};
use crate::components::size::counted;

/// The strip: how many license keys and artifact entitlements end in each calendar month from that of `now` on.
pub(super) fn strip(keys: &[u64; 12], entitlements: &[u64; 12], now: DateTime<Utc>) -> Markup {
    let first = now.date_naive().with_day(1).unwrap_or_default();
    let both = keys.iter().zip(entitlements);
    let bars = both.zip(0..).map(|((keys, other), months)| bar(first, months, keys + other)).collect();
    let (keys, others) = (keys.iter().sum(), entitlements.iter().sum());
    let about = html! {
        (counted(keys, "license key", "license keys"))
        @if others > 0 { " and " (counted(others, "artifact entitlement", "artifact entitlements")) }
        ", by the month in which they end"
    };
    let title = "License keys and entitlements that end, by month";
    let plot = Plot { id: "expiries", title, unit: "Month", bars };
    html! { (Card::padded("strip", "Expiring in the next twelve months", &html! { (plot) }).about(about)) }
}

fn bar(first: NaiveDate, months: u32, value: u64) -> Bar {
    let month = first.checked_add_months(Months::new(months)).unwrap_or(first);
    let tone = if months == 0 && value > 0 { Tone::Warning } else { Tone::Neutral };
    Bar { label: month.format("%b").to_string(), full: month.format("%B %Y").to_string(), value, tone }
}
