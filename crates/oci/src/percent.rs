//! Percent-encoding (RFC 3986) of paths and queries.

use std::borrow::Cow;

/// The text behind the escapes; `None` if an escape is cut or the result is not UTF-8.
///
/// A `+` stays a `+`, also in queries: no value of the specification can hold a space, but media types hold plus signs,
/// and clients forget to escape them.
pub(crate) fn decode(text: &str) -> Option<Cow<'_, str>> {
    let Some((clean, _)) = text.split_once('%') else { return Some(Cow::Borrowed(text)) };
    let mut bytes = clean.as_bytes().to_vec();
    let mut rest = &text.as_bytes()[clean.len()..];
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2)?;
        let mut byte = [0];
        hex::decode_to_slice(digits, &mut byte).ok()?;
        bytes.extend(byte);
        rest = after;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// A value as it stands in a query: all but unreserved characters escaped.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(decode(text).as_deref(), expected, "{text:?}");
        check("", Some(""));
        check("a/b+c", Some("a/b+c"));
        check("sha256%3Aab%3aC", Some("sha256:ab:C"));
        check("%C3%A9", Some("é"));
        check("é%20", Some("é "));
        for text in ["%", "a%2", "%zz", "%é", "%ff", "%+1"] {
            check(text, None);
        }
    }

    #[test]
    fn encoding_survives_decoding() {
        for text in ["", "a/b", "application/vnd.x+json", "é%&=#", "~._-"] {
            assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        }
        assert_eq!(encode("a/b+c"), "a%2Fb%2Bc");
    }
}
