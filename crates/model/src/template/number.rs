//! Numbers of a template: the literals, and how Go prints a float.

/// A literal's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Float(f64),
}

/// How many bytes from here on belong to a number.
pub(super) fn scan(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let run = |from: usize, digit: fn(&u8) -> bool| {
        from + bytes[from..].iter().take_while(|one| digit(one)).count()
    };
    let prefix =
        (bytes.get(at) == Some(&b'0')).then(|| bytes.get(at + 1).map(u8::to_ascii_lowercase)).flatten();
    if matches!(prefix, Some(b'x' | b'o' | b'b')) {
        return run(at + 2, u8::is_ascii_hexdigit);
    }
    at = run(at, u8::is_ascii_digit);
    if bytes.get(at) == Some(&b'.') {
        at = run(at + 1, u8::is_ascii_digit);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = run(at, u8::is_ascii_digit);
    }
    at
}

/// Reads a literal: decimal, `0x`, `0o`, `0b`, a leading zero for octal, or a decimal float.
pub(super) fn parse(text: &str) -> Option<Number> {
    if text.contains(['.', 'e', 'E']) && !text.contains(['x', 'X']) {
        let value: f64 = text.parse().ok()?;
        return value.is_finite().then_some(Number::Float(value));
    }
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (if text.starts_with('-') { -1 } else { 1 }, digits),
        None => (1, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (digits, base) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        Some(_) if lower.starts_with('0') => (&lower[1..], 8),
        _ => (&*lower, 10),
    };
    let starts_well = digits.starts_with(|one: char| one.is_ascii_hexdigit());
    let value = i128::from_str_radix(digits, base).ok().filter(|_| starts_well)?;
    i64::try_from(sign * value).ok().map(Number::Int)
}

/// A float as Go's `%v` prints it: the shortest digits that give the number back, with an exponent below 1e-4 and
/// from 1e6 on.
pub(super) fn print_float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read() {
        for (text, expected) in [
            ("0", Some(Number::Int(0))),
            ("-12", Some(Number::Int(-12))),
            ("+7", Some(Number::Int(7))),
            ("012", Some(Number::Int(10))),
            ("0x1F", Some(Number::Int(31))),
            ("0b101", Some(Number::Int(5))),
            ("9223372036854775807", Some(Number::Int(i64::MAX))),
            ("-9223372036854775808", Some(Number::Int(i64::MIN))),
            ("9223372036854775808", None),
            ("1.50", Some(Number::Float(1.5))),
            ("5.", Some(Number::Float(5.0))),
            ("1e3", Some(Number::Float(1000.0))),
            ("1e", None),
            ("1e999", None),
            ("08", None),
            ("0x", None),
            ("-", None),
            ("+-1", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn floats_are_printed_as_go_prints_them() {
        for (value, expected) in [
            (0.0, "0"),
            (1.5, "1.5"),
            (100.0, "100"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (123_456.0, "123456"),
            (1e6, "1e+06"),
            (1.5e10, "1.5e+10"),
            (1e21, "1e+21"),
            (1.25e-7, "1.25e-07"),
            (-2.5, "-2.5"),
        ] {
            assert_eq!(print_float(value), expected);
        }
    }
}
