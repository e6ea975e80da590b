//! A license token taken apart for reading. Nothing is verified here: the hub shows only tokens that it signed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// Claim names that a payload must not use, as in the token's specification.
pub const RESERVED: [&str; 9] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "org", "lic"];

/// Header and claims of a token.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// All claims in their order.
    pub claims: Map<String, Value>,
}

impl Decoded {
    /// Takes a token apart; `None` if it is not one.
    pub fn of(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let header = object(parts.next()?)?;
        let claims = object(parts.next()?)?;
        Some(Self { header, claims })
    }

    /// The vendor's own claims, without the registered ones.
    pub fn payload(&self) -> Map<String, Value> {
        let own = self.claims.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str()));
        own.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A claim's value on one line: texts bare, lists joined, the rest as JSON.
pub fn phrase(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(phrase).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// The first claims of a payload in a few words, such as “seats 250 · plan enterprise”.
pub fn summary(payload: &str) -> String {
    let Ok(claims) = serde_json::from_str::<Map<String, Value>>(payload) else { return String::new() };
    let short = |(name, value): (&String, &Value)| match value {
        Value::Array(items) => format!("{name} {}", items.len()),
        Value::Object(members) => format!("{name} {}", members.len()),
        other => format!("{name} {}", cut(&phrase(other))),
    };
    let mut words: Vec<String> = claims.iter().take(3).map(short).collect();
    if claims.len() > 3 {
        words.push(format!("{} more", claims.len() - 3));
    }
    words.join(" · ")
}

/// What differs between two payloads, claim by claim, such as “seats 100 → 250”.
pub fn changes(old: &str, new: &str) -> Vec<String> {
    let members = |text| serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default();
    let (old, new) = (members(old), members(new));
    let flat = |value: &Value| !value.is_array() && !value.is_object();
    let mut words: Vec<String> = new
        .iter()
        .filter_map(|(name, value)| match old.get(name) {
            None => Some(format!("{name} added")),
            Some(before) if before == value => None,
            Some(before) if flat(before) && flat(value) => {
                Some(format!("{name} {} → {}", cut(&phrase(before)), cut(&phrase(value))))
            }
            Some(_) => Some(format!("{name} changed")),
        })
        .collect();
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    words.extend(gone.map(|name| format!("{name} removed")));
    words
}

fn cut(text: &str) -> String {
    let short: String = text.chars().take(24).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// A payload on several lines, as the editor and the comparison show it; unchanged if it is not JSON.
pub fn pretty(payload: &str) -> String {
    let parsed = serde_json::from_str::<Value>(payload).ok();
    parsed.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| payload.to_owned())
}

/// How a deployment's template names a license key.
pub fn reference(name: &str) -> String {
    let mut characters = name.chars();
    let starts = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if starts && characters.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return format!("{{{{ .LicenseKeys.{name} }}}}");
    }
    // A Go string literal; JSON's escapes are a subset of what Go reads.
    let quoted = Value::String(name.to_owned()).to_string();
    format!("{{{{ index .LicenseKeys {quoted} }}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_identifiers_are_indexed() {
        assert_eq!(reference("FLEET_MAIN"), "{{ .LicenseKeys.FLEET_MAIN }}");
        assert_eq!(reference("My \"Key\""), r#"{{ index .LicenseKeys "My \"Key\"" }}"#);
        assert_eq!(reference("2nd"), r#"{{ index .LicenseKeys "2nd" }}"#);
        assert_eq!(reference("größe"), r#"{{ index .LicenseKeys "größe" }}"#);
    }

    #[test]
    fn garbage_is_not_decoded() {
        for garbage in ["", ".", "a.b.c", "e30", "e30.W10.x"] {
            assert_eq!(Decoded::of(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn changes_are_told_claim_by_claim() {
        let old = r#"{"seats":100,"plan":"pro","m":[1],"gone":1}"#;
        let new = r#"{"plan":"pro","seats":250,"m":[1,2],"new":{}}"#;
        assert_eq!(changes(old, new), ["seats 100 → 250", "m changed", "new added", "gone removed"]);
        assert!(changes(old, old).is_empty());
    }

    #[test]
    fn a_summary_names_the_first_claims() {
        assert_eq!(
            summary(r#"{"seats":250,"plan":"pro","m":[1,2],"x":1}"#),
            "seats 250 · plan pro · m 2 · 1 more"
        );
        assert_eq!(summary("nonsense"), "");
    }
}
