//! Lines of logs: what deployed containers print, and what agents say of themselves.

use chrono::{DateTime, TimeDelta, Utc};

use crate::id::{DeploymentId, DeploymentRevisionId, DeploymentTargetId, LogLineId};

/// How long lines are kept.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(7);
/// Most lines that are kept of a resource of a deployment.
pub const MAX_OF_RESOURCE: u32 = 10_000;
/// Most lines that are kept of an agent's own log.
pub const MAX_OF_TARGET: u32 = 5_000;
/// Most resources of a deployment whose lines are kept.
pub const MAX_RESOURCES: u32 = 200;
/// Most bytes that are kept of a line.
pub const MAX_BODY: usize = 16 * 1024;
/// Most bytes of a resource's name and of a severity.
pub const MAX_NAME: usize = 200;
/// How far in the future a line may be before its clock is taken to be wrong.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// How coarse a clock may be: lines of one batch that are apart by less are in the order in which they came.
const COARSE: TimeDelta = TimeDelta::seconds(1);
/// What instead of a secret stands in a line.
pub const MASK: &str = "********";

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its id, which sorts lines by time.
    pub id: LogLineId,
    /// Which log it is of.
    pub source: LogSource,
    /// When it was printed.
    pub at: DateTime<Utc>,
    /// The stream or level: `Log`, `Err`, `stdout`, `stderr`, `info`, …
    pub severity: String,
    /// The line itself, without what is secret.
    pub body: String,
}

/// Which log a line is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogSource {
    /// A container or workload of a deployment.
    Deployment {
        /// The deployment.
        deployment: DeploymentId,
        /// The revision that was in force.
        revision: DeploymentRevisionId,
        /// The container or workload.
        resource: String,
    },
    /// The agent itself.
    Agent(DeploymentTargetId),
}

/// The time of a line as the hub keeps it. Clocks of agents may be wrong: a time in the future, or from before what is kept, is
/// taken to be now. Lines of one batch and resource that are not later than the one before, `last`, because of that or because
/// their clock is coarse, follow it by a microsecond, so that they stay in order.
pub fn settle(said: DateTime<Utc>, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    let is_credible = said <= now + AHEAD && said > now - KEPT_FOR;
    let at = if is_credible { said } else { now };
    match last {
        Some(last) if at <= last && (!is_credible || last - at < COARSE) => last + TimeDelta::microseconds(1),
        _ => at,
    }
}

/// The text up to so many bytes, cut between characters and without NULs, which no database stores.
pub fn cut(text: &str, most: usize) -> String {
    let mut text = text.replace('\0', "");
    text.truncate(text.floor_char_boundary(most));
    text
}

/// Which lines somebody wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogWindow {
    /// Only from this moment on.
    pub after: Option<DateTime<Utc>>,
    /// Only before this moment.
    pub before: Option<DateTime<Utc>>,
    /// In which order.
    pub order: LogOrder,
}

/// In which order lines are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogOrder {
    /// The newest first.
    #[default]
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_credible_time_is_kept_and_another_is_now() {
        let now = time("2026-11-24T12:00:00Z");
        for (said, kept) in [
            ("2026-11-24T11:59:00.5Z", "2026-11-24T11:59:00.5Z"),
            ("2026-11-24T12:05:00Z", "2026-11-24T12:05:00Z"),
            ("2026-11-24T12:05:01Z", "2026-11-24T12:00:00Z"),
            ("2026-11-17T12:00:01Z", "2026-11-17T12:00:01Z"),
            ("2026-11-17T12:00:00Z", "2026-11-24T12:00:00Z"),
            ("1970-01-01T00:00:00Z", "2026-11-24T12:00:00Z"),
            ("9999-12-31T23:59:59Z", "2026-11-24T12:00:00Z"),
        ] {
            assert_eq!(settle(time(said), None, now), time(kept), "{said}");
        }
    }

    #[test]
    fn lines_of_a_wrong_or_coarse_clock_stay_in_order() {
        let now = time("2026-11-24T12:00:00Z");
        for clock in ["1970-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "2026-11-24T11:00:00Z"] {
            let mut last = None;
            for _ in 0..5 {
                let at = settle(time(clock), last, now);
                assert!(last.is_none_or(|last| last < at), "{clock}");
                last = Some(at);
            }
        }
        let earlier = settle(time("2026-11-24T11:00:00Z"), Some(time("2026-11-24T11:30:00Z")), now);
        assert_eq!(earlier, time("2026-11-24T11:00:00Z"), "two containers of one service print apart");
    }

    #[test]
    fn a_cut_is_between_characters() {
        assert_eq!(cut("a\0bc", 2), "ab");
        assert_eq!(cut("äää", 3), "ä");
        assert_eq!(cut("ä", 100), "ä");
    }
}
