//! Amounts of bytes in the units that people read.

/// Units above the byte, each a thousand of the one before.
const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];

/// An amount of bytes, such as “184 MB” or “1.4 GB”, in decimal units.
pub fn bytes(count: u64) -> String {
    if count < 1_000 {
        return format!("{count} B");
    }
    let count = u128::from(count);
    let mut scale = 1_000;
    let rounded = |scale: u128| (count + scale / 2) / scale;
    let mut units = UNITS.iter();
    let mut unit = units.next().unwrap_or(&"B");
    while rounded(scale) >= 1_000
        && let Some(next) = units.next()
    {
        (scale, unit) = (scale * 1_000, next);
    }
    let tenths = rounded(scale / 10);
    // From a hundred on the tenth says nothing; a whole number needs none.
    if tenths >= 1_000 || tenths % 10 == 0 {
        format!("{} {unit}", rounded(scale))
    } else {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

/// Some names of `total` things, as in “a, b and 3 more”: at most `most` of those given.
pub fn some_of(names: &[String], most: usize, total: u64) -> String {
    let mut words = names.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = total.saturating_sub(names.len().min(most) as u64);
    if more > 0 {
        words.push_str(&format!(" and {more} more"));
    }
    words
}

/// A number with commas between its thousands, such as “2,505,000”.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with its noun, such as “1 tag” or “3 tags”.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (count, words) in [(0, "0"), (999, "999"), (1_000, "1,000"), (2_505_000, "2,505,000")] {
            assert_eq!(grouped(count), words);
        }
    }

    #[test]
    fn amounts_have_two_or_three_digits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (1_449, "1.4 kB"),
            (99_949, "99.9 kB"),
            (184_300_000, "184 MB"),
            (999_499, "999 kB"),
            (999_999, "1 MB"),
            (1_380_000_000, "1.4 GB"),
            (u64::MAX, "18447 PB"),
        ];
        for (count, words) in cases {
            assert_eq!(bytes(count), words, "{count}");
        }
    }
}
