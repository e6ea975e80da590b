//! What a scalar means.

use serde_json::Value;

use super::FileComplaint;

/// A scalar as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scalar {
    /// Its characters, after quotes and folding.
    pub(super) text: String,
    /// Whether it stood there without quotes and not as a block.
    pub(super) is_plain: bool,
    /// In the short form, such as `!!str`.
    pub(super) tag: Option<String>,
}

impl Scalar {
    /// Whether, as a key, it merges other mappings.
    pub(super) fn merges(&self) -> bool {
        self.is_plain && self.text == "<<" && self.tag.is_none()
    }

    /// The value, as Go's `yaml.v3` reads it, but dates stay texts.
    pub(super) fn meaning(&self) -> Result<Value, FileComplaint> {
        let plain = || plain(&self.text);
        let wanted = |fits: fn(&Value) -> bool| {
            plain()?.filter(fits).ok_or_else(|| FileComplaint::WrongTag(self.tag.clone().unwrap_or_default()))
        };
        let text = || Value::String(self.text.clone());
        match self.tag.as_deref() {
            None if self.is_plain => Ok(plain()?.unwrap_or_else(text)),
            Some("!!null") => wanted(Value::is_null),
            Some("!!bool") => wanted(Value::is_boolean),
            Some("!!int") => wanted(|value| value.is_i64() || value.is_u64()),
            Some("!!float") => wanted(Value::is_number),
            None | Some("!!str" | "!") => Ok(text()),
            // Tags of an application's own, such as Compose's `!reset`, leave the value as it is.
            Some(tag) if !tag.starts_with("!!") && self.is_plain => Ok(plain()?.unwrap_or_else(text)),
            Some(tag) if !tag.starts_with("!!") => Ok(text()),
            Some(tag) => Err(FileComplaint::WrongTag(tag.to_owned())),
        }
    }
}

/// What a plain scalar means, if it is not a text.
fn plain(text: &str) -> Result<Option<Value>, FileComplaint> {
    Ok(Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Err(FileComplaint::NoJson),
        _ if matches!(text.trim_start_matches(['+', '-']), ".inf" | ".Inf" | ".INF") => {
            return Err(FileComplaint::NoJson);
        }
        _ => return number(text),
    }))
}

fn number(text: &str) -> Result<Option<Value>, FileComplaint> {
    if !text.starts_with(|one: char| one.is_ascii_digit() || matches!(one, '+' | '-' | '.')) {
        return Ok(None);
    }
    let text = text.replace('_', "");
    if let Some(whole) = whole(&text) {
        return Ok(Some(whole));
    }
    if !is_float(&text) {
        return Ok(None);
    }
    let value = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
    value.map(|value| Some(Value::Number(value))).ok_or(FileComplaint::NoJson)
}

/// A whole number that fits 64 bits: decimal, `0x`, `0o`, `0b`, or octal by a leading zero.
fn whole(text: &str) -> Option<Value> {
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (digits, base) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        Some(_) if lower.starts_with('0') => (&lower[1..], 8),
        _ => (&*lower, 10),
    };
    if !digits.starts_with(|one: char| one.is_ascii_hexdigit()) {
        return None;
    }
    let size = u64::from_str_radix(digits, base).ok()?;
    if negative { i64::try_from(-i128::from(size)).ok().map(Value::from) } else { Some(Value::from(size)) }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|one| one.is_ascii_digit());
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !before.is_empty() || !after.is_empty();
    has_digits
        && digits(before)
        && digits(after)
        && exponent.is_none_or(|text| !text.is_empty() && digits(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn meaning(text: &str, is_plain: bool, tag: Option<&str>) -> Result<Value, FileComplaint> {
        Scalar { text: text.to_owned(), is_plain, tag: tag.map(str::to_owned) }.meaning()
    }

    #[test]
    fn plain_scalars_mean_what_go_makes_of_them() {
        for (text, expected) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("null", json!(null)),
            ("nULL", json!("nULL")),
            ("true", json!(true)),
            ("yes", json!("yes")),
            ("off", json!("off")),
            ("n", json!("n")),
            ("12", json!(12)),
            ("012", json!(10)),
            ("08", json!(8.0)),
            ("0o14", json!(12)),
            ("0x1F", json!(31)),
            ("-0b11", json!(-3)),
            ("1_000", json!(1000)),
            ("+5", json!(5)),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
            ("1.10", json!(1.1)),
            (".5", json!(0.5)),
            ("5.", json!(5.0)),
            ("1e3", json!(1000.0)),
            ("1.2.3", json!("1.2.3")),
            ("-", json!("-")),
            ("+-5", json!("+-5")),
            ("0x", json!("0x")),
            (".", json!(".")),
            ("1e", json!("1e")),
            ("2026-11-24", json!("2026-11-24")),
            ("12:30", json!("12:30")),
        ] {
            assert_eq!(meaning(text, true, None), Ok(expected), "{text}");
        }
        for text in [".inf", "-.Inf", ".nan", "1e999"] {
            assert_eq!(meaning(text, true, None), Err(FileComplaint::NoJson), "{text}");
        }
    }

    #[test]
    fn quotes_and_tags_decide() {
        assert_eq!(meaning("12", false, None), Ok(json!("12")));
        assert_eq!(meaning("12", true, Some("!!str")), Ok(json!("12")));
        assert_eq!(meaning("12", false, Some("!!int")), Ok(json!(12)));
        assert_eq!(meaning("12", true, Some("!reset")), Ok(json!(12)));
        let wrong = |tag: &str| Err(FileComplaint::WrongTag(tag.to_owned()));
        assert_eq!(meaning("x", true, Some("!!int")), wrong("!!int"));
        assert_eq!(meaning("x", true, Some("!!binary")), wrong("!!binary"));
    }
}
