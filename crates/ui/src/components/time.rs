//! Times: relative in the text, absolute in the tooltip. The server writes UTC; script turns it into the reader's zone.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

/// A day, such as “8 Dec 2026”.
pub fn date(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y").to_string()
}

/// A moment, such as “8 Dec 2026, 09:12 UTC”.
pub fn moment(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

/// The distance from now in plain words, such as “in 12 days” or “5 minutes ago”.
pub fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (at - now).num_seconds();
    let (distance, future) = (seconds.unsigned_abs(), seconds > 0);
    let (count, unit) = match distance {
        0..45 => return if future { "in a moment".to_owned() } else { "just now".to_owned() },
        45..3_570 => (rounded(distance, 60), "minute"),
        3_570..84_600 => (rounded(distance, 3_600), "hour"),
        84_600..5_184_000 => (rounded(distance, 86_400), "day"),
        // Months and years are rounded down: what ends “in 11 months” must not end in ten and a half.
        5_184_000..63_072_000 => ((distance + 86_400) / 2_629_746, "month"),
        _ => ((distance + 172_800) / 31_556_952, "year"),
    };
    let (count, plural) = (count.max(1), if count > 1 { "s" } else { "" });
    match (future, count, unit) {
        (true, 1, "day") => "tomorrow".to_owned(),
        (false, 1, "day") => "yesterday".to_owned(),
        (true, ..) => format!("in {count} {unit}{plural}"),
        (false, ..) => format!("{count} {unit}{plural} ago"),
    }
}

fn rounded(distance: u64, unit: u64) -> u64 {
    (distance + unit / 2) / unit
}

/// A moment in relative words with its absolute form as tooltip.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> Markup {
    html! { time datetime=(at.to_rfc3339()) title=(moment(at)) data-time="tooltip" { (relative(at, now)) } }
}

/// A day with the moment as tooltip.
pub fn day(at: DateTime<Utc>) -> Markup {
    html! { time datetime=(at.to_rfc3339()) title=(moment(at)) data-time="date" { (date(at)) } }
}

/// A moment in full.
pub fn full(at: DateTime<Utc>) -> Markup {
    html! { time datetime=(at.to_rfc3339()) title=(moment(at)) data-time="full" { (moment(at)) } }
}

/// Relative words with the day beneath, for cells of a table.
pub fn stacked(at: DateTime<Utc>, now: DateTime<Utc>) -> Markup {
    html! { (ago(at, now)) span.sub { (date(at)) } }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn distances_read_as_a_person_would_say_them() {
        let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        let cases = [
            (0, "just now"),
            (-44, "just now"),
            (10, "in a moment"),
            (-60, "1 minute ago"),
            (-3_500, "58 minutes ago"),
            (3_600, "in 1 hour"),
            (-7_300, "2 hours ago"),
            (86_400, "tomorrow"),
            (-86_400, "yesterday"),
            (12 * 86_400, "in 12 days"),
            (-45 * 86_400, "45 days ago"),
            (97 * 86_400, "in 3 months"),
            (341 * 86_400, "in 11 months"),
            (365 * 86_400, "in 12 months"),
            (700 * 86_400, "in 23 months"),
            (730 * 86_400, "in 2 years"),
            (-800 * 86_400, "2 years ago"),
        ];
        for (seconds, words) in cases {
            assert_eq!(relative(now + TimeDelta::seconds(seconds), now), words);
        }
    }
}
