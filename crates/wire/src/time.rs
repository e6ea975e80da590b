//! Times on the wire.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// A moment: RFC 3339, UTC, up to microseconds and without trailing zeros going out; any offset coming in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-24T12:00:00Z")]
pub struct Time(pub DateTime<Utc>);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.timestamp_subsec_micros() == 0 {
            return f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Secs, true));
        }
        let text = self.0.to_rfc3339_opts(SecondsFormat::Micros, true);
        write!(f, "{}Z", text.trim_end_matches('Z').trim_end_matches('0'))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Rfc3339;

        impl Visitor<'_> for Rfc3339 {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time as in RFC 3339, for example 2026-11-24T12:00:00Z")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
                let parsed = DateTime::parse_from_rfc3339(text);
                parsed
                    .map(|time| Time(time.to_utc()))
                    .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        from.deserialize_str(Rfc3339)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_without_trailing_zeros() {
        for (text, expected) in [
            ("2026-07-31T12:00:00.123456Z", "2026-07-31T12:00:00.123456Z"),
            ("2026-07-31T12:00:00.120000Z", "2026-07-31T12:00:00.12Z"),
            ("2026-07-31T12:00:00Z", "2026-07-31T12:00:00Z"),
            ("2026-07-31T14:00:00+02:00", "2026-07-31T12:00:00Z"),
        ] {
            let time: Time = serde_json::from_value(text.into()).unwrap();
            assert_eq!(time.to_string(), expected);
        }
        for text in ["2026-07-31", "", "yesterday", "2026-07-31T12:00:00"] {
            assert!(serde_json::from_value::<Time>(text.into()).is_err(), "{text}");
        }
    }
}
