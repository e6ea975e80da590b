//! A guard against a clock that is turned back to make a license last longer.

use thiserror::Error;

/// Remembers the highest time it was shown and reports when the clock goes back behind it.
///
/// The application keeps [`highest`](Self::highest) wherever it keeps its state, and decides what a clock that moved back
/// means to it: a machine with an empty battery is as likely as a fraud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockGuard {
    highest: Option<i64>,
    leeway: u32,
}

impl ClockGuard {
    /// A guard that has seen no time yet and tolerates `leeway` seconds of moving back.
    #[must_use]
    pub const fn new(leeway: u32) -> Self {
        Self { highest: None, leeway }
    }

    /// A guard that goes on from the highest time an earlier one has seen, in seconds since 1970.
    #[must_use]
    pub const fn resume(highest: i64, leeway: u32) -> Self {
        Self { highest: Some(highest), leeway }
    }

    /// The highest time seen, in seconds since 1970, to be kept for [`resume`](Self::resume).
    #[must_use]
    pub const fn highest(&self) -> Option<i64> {
        self.highest
    }

    /// Takes notice of the time now, in seconds since 1970.
    ///
    /// # Errors
    /// [`ClockMovedBack`] if `now` is before the highest time seen by more than the leeway. The highest time stays.
    pub fn observe(&mut self, now: i64) -> Result<(), ClockMovedBack> {
        match self.highest {
            Some(highest) if now.saturating_add(i64::from(self.leeway)) < highest => {
                Err(ClockMovedBack { now, highest })
            }
            highest => {
                self.highest = highest.max(Some(now));
                Ok(())
            }
        }
    }
}

/// The clock shows an earlier time than it did before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the clock was moved back: it shows {now}, but it has shown {highest} before")]
pub struct ClockMovedBack {
    /// The time that was shown, in seconds since 1970.
    pub now: i64,
    /// The highest time seen before, in seconds since 1970.
    pub highest: i64,
}

impl ClockMovedBack {
    /// The name of this error in every language.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        "clock_moved_back"
    }
}

#[cfg(test)]
mod tests {
    use super::{ClockGuard, ClockMovedBack};

    #[test]
    fn clock_may_go_back_by_the_leeway_and_no_further() {
        let mut guard = ClockGuard::new(60);
        assert_eq!(guard.highest(), None);
        assert_eq!(guard.observe(1000), Ok(()));
        assert_eq!(guard.observe(940), Ok(()));
        assert_eq!(guard.observe(939), Err(ClockMovedBack { now: 939, highest: 1000 }));
        assert_eq!(guard.highest(), Some(1000));
        assert_eq!(guard.observe(2000), Ok(()));
        assert_eq!(ClockGuard::resume(2000, 0).observe(1999).map_err(|e| e.name()), Err("clock_moved_back"));
        assert_eq!(ClockGuard::resume(i64::MIN, 0).observe(i64::MAX), Ok(()));
        assert_eq!(ClockGuard::new(60).observe(i64::MAX), Ok(()));
    }
}
