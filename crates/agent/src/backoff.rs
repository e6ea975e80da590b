//! How long to wait after failures.

use std::time::Duration;

use tokio::time::Instant;

/// Waits that double from a first to a longest one, each shortened at random by up to a quarter, so that agents that failed together
/// do not come back together.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
    not_before: Option<Instant>,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failures: 0, not_before: None }
    }

    /// Whether it may be tried now.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        self.not_before.is_none_or(|moment| now >= moment)
    }

    /// It failed. `asked` is how long the other side wants us to wait at least.
    pub(crate) fn fail(&mut self, now: Instant, asked: Option<Duration>) {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(self.failures.min(16)));
        let wait = shorten(doubled.min(self.longest), random_byte());
        // A day is more than any honest server asks for.
        let asked = asked.unwrap_or_default().min(Duration::from_hours(24));
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(now + wait.max(asked));
    }

    /// It went well, or is something new.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
        self.not_before = None;
    }

    /// When it may be tried again.
    pub(crate) fn ends(&self) -> Option<Instant> {
        self.not_before
    }

    /// How often it failed in a row.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }
}

/// Three quarters to all of a wait.
fn shorten(wait: Duration, random: u8) -> Duration {
    wait - wait * u32::from(random) / (4 * 256)
}

fn random_byte() -> u8 {
    let mut byte = [0];
    // Without randomness all waits are full ones, which is fine too.
    match getrandom::fill(&mut byte) {
        Ok(()) => byte[0],
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait_after(backoff: &mut Backoff, now: Instant, asked: Option<Duration>) -> Duration {
        backoff.fail(now, asked);
        backoff.not_before.unwrap() - now
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let now = Instant::now();
        let mut backoff = Backoff::new(Duration::from_secs(5), Duration::from_secs(300));
        for full in [5, 10, 20, 40, 80, 160, 300, 300, 300] {
            let wait = wait_after(&mut backoff, now, None);
            let full = Duration::from_secs(full);
            assert!(wait <= full && wait >= full * 3 / 4, "{wait:?} of {full:?}");
            assert!(!backoff.is_over(now) && backoff.is_over(now + full));
        }
        assert_eq!(backoff.failures(), 9);
        backoff.reset();
        assert!(backoff.is_over(now) && backoff.failures() == 0);
    }

    #[test]
    fn the_other_side_may_ask_for_more_but_not_for_ever() {
        let now = Instant::now();
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
        assert_eq!(wait_after(&mut backoff, now, Some(Duration::from_secs(90))), Duration::from_secs(90));
        assert_eq!(wait_after(&mut backoff, now, Some(Duration::MAX)), Duration::from_hours(24));
    }

    #[test]
    fn many_failures_overflow_nothing() {
        let mut backoff =
            Backoff { failures: u32::MAX, ..Backoff::new(Duration::MAX, Duration::from_secs(60)) };
        assert!(wait_after(&mut backoff, Instant::now(), None) <= Duration::from_secs(60));
    }
}
