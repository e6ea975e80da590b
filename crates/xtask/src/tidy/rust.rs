//! A Rust file taken apart into code, comments and string literals, line by line.
//!
//! Just enough of a lexer for the rules: it knows nested comments, plain, byte and raw strings, and tells a character
//! from a lifetime. What it is for is that no rule mistakes a word in a comment or in a message for code.

/// One Rust file.
pub(super) struct RustFile {
    /// Path from the repository root.
    pub(super) path: String,
    /// Its lines, in order.
    pub(super) lines: Vec<Line>,
    /// Its string literals with the line (from 1) where each begins.
    pub(super) strings: Vec<(usize, String)>,
}

/// One line of a Rust file.
#[derive(Default)]
pub(super) struct Line {
    /// The code, with comments left out and string contents blanked.
    pub(super) code: String,
    /// The text of comments.
    pub(super) comment: String,
    /// Whether it belongs to an item under `#[cfg(test)]`.
    pub(super) test: bool,
}

impl Line {
    /// Whether the line holds code of the program itself.
    pub(super) fn counts(&self) -> bool {
        !self.test && !self.code.trim().is_empty()
    }
}

impl RustFile {
    /// Takes a file apart. Text that is not valid Rust gives lines too, only less exact ones.
    pub(super) fn parse(path: &str, text: &str) -> Self {
        let mut lexer = Lexer { rest: text, lines: vec![Line::default()], strings: Vec::new() };
        while lexer.step() {}
        let mut lines = lexer.lines;
        if text.ends_with('\n') {
            lines.pop();
        }
        mark_tests(&mut lines);
        Self { path: path.to_owned(), lines, strings: lexer.strings }
    }

    /// Lines of the program itself (no tests) with their numbers from 1.
    pub(super) fn program(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.counts())
            .map(|(index, line)| (index + 1, &*line.code))
    }

    /// String literals of the program itself with the line where each begins.
    pub(super) fn program_strings(&self) -> impl Iterator<Item = (usize, &str)> {
        let inside = |line: usize| self.lines.get(line - 1).is_some_and(|line| !line.test);
        self.strings.iter().filter(move |(line, _)| inside(*line)).map(|(line, text)| (*line, &**text))
    }

    /// Whether the file holds nothing but tests.
    pub(super) fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }
}

struct Lexer<'text> {
    rest: &'text str,
    lines: Vec<Line>,
    strings: Vec<(usize, String)>,
}

impl Lexer<'_> {
    /// Takes one token; false at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.take_comment(end);
        } else if self.rest.starts_with("/*") {
            self.take_comment(block_comment(self.rest));
        } else if let Some((open, close)) = raw_string(self.rest, self.after_word()) {
            self.take_string(open, &close, false);
        } else if first == '"' {
            self.take_string(1, "\"", true);
        } else if let Some(length) = character(self.rest) {
            self.take(length);
            self.put("' '", |line| &mut line.code);
        } else {
            self.take_code(first.len_utf8());
        }
        true
    }

    /// Whether the text so far ends in a name, so that an `r` here belongs to it.
    fn after_word(&self) -> bool {
        let last = self.lines.last().and_then(|line| line.code.chars().last());
        last.is_some_and(|last| last.is_alphanumeric() || last == '_')
    }

    fn take(&mut self, length: usize) -> String {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken.to_owned()
    }

    fn take_code(&mut self, length: usize) {
        let text = self.take(length);
        self.put(&text, |line| &mut line.code);
    }

    fn take_comment(&mut self, length: usize) {
        let text = self.take(length);
        self.put(&text, |line| &mut line.comment);
    }

    fn take_string(&mut self, open: usize, close: &str, escapes: bool) {
        self.take_code(open);
        let length =
            if escapes { escaped_end(self.rest) } else { self.rest.find(close).unwrap_or(self.rest.len()) };
        let content = self.take(length);
        let line = self.lines.len();
        let blank: String = content.chars().filter(|one| *one == '\n').collect();
        self.strings.push((line, content));
        self.put(&blank, |line| &mut line.code);
        self.take_code(close.len().min(self.rest.len()));
    }

    /// Appends text to the current line, and begins a new line at each line break.
    fn put(&mut self, text: &str, part: fn(&mut Line) -> &mut String) {
        for (index, piece) in text.split('\n').enumerate() {
            if index > 0 {
                self.lines.push(Line::default());
            }
            if let Some(line) = self.lines.last_mut() {
                part(line).push_str(piece);
            }
        }
    }
}

