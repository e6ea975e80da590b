//! How Helm goes about an installation or upgrade.

use std::fmt;
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

/// A time to wait, written as Go writes durations: `5m0s`. More than nothing, and a day at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timeout {
    nanoseconds: u64,
}

const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 24 * 3600 * SECOND;

/// A text that is no timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a timeout is a duration of at most 24 hours, for example 5m0s or 90s")]
pub struct MalformedTimeout;

impl FromStr for Timeout {
    type Err = MalformedTimeout;

    /// Reads what Go's `time.ParseDuration` reads: decimal numbers, each with a unit.
    fn from_str(text: &str) -> Result<Self, MalformedTimeout> {
        let mut rest = text.strip_prefix('+').unwrap_or(text);
        let mut total: u64 = 0;
        if rest.is_empty() || text.len() > 64 {
            return Err(MalformedTimeout);
        }
        while !rest.is_empty() {
            let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
            let (number, after) = rest.split_at(end.ok_or(MalformedTimeout)?);
            let end =
                after.find(|letter: char| letter.is_ascii_digit() || letter == '.').unwrap_or(after.len());
            let (unit, after) = after.split_at(end);
            total = total.checked_add(part(number, unit).ok_or(MalformedTimeout)?).ok_or(MalformedTimeout)?;
            rest = after;
        }
        if total == 0 || total > DAY { Err(MalformedTimeout) } else { Ok(Self { nanoseconds: total }) }
    }
}

/// A number with its unit, in nanoseconds. What is finer is cut off.
fn part(number: &str, unit: &str) -> Option<u64> {
    let unit = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => SECOND,
        "m" => 60 * SECOND,
        "h" => 3600 * SECOND,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || fraction.len() > 18 {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let fraction: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let fraction = u64::try_from(fraction * u128::from(unit) / scale).ok()?;
    whole.checked_mul(unit)?.checked_add(fraction)
}

/// As Go's `Duration.String` writes it.
impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = |f: &mut fmt::Formatter<'_>, value: u64, unit: u64, name: &str| {
            write!(f, "{}", value / unit)?;
            let width = unit.ilog10() as usize;
            let fraction = format!("{:0width$}", value % unit);
            let fraction = fraction.trim_end_matches('0');
            if width > 0 && !fraction.is_empty() {
                write!(f, ".{fraction}")?;
            }
            f.write_str(name)
        };
        match self.nanoseconds {
            value @ 0..1_000 => decimal(f, value, 1, "ns"),
            value @ 1_000..1_000_000 => decimal(f, value, 1_000, "µs"),
            value @ 1_000_000..SECOND => decimal(f, value, 1_000_000, "ms"),
            value => {
                let minutes = value / (60 * SECOND);
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(f, "{}m", minutes % 60)?;
                }
                decimal(f, value % (60 * SECOND), SECOND, "s")
            }
        }
    }
}

impl From<Timeout> for String {
    fn from(timeout: Timeout) -> Self {
        timeout.to_string()
    }
}

impl TryFrom<String> for Timeout {
    type Error = MalformedTimeout;

    fn try_from(text: String) -> Result<Self, MalformedTimeout> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_and_written_as_go_does() {
        for (text, written) in [
            ("5m0s", "5m0s"),
            ("5m", "5m0s"),
            ("90s", "1m30s"),
            ("1h", "1h0m0s"),
            ("1.5s", "1.5s"),
            ("1.5h", "1h30m0s"),
            (".5m", "30s"),
            ("1500ms", "1.5s"),
            ("500ms", "500ms"),
            ("1us", "1µs"),
            ("1500ns", "1.5µs"),
            ("24h", "24h0m0s"),
            ("1h2m3s4ms", "1h2m3.004s"),
        ] {
            let timeout: Timeout = text.parse().unwrap();
            assert_eq!(timeout.to_string(), written, "{text}");
            assert_eq!(written.parse(), Ok(timeout), "{text}");
        }
        for bad in [
            "",
            "0",
            "0s",
            "5",
            "5 m",
            "-5m",
            "m",
            "1.2.3s",
            ".s",
            "25h",
            "1d",
            "5m0",
            "99999999999999999999h",
            "+",
        ] {
            assert_eq!(bad.parse::<Timeout>(), Err(MalformedTimeout), "{bad}");
        }
    }

    #[test]
    fn options_are_kept_by_the_words_of_the_wire() {
        let options = HelmOptions {
            timeout: "5m".parse().unwrap(),
            wait_strategy: WaitStrategy::HookOnly,
            rollback_on_failure: true,
            cleanup_on_failure: false,
            force_conflicts: false,
        };
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(
            text,
            r#"{"timeout":"5m0s","waitStrategy":"hookOnly","rollbackOnFailure":true,"cleanupOnFailure":false,"forceConflicts":false}"#
        );
        assert_eq!(serde_json::from_str::<HelmOptions>(&text).unwrap(), options);
        for strategy in WaitStrategy::ALL {
            assert_eq!(strategy.as_str().parse(), Ok(strategy));
        }
    }
}
