//! Text of a template to tokens, by the rules of Go's `text/template`.

mod quoted;

use std::ops::Range;

use super::number;

/// One token and where it begins in the text, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

/// What a token is. White space between operands is one, since `$x .A` and `$x.A` differ.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Text outside of actions, after trimming.
    Text(Range<usize>),
    Open,
    Close,
    Space,
    /// `=`
    Assign,
    /// `:=`
    Declare,
    /// `|`
    Pipe,
    LeftParen,
    RightParen,
    /// A printable character that means nothing but in its place, such as a comma.
    Sign(char),
    Dot,
    /// `.Name`, without the dot.
    Field(String),
    /// `$name` or `$`, with the dollar sign.
    Variable(String),
    /// A keyword or the name of a function.
    Word(String),
    Bool(bool),
    Nil,
    Int(i64),
    Float(f64),
    Quoted(String),
    /// What is wrong at this place. The last token.
    Wrong(&'static str),
    /// The end of the text.
    End,
}

/// Cuts a template into tokens. What is wrong is the last token, so that the parser reports what it meets first.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, parens: 0, tokens: Vec::new() };
    let last = match lexer.whole() {
        Ok(()) => Token { at: text.len(), kind: Kind::End },
        Err(wrong) => Token { at: wrong.at, kind: Kind::Wrong(wrong.sentence) },
    };
    lexer.tokens.push(last);
    lexer.tokens
}

/// White space in Go's templates.
pub(super) fn is_space(one: char) -> bool {
    matches!(one, ' ' | '\t' | '\r' | '\n')
}

struct Wrong {
    at: usize,
    sentence: &'static str,
}

