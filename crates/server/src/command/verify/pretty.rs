//! Prints JSON text for people, every number and string as it is spelled.

use std::fmt::Write as _;

/// The JSON text, which must be valid and without white space between its tokens, with line breaks and two spaces a
/// level, ending with a line break. Control characters that JSON allows in strings are escaped: a terminal might
/// obey them.
pub(super) fn print(compact: &str) -> String {
    let mut printer = Printer { out: String::with_capacity(compact.len() * 2), depth: 0 };
    let mut characters = compact.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => printer.string(&mut characters),
            '{' | '[' => {
                printer.out.push(character);
                let closing = characters.next_if(|next| matches!(next, '}' | ']'));
                match closing {
                    Some(closing) => printer.out.push(closing),
                    None => printer.line(1),
                }
            }
            '}' | ']' => {
                printer.line(-1);
                printer.out.push(character);
            }
            ',' => {
                printer.out.push(character);
                printer.line(0);
            }
            ':' => printer.out.push_str(": "),
            _ => printer.out.push(character),
        }
    }
    printer.out.push('\n');
    printer.out
}

struct Printer {
    out: String,
    depth: usize,
}

impl Printer {
    /// Begins a line, `change` levels deeper than the one before.
    fn line(&mut self, change: isize) {
        self.depth = self.depth.saturating_add_signed(change);
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }

    /// Copies a string to its closing quote; the opening one has been read.
    fn string(&mut self, characters: &mut impl Iterator<Item = char>) {
        self.out.push('"');
        while let Some(character) = characters.next() {
            match character {
                '\\' => {
                    self.out.push(character);
                    self.out.extend(characters.next());
                }
                '"' => break,
                control if control.is_control() => {
                    // Writing to a String can't fail.
                    let _ = write!(self.out, "\\u{:04x}", u32::from(control));
                }
                _ => self.out.push(character),
            }
        }
        self.out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(compact: &str, expected: &str) {
        assert_eq!(print(compact), format!("{expected}\n"));
        let values = [compact, expected].map(|text| serde_json::from_str::<serde_json::Value>(text).unwrap());
        assert_eq!(values[0], values[1], "{compact}");
    }

    #[test]
    fn structure_is_indented() {
        check(
            r#"{"a":[1,{"b":null}],"c":{}}"#,
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {}\n}",
        );
        check("[]", "[]");
        check("[[],{}]", "[\n  [],\n  {}\n]");
    }

    #[test]
    fn numbers_and_strings_keep_their_spelling() {
        check("[1.10,1E5,-0.0]", "[\n  1.10,\n  1E5,\n  -0.0\n]");
        check(r#"["\"{,:","\\","ü\u00fc"]"#, "[\n  \"\\\"{,:\",\n  \"\\\\\",\n  \"ü\\u00fc\"\n]");
    }

    #[test]
    fn control_characters_are_escaped() {
        check("[\"\u{9b}2J\u{7f}\"]", "[\n  \"\\u009b2J\\u007f\"\n]");
    }
}
