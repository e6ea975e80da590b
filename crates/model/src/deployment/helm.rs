//! How Helm goes about an installation or upgrade.

use std::str::FromStr;

/// Options of Helm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HelmOptions {
    /// How long to wait for it to come up.
    pub timeout: Timeout,
    /// What to wait for.
    pub wait_strategy: WaitStrategy,
    /// Whether a failed upgrade goes back to what ran before.
    pub rollback_on_failure: bool,
    /// Whether a failed upgrade deletes what it made.
    pub cleanup_on_failure: bool,
    /// Whether fields that others manage are taken over.
    pub force_conflicts: bool,
}

/// What Helm waits for, by its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WaitStrategy {
    /// Until all resources say that they are ready.
    Watcher,
    /// As Helm 3 did.
    Legacy,
    /// For hooks only.
    HookOnly,
}

impl WaitStrategy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Watcher, Self::Legacy, Self::HookOnly];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Watcher => "watcher",
            Self::Legacy => "legacy",
            Self::HookOnly => "hookOnly",
        }
    }
}

/// A text that names no strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a wait strategy is watcher, legacy or hookOnly")]
pub struct UnknownStrategy;

impl FromStr for WaitStrategy {
    type Err = UnknownStrategy;

    fn from_str(text: &str) -> Result<Self, UnknownStrategy> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(UnknownStrategy)
    }
}

/// How long Helm waits: more than nothing, and a day at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Timeout(i64);

/// A day, in nanoseconds.
const DAY: i64 = 24 * 3600 * 1_000_000_000;

/// No time to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a timeout is more than nothing and at most 24 hours, for example 5m0s")]
pub struct TimeoutOutOfRange;

impl TryFrom<i64> for Timeout {
    type Error = TimeoutOutOfRange;

    /// From nanoseconds.
    fn try_from(nanoseconds: i64) -> Result<Self, TimeoutOutOfRange> {
        if (1..=DAY).contains(&nanoseconds) { Ok(Self(nanoseconds)) } else { Err(TimeoutOutOfRange) }
    }
}

/// To nanoseconds.
impl From<Timeout> for i64 {
    fn from(timeout: Timeout) -> Self {
        timeout.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_a_day_at_most() {
        for (nanoseconds, is_right) in [(-1, false), (0, false), (1, true), (DAY, true), (DAY + 1, false)] {
            assert_eq!(Timeout::try_from(nanoseconds).is_ok(), is_right, "{nanoseconds}");
        }
    }

    #[test]
    fn options_are_kept_by_the_words_of_the_wire() {
        let options = HelmOptions {
            timeout: Timeout(300_000_000_000),
            wait_strategy: WaitStrategy::HookOnly,
            rollback_on_failure: true,
            cleanup_on_failure: false,
            force_conflicts: false,
        };
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(
            text,
            r#"{"timeout":300000000000,"waitStrategy":"hookOnly","rollbackOnFailure":true,"cleanupOnFailure":false,"forceConflicts":false}"#
        );
        assert_eq!(serde_json::from_str::<HelmOptions>(&text).unwrap(), options);
        for strategy in WaitStrategy::ALL {
            assert_eq!(strategy.as_str().parse(), Ok(strategy));
        }
    }
}