struct Lexer<'text> {
    text: &'text str,
    at: usize,
    parens: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn whole(&mut self) -> Result<(), Wrong> {
        while let Some(offset) = self.rest().find("{{") {
            let open = self.at + offset;
            let trims = trims_left(&self.text[open + 2..]);
            let before = &self.text[self.at..open];
            let kept = if trims { before.trim_end_matches(is_space) } else { before };
            self.text_token(self.at..self.at + kept.len());
            self.at = open + 2 + if trims { 2 } else { 0 };
            if self.rest().starts_with("/*") {
                self.comment(open)?;
            } else {
                self.push(open, Kind::Open);
                self.action(open)?;
            }
        }
        self.text_token(self.at..self.text.len());
        Ok(())
    }

    fn text_token(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.push(range.start, Kind::Text(range));
        }
    }

    fn comment(&mut self, open: usize) -> Result<(), Wrong> {
        let end = self.rest().find("*/").ok_or(Wrong { at: open, sentence: "A comment is not closed." })?;
        self.at += end + 2;
        if self.close() {
            return Ok(());
        }
        Err(Wrong {
            at: self.at,
            sentence: "After a comment's “*/” there can be only “}}”: give the comment braces of its own.",
        })
    }

    /// Goes past the closing braces, if they stand here, and past the white space that they trim.
    fn close(&mut self) -> bool {
        let rest = self.rest();
        if let Some(after) = trimmed_close(rest) {
            self.at = self.text.len() - after.trim_start_matches(is_space).len();
            return true;
        }
        if rest.starts_with("}}") {
            self.at += 2;
            return true;
        }
        false
    }

    fn action(&mut self, open: usize) -> Result<(), Wrong> {
        self.parens = 0;
        loop {
            let at = self.at;
            if self.close() {
                if self.parens > 0 {
                    return Err(Wrong { at, sentence: "A “(” is not closed." });
                }
                self.push(at, Kind::Close);
                return Ok(());
            }
            let Some(next) = self.peek() else {
                return Err(Wrong { at: open, sentence: "The braces “{{” are not closed by “}}”." });
            };
            let kind = self.token(next)?;
            self.push(at, kind);
        }
    }

    fn token(&mut self, next: char) -> Result<Kind, Wrong> {
        let at = self.at;
        let digit_follows = self.rest()[next.len_utf8()..].starts_with(|one: char| one.is_ascii_digit());
        let single = match next {
            '=' => Kind::Assign,
            '|' => Kind::Pipe,
            '(' => Kind::LeftParen,
            ')' => Kind::RightParen,
            _ if is_space(next) => return Ok(self.spaces()),
            ':' => return self.declare(),
            '"' | '\'' => return self.quoted(next),
            '`' => return self.raw(),
            '$' => return self.name(at).map(Kind::Variable),
            '.' if !digit_follows => return self.field(),
            '+' | '-' | '.' | '0'..='9' => return self.number(),
            _ if is_word(next) => return self.word(),
            _ if next.is_ascii_graphic() => Kind::Sign(next),
            _ => return Err(Wrong { at, sentence: "This character can't stand between braces." }),
        };
        self.at += next.len_utf8();
        match single {
            Kind::LeftParen => self.parens += 1,
            Kind::RightParen => {
                self.parens =
                    self.parens.checked_sub(1).ok_or(Wrong { at, sentence: "A “)” closes nothing." })?;
            }
            _ => {}
        }
        Ok(single)
    }

    /// White space up to what follows, but not the one blank that belongs to a trimming “ -}}”.
    fn spaces(&mut self) -> Kind {
        while let Some(next) = self.peek() {
            if !is_space(next) || trimmed_close(self.rest()).is_some() {
                break;
            }
            self.at += next.len_utf8();
        }
        Kind::Space
    }

    fn declare(&mut self) -> Result<Kind, Wrong> {
        if !self.rest().starts_with(":=") {
            return Err(Wrong { at: self.at, sentence: "A “:” is followed by “=”." });
        }
        self.at += 2;
        Ok(Kind::Declare)
    }

    fn field(&mut self) -> Result<Kind, Wrong> {
        let name = self.name(self.at + 1)?;
        Ok(if name.is_empty() { Kind::Dot } else { Kind::Field(name) })
    }

    /// What stands from `begin` to the end of the name that begins after the character here.
    fn name(&mut self, begin: usize) -> Result<String, Wrong> {
        self.at += 1;
        self.skip_word();
        if self.is_at_boundary() {
            return Ok(self.text[begin..self.at].to_owned());
        }
        Err(Wrong {
            at: self.at,
            sentence: "This character can't stand in a name: write {{ index .LicenseKeys \"the name\" }}.",
        })
    }

    fn word(&mut self) -> Result<Kind, Wrong> {
        let begin = self.at;
        self.skip_word();
        if !self.is_at_boundary() {
            return Err(Wrong { at: self.at, sentence: "This character can't follow a word." });
        }
        Ok(match &self.text[begin..self.at] {
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "nil" => Kind::Nil,
            word => Kind::Word(word.to_owned()),
        })
    }

    fn number(&mut self) -> Result<Kind, Wrong> {
        let at = self.at;
        let length = number::scan(self.rest());
        let text = &self.rest()[..length];
        let after = self.rest()[length..].chars().next();
        let ended = !after.is_some_and(|one| is_word(one) || matches!(one, '+' | '-'));
        let value = number::parse(text).filter(|_| ended);
        self.at += length;
        match value {
            Some(number::Number::Int(value)) => Ok(Kind::Int(value)),
            Some(number::Number::Float(value)) => Ok(Kind::Float(value)),
            None => Err(Wrong { at, sentence: "This is not a number that can be used here." }),
        }
    }

    fn skip_word(&mut self) {
        let rest = self.rest();
        self.at += rest.find(|one| !is_word(one)).unwrap_or(rest.len());
    }

    fn is_at_boundary(&self) -> bool {
        let ends = |one| is_space(one) || matches!(one, '.' | ',' | '|' | ':' | ')' | '(');
        self.peek().is_none_or(ends) || self.rest().starts_with("}}")
    }

    fn push(&mut self, at: usize, kind: Kind) {
        self.tokens.push(Token { at, kind });
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }
}

fn is_word(one: char) -> bool {
    one == '_' || one.is_alphanumeric()
}

/// Whether braces that open here trim the white space before them: a minus and white space follow.
fn trims_left(rest: &str) -> bool {
    rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(is_space))
}

/// What follows a closing “ -}}”, if one stands here.
fn trimmed_close(rest: &str) -> Option<&str> {
    rest.strip_prefix(is_space)?.strip_prefix("-}}")
}
