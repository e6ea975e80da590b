//! Texts in double quotes and in backquotes, and characters in single quotes.

use super::{Kind, Lexer, Wrong};

impl Lexer<'_> {
    pub(super) fn quoted(&mut self, quote: char) -> Result<Kind, Wrong> {
        let at = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let next = self.peek().filter(|&one| one != '\n');
            let Some(next) = next else { return Err(Wrong { at, sentence: "A quote is not closed." }) };
            self.at += next.len_utf8();
            match next {
                _ if next == quote => break,
                '\\' => value.push(self.escape(quote)?),
                _ => value.push(next),
            }
        }
        if quote == '"' {
            return Ok(Kind::Quoted(value));
        }
        let mut chars = value.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Ok(Kind::Int(i64::from(u32::from(one)))),
            _ => Err(Wrong {
                at,
                sentence: "Single quotes hold exactly one character: use double quotes for text.",
            }),
        }
    }

    /// The character that a backslash and what follows it stand for.
    fn escape(&mut self, quote: char) -> Result<char, Wrong> {
        let at = self.at - 1;
        let wrong = Wrong { at, sentence: "This is not an escape that a quoted text can hold." };
        let Some(next) = self.peek() else { return Err(wrong) };
        self.at += next.len_utf8();
        let (digits, base) = match next {
            'a' => return Ok('\u{7}'),
            'b' => return Ok('\u{8}'),
            'f' => return Ok('\u{c}'),
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            'v' => return Ok('\u{b}'),
            '\\' => return Ok('\\'),
            _ if next == quote => return Ok(quote),
            'x' => (2, 16),
            'u' => (4, 16),
            'U' => (8, 16),
            '0'..='7' => {
                self.at -= 1;
                (3, 8)
            }
            _ => return Err(wrong),
        };
        let code = self.rest().get(..digits).filter(|code| code.chars().all(|one| one.is_digit(base)));
        let Some(value) = code.and_then(|code| u32::from_str_radix(code, base).ok()) else {
            return Err(wrong);
        };
        if value > 0x7f && !matches!(next, 'u' | 'U') {
            return Err(Wrong {
                at,
                sentence: "Bytes over 127 can't be written by themselves: write the character.",
            });
        }
        self.at += digits;
        char::from_u32(value).ok_or(wrong)
    }

    pub(super) fn raw(&mut self) -> Result<Kind, Wrong> {
        let begin = self.at + 1;
        let length = self.text[begin..].find('`');
        let length = length.ok_or(Wrong { at: self.at, sentence: "A “`” is not closed." })?;
        self.at = begin + length + 1;
        Ok(Kind::Quoted(self.text[begin..begin + length].replace('\r', "")))
    }
}
