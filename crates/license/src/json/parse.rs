//! The parser: RFC 8259, one value, no name twice, limited depth and numbers.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::node::{Member, Node, Text};

/// Which integers a document may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Integers {
    /// Only those of 64 bits with sign, which every language can keep exactly.
    SixtyFourBits,
    /// Any that floating point can at least approach.
    Any,
}

/// Why a text was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where in the text, in bytes.
    pub(crate) offset: usize,
    /// What is wrong there.
    pub(crate) kind: FaultKind,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Not JSON; the reason never repeats the text.
    Syntax(&'static str),
    /// An object has two members of this name.
    Duplicate(String),
    /// Nested deeper than allowed.
    TooDeep,
    /// A number that can't be kept.
    NumberTooLarge,
}

/// Parses one JSON value that nests at most `max_depth` arrays and objects.
pub(crate) fn parse(text: &str, max_depth: usize, integers: Integers) -> Result<Node<'_>, Fault> {
    let mut parser = Parser { text, at: 0, max_depth, integers };
    parser.skip_space();
    let node = parser.value(0)?;
    parser.skip_space();
    match parser.peek() {
        None => Ok(node),
        Some(_) => parser.syntax("there is something after the end of the value"),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    max_depth: usize,
    integers: Integers,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over `byte` if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn fault<T>(&self, offset: usize, kind: FaultKind) -> Result<T, Fault> {
        debug_assert!(offset <= self.text.len());
        Err(Fault { offset, kind })
    }

    fn syntax<T>(&self, reason: &'static str) -> Result<T, Fault> {
        self.fault(self.at, FaultKind::Syntax(reason))
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, Fault> {
        match self.peek() {
            Some(b'{' | b'[') if depth >= self.max_depth => self.fault(self.at, FaultKind::TooDeep),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => self.string().map(Node::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Node::Number),
            Some(_) => self.word(),
            None => self.syntax("the text ends where a value is expected"),
        }
    }

    fn word(&mut self) -> Result<Node<'a>, Fault> {
        let rest = &self.text.as_bytes()[self.at..];
        let words = [("null", Node::Null), ("true", Node::Bool(true)), ("false", Node::Bool(false))];
        for (word, node) in words {
            if rest.starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(node);
            }
        }
        self.syntax("a value is expected here")
    }

    fn array(&mut self, depth: usize) -> Result<Node<'a>, Fault> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Node::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth)?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Node::Array(items));
            }
            if !self.take(b',') {
                return self.syntax("a comma or the closing bracket of the array is expected here");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Node<'a>, Fault> {
        self.at += 1;
        let mut members = Vec::with_capacity(4);
        let mut names = Names::default();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Node::Object(members));
        }
        loop {
            self.skip_space();
            let name = self.name(&mut names, &members)?;
            self.skip_space();
            if !self.take(b':') {
                return self.syntax("a colon is expected between name and value");
            }
            self.skip_space();
            let value = self.value(depth)?;
            members.push(Member { name, value });
            self.skip_space();
            if self.take(b'}') {
                return Ok(Node::Object(members));
            }
            if !self.take(b',') {
                return self.syntax("a comma or the closing brace of the object is expected here");
            }
        }
    }

    /// A member's name, which must be new to the object.
    fn name(&mut self, names: &mut Names<'a>, members: &[Member<'a>]) -> Result<Text<'a>, Fault> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => {}
            Some(b'}') => return self.syntax("there is a comma before the closing brace"),
            _ => return self.syntax("a name in double quotes is expected here"),
        }
        let name = self.string()?;
        if names.has(name, members) {
            return self.fault(start, FaultKind::Duplicate(name.decode().into_owned()));
        }
        Ok(name)
    }

    fn string(&mut self) -> Result<Text<'a>, Fault> {
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let raw = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(Text { raw, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(0..=0x1f) => {
                    return self
                        .syntax("a line break or other control character in a string must be escaped");
                }
                Some(_) => self.at += 1,
                None => return self.syntax("the text ends inside a string"),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => self.unicode_escape(start),
            _ => self.fault(start, FaultKind::Syntax("this escape does not exist in JSON")),
        }
    }

    /// An escaped UTF-16 unit. Halves of a pair are refused alone: no language can be trusted to keep them.
    fn unicode_escape(&mut self, start: usize) -> Result<(), Fault> {
        let alone = FaultKind::Syntax("this escape is half of a surrogate pair");
        match self.unicode_unit(start)? {
            0xd800..=0xdbff => {
                if !(self.take(b'\\') && self.peek() == Some(b'u')) {
                    return self.fault(start, alone);
                }
                match self.unicode_unit(start)? {
                    0xdc00..=0xdfff => Ok(()),
                    _ => self.fault(start, alone),
                }
            }
            0xdc00..=0xdfff => self.fault(start, alone),
            _ => Ok(()),
        }
    }

    /// Steps over `uXXXX`.
    fn unicode_unit(&mut self, start: usize) -> Result<u16, Fault> {
        let digits = self.text.as_bytes().get(self.at + 1..self.at + 5).unwrap_or_default();
        let mut unit = 0;
        for &digit in digits {
            let Some(digit) = char::from(digit).to_digit(16) else { break };
            unit = unit * 16 + digit;
            self.at += 1;
        }
        let is_complete = digits.len() == 4 && digits.iter().all(u8::is_ascii_hexdigit);
        match u16::try_from(unit) {
            Ok(unit) if is_complete => {
                self.at += 1;
                Ok(unit)
            }
            _ => self.fault(start, FaultKind::Syntax("four hexadecimal digits are expected after \\u")),
        }
    }

    fn number(&mut self) -> Result<&'a str, Fault> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        } else if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.syntax("a number must not start with a zero");
        }
        let mut is_integer = true;
        if self.take(b'.') {
            is_integer = false;
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            is_integer = false;
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = &self.text[start..self.at];
        let must_be_exact = is_integer && self.integers == Integers::SixtyFourBits;
        let fits = if must_be_exact { text.parse::<i64>().is_ok() } else { is_finite(text) };
        if fits { Ok(text) } else { self.fault(start, FaultKind::NumberTooLarge) }
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { self.syntax("a digit is expected here") }
    }
}

/// The names that an object has so far. Few are compared one by one; of many, a set is made.
#[derive(Default)]
struct Names<'a> {
    // A tree and not a hash table: its cost can't be driven up by chosen names, and it needs no randomness.
    many: BTreeSet<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    const FEW: usize = 16;

    /// Whether `name` is among `members`, the members before it.
    fn has(&mut self, name: Text<'a>, members: &[Member<'a>]) -> bool {
        if members.len() < Self::FEW {
            return members.iter().any(|member| member.name.same_as(name));
        }
        if self.many.is_empty() {
            self.many.extend(members.iter().map(|member| member.name.decode()));
        }
        !self.many.insert(name.decode())
    }
}

fn is_finite(text: &str) -> bool {
    text.len() < 18 && !text.contains(['e', 'E']) || text.parse::<f64>().is_ok_and(f64::is_finite)
}
