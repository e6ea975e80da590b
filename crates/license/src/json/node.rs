//! The tree that the parser builds, and how it is written back.

use std::borrow::Cow;

/// A JSON value whose leaves are slices of the source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, exactly as written.
    Number(&'a str),
    /// A string, with its escapes as written.
    String(Text<'a>),
    /// An array.
    Array(Vec<Self>),
    /// An object, in the order given; no name comes twice.
    Object(Vec<Member<'a>>),
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member<'a> {
    /// The name, as written.
    pub(crate) name: Text<'a>,
    /// The value.
    pub(crate) value: Node<'a>,
}

/// A string literal: what stands between its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text<'a> {
    /// The characters between the quotes, escapes not resolved.
    pub(crate) raw: &'a str,
    /// Whether there is any escape.
    pub(crate) escaped: bool,
}

impl<'a> Text<'a> {
    /// Whether both literals stand for the same string.
    pub(crate) fn same_as(self, other: Self) -> bool {
        if self.escaped || other.escaped { self.decode() == other.decode() } else { self.raw == other.raw }
    }

    /// Whether the literal stands for `text`.
    pub(crate) fn is(self, text: &str) -> bool {
        if self.escaped { self.decode() == text } else { self.raw == text }
    }

    /// The string that the literal stands for.
    ///
    /// The parser has checked all escapes; were one broken nevertheless, it would be left out.
    pub(crate) fn decode(self) -> Cow<'a, str> {
        if !self.escaped {
            return Cow::Borrowed(self.raw);
        }
        let mut decoded = String::with_capacity(self.raw.len());
        let mut rest = self.raw;
        while let Some((plain, escape)) = rest.split_once('\\') {
            decoded.push_str(plain);
            rest = unescape(escape, &mut decoded);
        }
        decoded.push_str(rest);
        Cow::Owned(decoded)
    }
}

/// Resolves the escape at the start of `text` (after the backslash) and returns what follows it.
fn unescape<'a>(text: &'a str, decoded: &mut String) -> &'a str {
    let mut characters = text.chars();
    let character = match characters.next() {
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => return unescape_unicode(text, decoded),
        Some(other) => other,
        None => return "",
    };
    decoded.push(character);
    characters.as_str()
}

/// Resolves `uXXXX`, or `uXXXX\uXXXX` for a character outside of the basic plane.
fn unescape_unicode<'a>(text: &'a str, decoded: &mut String) -> &'a str {
    let unit = |from: usize| text.get(from..from + 4).and_then(|hex| u16::from_str_radix(hex, 16).ok());
    let units = [unit(1), unit(7)];
    let is_pair = units[0].is_some_and(|unit| (0xd800..0xdc00).contains(&unit));
    let (units, length) = if is_pair { (&units[..], 11) } else { (&units[..1], 5) };
    decoded.extend(char::decode_utf16(units.iter().flatten().copied()).flatten());
    text.get(length..).unwrap_or_default()
}

impl Node<'_> {
    /// Writes the value without white space, leaves exactly as they were read.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(text) => out.push_str(text),
            Self::String(text) => text.write(out),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => write_object(members, out),
        }
    }
}

/// Writes an object of these members without white space.
pub(crate) fn write_object<'m, 'a: 'm>(members: impl IntoIterator<Item = &'m Member<'a>>, out: &mut String) {
    out.push('{');
    for (index, member) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        member.name.write(out);
        out.push(':');
        member.value.write(out);
    }
    out.push('}');
}

impl Text<'_> {
    fn write(self, out: &mut String) {
        out.push('"');
        out.push_str(self.raw);
        out.push('"');
    }
}
