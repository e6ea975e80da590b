//! What one agent may ask of the hub, so that a single one that runs wild harms no other. Counted in this process.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use grantry_model::id::DeploymentTargetId;

use crate::error::{Error, Result};

/// Times that an agent may sign in, or that somebody may try to, in a minute.
pub const SIGN_INS_A_MINUTE: u32 = 5;
/// Requests of one agent in a minute.
pub const REQUESTS_A_MINUTE: u32 = 3_000;
/// Lines of logs of one agent in a minute.
pub const LINES_A_MINUTE: u32 = 5_000;
/// Bytes of logs of one agent in a minute.
pub const BYTES_A_MINUTE: u32 = 5_000_000;
/// Above this many remembered targets, those at rest are forgotten.
const REMEMBERED: usize = 50_000;

/// Counts what targets and their agents do.
pub(super) struct Throttle {
    sign_ins: DefaultKeyedRateLimiter<(DeploymentTargetId, Try)>,
    requests: DefaultKeyedRateLimiter<DeploymentTargetId>,
    logs: Mutex<HashMap<DeploymentTargetId, Budget>>,
}

/// Whether a sign-in was with the right secret. Wrong ones are counted apart, so that nobody who knows a target's id can keep its
/// agent out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Try {
    Right,
    Wrong,
}

/// What is left of the logs that a target may send. It may go below zero: what is larger than the whole is taken at once, and
/// paid for by waiting.
#[derive(Debug, Clone, Copy)]
struct Budget {
    at: DateTime<Utc>,
    lines: f64,
    bytes: f64,
}

impl Budget {
    fn full(at: DateTime<Utc>) -> Self {
        Self { at, lines: f64::from(LINES_A_MINUTE), bytes: f64::from(BYTES_A_MINUTE) }
    }

    fn refill(&mut self, now: DateTime<Utc>) {
        let minutes = (now - self.at).as_seconds_f64().max(0.0) / 60.0;
        let add = |left: f64, most: u32| (left + minutes * f64::from(most)).min(f64::from(most));
        *self = Self {
            at: self.at.max(now),
            lines: add(self.lines, LINES_A_MINUTE),
            bytes: add(self.bytes, BYTES_A_MINUTE),
        };
    }

    /// How long until something is left again.
    fn wait(&self) -> Duration {
        let minutes = |left: f64, most: u32| (-left).max(0.0) / f64::from(most);
        let minutes = minutes(self.lines, LINES_A_MINUTE).max(minutes(self.bytes, BYTES_A_MINUTE));
        Duration::from_secs_f64((minutes * 60.0).ceil().max(1.0))
    }

    fn is_spent(&self) -> bool {
        self.lines <= 0.0 || self.bytes <= 0.0
    }

    fn is_full(&self) -> bool {
        self.lines >= f64::from(LINES_A_MINUTE) && self.bytes >= f64::from(BYTES_A_MINUTE)
    }
}

fn per_minute(number: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN))
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            sign_ins: RateLimiter::keyed(per_minute(SIGN_INS_A_MINUTE)),
            requests: RateLimiter::keyed(per_minute(REQUESTS_A_MINUTE)),
            logs: Mutex::default(),
        }
    }
}

fn check<K: Clone + Eq + std::hash::Hash>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<()> {
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|refused| {
        let wait = refused.wait_time_from(DefaultClock::default().now());
        // Whole seconds go over the wire; a client that waits them must not be early.
        Error::Throttled { retry_after: Duration::from_secs(wait.as_secs() + 1) }
    })
}

impl Throttle {
    /// Counts a sign-in.
    ///
    /// # Errors
    /// [`Error::Throttled`]: one too many.
    pub(super) fn count_sign_in(&self, target: DeploymentTargetId, how: Try) -> Result<()> {
        check(&self.sign_ins, &(target, how))
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`Error::Throttled`]: one too many.
    pub(super) fn count_request(&self, target: DeploymentTargetId) -> Result<()> {
        check(&self.requests, &target)
    }

    /// Counts lines of logs, and says whether they may come.
    ///
    /// # Errors
    /// [`Error::Throttled`]: the target sent too much before; these lines are not counted.
    pub(super) fn count_logs(
        &self,
        target: DeploymentTargetId,
        (lines, bytes): (usize, usize),
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        if logs.len() > REMEMBERED {
            logs.retain(|_, budget| {
                budget.refill(now);
                !budget.is_full()
            });
        }
        let budget = logs.entry(target).or_insert_with(|| Budget::full(now));
        budget.refill(now);
        if budget.is_spent() {
            return Err(Error::Throttled { retry_after: budget.wait() });
        }
        let number = |count: usize| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
        budget.lines -= number(lines);
        budget.bytes -= number(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    const ONE: DeploymentTargetId = DeploymentTargetId(Uuid::from_u128(1));
    const OTHER: DeploymentTargetId = DeploymentTargetId(Uuid::from_u128(2));

    #[test]
    fn a_flood_waits_for_as_long_as_it_overdrew_and_harms_no_other() {
        let throttle = Throttle::default();
        let mut now = DateTime::UNIX_EPOCH;
        throttle.count_logs(ONE, (15_000, 10), now).unwrap();
        let Err(Error::Throttled { retry_after }) = throttle.count_logs(ONE, (1, 1), now) else { panic!() };
        assert_eq!(retry_after, Duration::from_secs(120), "10,000 lines too many");
        throttle.count_logs(OTHER, (1, 1), now).unwrap();
        now += TimeDelta::seconds(119);
        assert!(throttle.count_logs(ONE, (1, 1), now).is_err());
        now += TimeDelta::seconds(2);
        throttle.count_logs(ONE, (1, 1), now).unwrap();
    }

    #[test]
    fn bytes_count_like_lines() {
        let throttle = Throttle::default();
        let now = DateTime::UNIX_EPOCH;
        throttle.count_logs(ONE, (1, 5_000_000), now).unwrap();
        assert!(throttle.count_logs(ONE, (1, 1), now).is_err());
        throttle.count_logs(ONE, (1, 1), now + TimeDelta::seconds(1)).unwrap();
    }

    #[test]
    fn wrong_secrets_do_not_keep_the_right_one_out() {
        let throttle = Throttle::default();
        for _ in 0..SIGN_INS_A_MINUTE {
            throttle.count_sign_in(ONE, Try::Wrong).unwrap();
        }
        assert!(throttle.count_sign_in(ONE, Try::Wrong).is_err());
        throttle.count_sign_in(ONE, Try::Right).unwrap();
        throttle.count_sign_in(OTHER, Try::Wrong).unwrap();
    }
}
