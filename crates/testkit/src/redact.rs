//! What differs from run to run, made equal: ids, secrets, tokens, hashes. Times need nothing, because a test's clock
//! stands still.

/// A kind of text that differs from run to run, recognized by its shape.
struct Shape {
    /// How many bytes at the start of a text have the shape; 0 if none.
    length: fn(&str) -> usize,
    /// What stands in its place.
    mark: &'static str,
}

const SHAPES: [Shape; 6] = [
    Shape { length: token, mark: "token" },
    Shape { length: secret, mark: "secret" },
    Shape { length: uuid, mark: "id" },
    Shape { length: |text| hex(text, 64), mark: "hash" },
    Shape { length: |text| hex(text, 32), mark: "hash" },
    Shape { length: cursor, mark: "cursor" },
];

/// The text with a mark in place of all that differs. Equal values get equal marks: `<id 1>` is the same id wherever it
/// stands, numbered in the order of their first appearance.
pub fn redact(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut known: Vec<(&str, &str)> = Vec::new();
    let mut rest = text;
    let mut starts_word = true;
    while let Some(letter) = rest.chars().next() {
        let found = SHAPES.iter().filter(|_| starts_word).find_map(|shape| {
            let length = (shape.length)(rest);
            (length > 0).then(|| (rest.split_at(length), shape.mark))
        });
        if let Some(((value, after), mark)) = found {
            redacted.push_str(&name(&mut known, value, mark));
            rest = after;
            continue;
        }
        starts_word = !letter.is_ascii_alphanumeric();
        redacted.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    redacted
}

fn name<'t>(known: &mut Vec<(&'t str, &'t str)>, value: &'t str, mark: &'static str) -> String {
    if !known.contains(&(value, mark)) {
        known.push((value, mark));
    }
    let same = known.iter().filter(|(_, other)| *other == mark);
    let number = same.take_while(|(other, _)| *other != value).count() + 1;
    format!("<{mark} {number}>")
}

/// How many bytes at the start of `text` are of base64url.
fn base64url(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)).count()
}

/// A signed token in compact form: three parts, the first of which starts like a JSON object.
fn token(text: &str) -> usize {
    if !text.starts_with("eyJ") {
        return 0;
    }
    let mut end = 0;
    for part in 0..3 {
        if part > 0 {
            if !text[end..].starts_with('.') {
                return 0;
            }
            end += 1;
        }
        end += base64url(&text[end..]);
    }
    end
}

/// A secret that the hub makes.
fn secret(text: &str) -> usize {
    const RANDOM: usize = 43;
    let prefix =
        ["grantry_pat_", "grantry_ses_", "grantry_lnk_"].iter().find(|prefix| text.starts_with(**prefix));
    prefix.map_or(
        0,
        |prefix| {
            if base64url(&text[prefix.len()..]) == RANDOM { prefix.len() + RANDOM } else { 0 }
        },
    )
}

/// An id in its hyphenated form.
fn uuid(text: &str) -> usize {
    const LENGTH: usize = 36;
    let is_id = text.get(..LENGTH).is_some_and(|text| uuid::Uuid::try_parse(text).is_ok());
    if is_id && ends_word(text, LENGTH) { LENGTH } else { 0 }
}

/// Exactly `length` digits of hexadecimal.
fn hex(text: &str, length: usize) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    if digits == length && ends_word(text, length) { length } else { 0 }
}

/// A place in a list: an id and what the list is ordered by, in hexadecimal.
fn cursor(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    if digits >= 32 && ends_word(text, digits) { digits } else { 0 }
}

fn ends_word(text: &str, at: usize) -> bool {
    !text[at..].starts_with(|letter: char| letter.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_get_equal_marks() {
        let (one, two) = ("0193606c-8f3a-7000-8000-000000000001", "0193606c-8f3a-7000-8000-000000000002");
        let text = format!(r#"{{"a":"{one}","b":"{two}","c":"{one}","seats":100}}"#);
        assert_eq!(redact(&text), r#"{"a":"<id 1>","b":"<id 2>","c":"<id 1>","seats":100}"#);
    }

    #[test]
    fn secrets_tokens_and_hashes_are_recognized_and_words_are_left() {
        let random = "A".repeat(43);
        let hash = "0f".repeat(32);
        for (text, expected) in [
            (
                format!("https://hub.test/set-password/grantry_lnk_{random}"),
                "https://hub.test/set-password/<secret 1>",
            ),
            ("eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl".to_owned(), "<token 1>"),
            (format!("\"{hash}\""), "\"<hash 1>\""),
            ("grantry_pat_short and deadbeef".to_owned(), "grantry_pat_short and deadbeef"),
            ("2026-11-24T12:00:00Z é".to_owned(), "2026-11-24T12:00:00Z é"),
        ] {
            assert_eq!(redact(&text), expected);
        }
    }
}
