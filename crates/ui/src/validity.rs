//! Where a validity window stands at a given moment, in the words of the pages.

use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, html};

use crate::components::badge::{Badge, Tone};
use crate::components::time::{self, date, relative};

/// From this long before its end a window counts as expiring soon.
pub const SOON: TimeDelta = TimeDelta::days(30);

/// The window in which a license token is valid, and the grace that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Valid from.
    pub not_before: DateTime<Utc>,
    /// Valid until.
    pub expires_at: DateTime<Utc>,
    /// How long after its end applications should go on and warn; zero for none.
    pub grace: TimeDelta,
}

/// Where a window stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It starts later.
    NotYet,
    /// It runs and does not end soon.
    Valid,
    /// It runs and ends within [`SOON`].
    ExpiringSoon,
    /// It has ended and the grace runs.
    Grace,
    /// It has ended.
    Expired,
}

impl Window {
    /// Where the window stands at `now`.
    pub fn at(&self, now: DateTime<Utc>) -> Validity {
        if now < self.not_before {
            Validity::NotYet
        } else if now < self.expires_at {
            if self.expires_at - now <= SOON { Validity::ExpiringSoon } else { Validity::Valid }
        } else if now < self.expires_at.checked_add_signed(self.grace).unwrap_or(DateTime::<Utc>::MAX_UTC) {
            Validity::Grace
        } else {
            Validity::Expired
        }
    }

    /// The state as a badge of one or two words.
    pub fn short_badge(&self, now: DateTime<Utc>) -> Badge {
        let (tone, words) = match self.at(now) {
            Validity::NotYet => (Tone::Info, "Not yet valid"),
            Validity::Valid => (Tone::Good, "Valid"),
            Validity::ExpiringSoon => (Tone::Warning, "Expiring soon"),
            Validity::Grace => (Tone::Warning, "In grace"),
            Validity::Expired => (Tone::Bad, "Expired"),
        };
        Badge::new(tone, words)
    }

    /// The state as a badge, such as “Expires in 12 days”.
    pub fn badge(&self, now: DateTime<Utc>) -> Badge {
        let until = relative(self.expires_at, now);
        match self.at(now) {
            Validity::NotYet => Badge::new(Tone::Info, format!("Valid from {}", date(self.not_before))),
            Validity::Valid => Badge::new(Tone::Good, format!("Valid until {}", date(self.expires_at))),
            Validity::ExpiringSoon => Badge::new(Tone::Warning, format!("Expires {until}")),
            Validity::Grace => Badge::new(Tone::Warning, format!("Expired {until}, in grace")),
            Validity::Expired => Badge::new(Tone::Bad, format!("Expired {until}")),
        }
    }
}

/// The window of what holds from ever on until a moment, or for ever.
fn until_window(until: Option<DateTime<Utc>>) -> Window {
    let (not_before, never) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    Window { not_before, expires_at: until.unwrap_or(never), grace: TimeDelta::zero() }
}

/// Where something stands that holds until a moment, or for ever.
pub fn until_state(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Validity {
    until_window(until).at(now)
}

/// The same as a badge of one or two words.
pub fn until_badge(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Badge {
    until_window(until).short_badge(now)
}

/// The same as a badge that says when it ends.
pub fn until_phrase(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Badge {
    match until {
        Some(_) => until_window(until).badge(now),
        None => Badge::new(Tone::Good, "Never ends"),
    }
}

/// Until when, as the cell of a table: state, then distance and day.
pub fn until_cell(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Markup {
    html! {
        (until_badge(until, now))
        span.sub.wrap {
            @match until { Some(at) => { (time::day(at)) " · " (relative(at, now)) } None => "never ends" }
        }
    }
}

/// A grace in words, such as “14 days”; `None` for no grace.
pub fn grace_words(grace: TimeDelta) -> Option<String> {
    let (days, hours) = (grace.num_days(), grace.num_hours());
    match (days, hours, grace.num_seconds()) {
        (_, _, 0) => None,
        (1, 24, _) => Some("1 day".to_owned()),
        (days, hours, _) if days > 0 && hours % 24 == 0 => Some(format!("{days} days")),
        (_, hours, _) if hours > 0 => Some(format!("{hours} hours")),
        (_, _, seconds) => Some(format!("{seconds} seconds")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_passes_through_its_states() {
        let start = DateTime::<Utc>::UNIX_EPOCH;
        let window =
            Window { not_before: start, expires_at: start + TimeDelta::days(100), grace: TimeDelta::days(5) };
        let cases = [
            (-1, Validity::NotYet),
            (0, Validity::Valid),
            (69, Validity::Valid),
            (70, Validity::ExpiringSoon),
            (100, Validity::Grace),
            (104, Validity::Grace),
            (105, Validity::Expired),
        ];
        for (day, state) in cases {
            assert_eq!(window.at(start + TimeDelta::days(day)), state, "day {day}");
        }
    }

    #[test]
    fn grace_is_said_in_the_largest_whole_unit() {
        assert_eq!(grace_words(TimeDelta::zero()), None);
        assert_eq!(grace_words(TimeDelta::days(1)).as_deref(), Some("1 day"));
        assert_eq!(grace_words(TimeDelta::hours(36)).as_deref(), Some("36 hours"));
        assert_eq!(grace_words(TimeDelta::seconds(90)).as_deref(), Some("90 seconds"));
    }
}
