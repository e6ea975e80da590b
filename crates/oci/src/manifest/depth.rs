//! How deep JSON is nested, told before it is read.

/// Whether arrays and objects are nested deeper than `most`. Of what is no JSON, any answer is right.
pub(super) fn exceeds(bytes: &[u8], most: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for &byte in bytes {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > most {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_counted_outside_of_strings() {
        let check = |text: &str, expected: bool| assert_eq!(exceeds(text.as_bytes(), 2), expected, "{text}");
        check("", false);
        check(r#"{"a":[1,2],"b":[3],"c":{}}"#, false);
        check(r#"{"a":[{}]}"#, true);
        check(r#"[["[[["]]"#, false);
        check(r#"[["\"[[["]]"#, false);
        check(r#"[["\\",[1]]]"#, true);
        check("]]]][[", false);
    }
}
