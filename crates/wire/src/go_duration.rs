//! Durations on the wire, as Go writes them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

const SECOND: u64 = 1_000_000_000;

/// Units that Go reads, with their nanoseconds.
const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND),
    ("m", 60 * SECOND),
    ("h", 3_600 * SECOND),
];

/// A duration as Go's `time.ParseDuration` reads and `Duration.String` prints it: `5m0s`, `1.5s`, `300ms`. Up to about 292 years
/// either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, example = "5m0s")]
pub struct GoDuration(i64);

/// The text is no duration in Go's form, or too long a one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADuration;

impl fmt::Display for NotADuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a duration like 5m0s or 300ms")
    }
}

impl std::error::Error for NotADuration {}

impl GoDuration {
    /// A duration of so many nanoseconds.
    #[must_use]
    pub fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// A duration of so many seconds.
    #[must_use]
    pub fn from_seconds(seconds: u32) -> Self {
        Self(i64::from(seconds) * 1_000_000_000)
    }

    /// In nanoseconds; may be negative.
    #[must_use]
    pub fn nanoseconds(self) -> i64 {
        self.0
    }

    /// As a span of time; `None` if it is negative.
    #[must_use]
    pub fn span(self) -> Option<Duration> {
        u64::try_from(self.0).ok().map(Duration::from_nanos)
    }
}

impl FromStr for GoDuration {
    type Err = NotADuration;

    fn from_str(text: &str) -> Result<Self, NotADuration> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        if unsigned == "0" {
            return Ok(Self(0));
        }
        if unsigned.is_empty() {
            return Err(NotADuration);
        }
        let (mut sum, mut rest) = (0_u64, unsigned);
        while !rest.is_empty() {
            let (part, after) = take_part(rest).ok_or(NotADuration)?;
            sum = sum.checked_add(part).ok_or(NotADuration)?;
            rest = after;
        }
        let signed = if text.starts_with('-') {
            0_i64.checked_sub_unsigned(sum)
        } else {
            0_i64.checked_add_unsigned(sum)
        };
        signed.map(Self).ok_or(NotADuration)
    }
}

/// One number with its unit from the start of the text, in nanoseconds, and what follows.
fn take_part(text: &str) -> Option<(u64, &str)> {
    let (whole, rest) = take_digits(text);
    let (fraction, rest) = rest.strip_prefix('.').map_or(("", rest), take_digits);
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let end = rest.find(|one: char| one == '.' || one.is_ascii_digit()).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let (_, unit) = UNITS.iter().find(|(known, _)| *known == name)?;
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()?.checked_mul(*unit)? };
    Some((whole.checked_add(part_of(*unit, fraction))?, rest))
}

fn take_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|one: char| !one.is_ascii_digit()).unwrap_or(text.len()))
}

/// Decimals of a unit in nanoseconds, rounded down. No unit needs more than 13 of them, so far ones don't count.
fn part_of(unit: u64, decimals: &str) -> u64 {
    let (mut value, mut scale) = (0_u128, 1_u128);
    for digit in decimals.bytes().take(18) {
        value = value * 10 + u128::from(digit - b'0');
        scale *= 10;
    }
    u64::try_from(value * u128::from(unit) / scale).unwrap_or(u64::MAX)
}

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.0.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        match all {
            0 => return f.write_str("0s"),
            1..1_000 => return write!(f, "{all}ns"),
            1_000..1_000_000 => return write_decimal(f, all, 1_000, "µs"),
            1_000_000..SECOND => return write_decimal(f, all, 1_000_000, "ms"),
            _ => {}
        }
        let (hours, minutes) = (all / (3_600 * SECOND), all / (60 * SECOND) % 60);
        if hours > 0 {
            write!(f, "{hours}h")?;
        }
        if hours > 0 || minutes > 0 {
            write!(f, "{minutes}m")?;
        }
        write_decimal(f, all % (60 * SECOND), SECOND, "s")
    }
}

/// A number of units with as many decimals as it needs.
fn write_decimal(f: &mut fmt::Formatter<'_>, nanoseconds: u64, unit: u64, name: &str) -> fmt::Result {
    let digits = unit.ilog10() as usize;
    let decimals = format!("{:0digits$}", nanoseconds % unit);
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    write!(f, "{}{point}{decimals}{name}", nanoseconds / unit)
}

impl Serialize for GoDuration {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for GoDuration {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let refused = |_| D::Error::invalid_value(Unexpected::Str(&text), &"a duration like 5m0s or 300ms");
        text.parse().map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_printed_as_go_does() {
        for (text, nanoseconds, printed) in [
            ("5m0s", 300_000_000_000, "5m0s"),
            ("5m", 300_000_000_000, "5m0s"),
            ("0", 0, "0s"),
            ("-0", 0, "0s"),
            ("90s", 90_000_000_000, "1m30s"),
            ("1h", 3_600_000_000_000, "1h0m0s"),
            ("1h30m10.5s", 5_410_500_000_000, "1h30m10.5s"),
            ("300ms", 300_000_000, "300ms"),
            ("1500us", 1_500_000, "1.5ms"),
            ("1µs", 1_000, "1µs"),
            ("1μs", 1_000, "1µs"),
            ("17ns", 17, "17ns"),
            ("1001ns", 1_001, "1.001µs"),
            (".5s", 500_000_000, "500ms"),
            ("5.s", 5_000_000_000, "5s"),
            ("+1.000000001s", 1_000_000_001, "1.000000001s"),
            ("-1.5h", -5_400_000_000_000, "-1h30m0s"),
            ("0.3333333333333333333h", 1_199_999_999_999, "19m59.999999999s"),
            ("9223372036854775807ns", i64::MAX, "2562047h47m16.854775807s"),
            ("-9223372036854775808ns", i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            let read: GoDuration = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(read.nanoseconds(), nanoseconds, "{text}");
            assert_eq!(read.to_string(), printed, "{text}");
            assert_eq!(printed.parse(), Ok(read));
        }
    }

    #[test]
    fn other_text_is_no_duration() {
        for text in ["", "5", "s", ".s", "-", "+", "1 s", "5m 0s", "1d", "1.2.3s", "--1s", "1s5"] {
            assert_eq!(text.parse::<GoDuration>(), Err(NotADuration), "{text}");
        }
        for text in ["9223372036854775808ns", "3000000h", "99999999999999999999s"] {
            assert_eq!(text.parse::<GoDuration>(), Err(NotADuration), "{text}");
        }
        assert!(serde_json::from_str::<GoDuration>("300").is_err());
        assert_eq!("-1s".parse::<GoDuration>().unwrap().span(), None);
    }
}