/// Length of a block comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Length of what opens a raw string here, and what closes it.
fn raw_string(text: &str, after_word: bool) -> Option<(usize, String)> {
    if after_word {
        return None;
    }
    let prefix = ["br", "cr", "r"].into_iter().find(|prefix| text.starts_with(prefix))?;
    let after = text.get(prefix.len()..)?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let opened = after.get(hashes..)?.starts_with('"');
    opened.then(|| (prefix.len() + hashes + 1, format!("\"{}", "#".repeat(hashes))))
}

/// Where a string with escapes ends.
fn escaped_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, one) in text.char_indices() {
        match one {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    text.len()
}

/// Length of a character literal here; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    let first = inner.chars().next()?;
    if first == '\\' {
        let skip = 1 + inner.chars().nth(1)?.len_utf8();
        return inner.get(skip..)?.find('\'').map(|end| 1 + skip + end + 1);
    }
    inner.get(first.len_utf8()..)?.starts_with('\'').then(|| first.len_utf8() + 2)
}

/// Marks the items under `#[cfg(test)]`, from the attribute to the closing brace or the semicolon.
fn mark_tests(lines: &mut [Line]) {
    let (mut depth, mut opened, mut inside) = (0_i32, false, false);
    for line in lines {
        if !inside && line.code.trim_start().starts_with("#[cfg(test)]") {
            (depth, opened, inside) = (0, false, true);
        }
        if !inside {
            continue;
        }
        line.test = true;
        for one in line.code.chars() {
            match one {
                '{' => (depth, opened) = (depth + 1, true),
                '}' => depth -= 1,
                ';' if !opened => inside = false,
                _ => {}
            }
        }
        inside = inside && !(opened && depth <= 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<String> {
        RustFile::parse("x.rs", text).lines.into_iter().map(|line| line.code).collect()
    }

    #[test]
    fn comments_are_no_code() {
        assert_eq!(codes("a // b\n/* c /* d */ e */ f\n"), ["a ", " f"]);
        let file = RustFile::parse("x.rs", "a // b\n");
        assert_eq!(file.lines[0].comment, "// b");
    }

    #[test]
    fn strings_are_blanked_and_kept_aside() {
        let file = RustFile::parse("x.rs", "f(\"a // \\\" b\", r#\"c \" d\"#, b\"e\")\ng(\"h\ni\") // j\n");
        let strings: Vec<_> = file.strings.iter().map(|(line, text)| (*line, &**text)).collect();
        assert_eq!(strings, [(1, "a // \\\" b"), (1, "c \" d"), (1, "e"), (2, "h\ni")]);
        let codes: Vec<_> = file.lines.iter().map(|line| &*line.code).collect();
        assert_eq!(codes, ["f(\"\", r#\"\"#, b\"\")", "g(\"", "\") "]);
    }

    #[test]
    fn quotes_in_characters_and_lifetimes_open_nothing() {
        assert_eq!(codes("f('\"', '\\'', '\\u{1f}', 'ä', '{') // x\n"), ["f(' ', ' ', ' ', ' ', ' ') "]);
        assert_eq!(codes("fn f<'a>(x: &'a str) {} // '\n"), ["fn f<'a>(x: &'a str) {} "]);
        assert_eq!(codes("for\"x\"\n"), ["for\"\""], "the r of a word opens no raw string");
    }

    #[test]
    fn tests_are_marked_to_their_closing_brace() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod other;\nfn d() {}\n";
        let file = RustFile::parse("x.rs", text);
        let program: Vec<_> = file.program().collect();
        assert_eq!(program, [(1, "fn a() {}"), (6, "fn c() {}"), (9, "fn d() {}")]);
    }

    #[test]
    fn unfinished_text_ends_too() {
        for text in ["\"a", "/* a", "r#\"a", "'", "'\\", "b'"] {
            assert_eq!(codes(text).len(), 1, "{text}");
        }
    }
}
