//! Env files, as Docker Compose reads them.
//!
//! A line is `KEY=value`, `export KEY=value`, `KEY: value`, a comment or blank. A value without quotes ends before ` #`
//! and loses the blanks around it; single quotes keep everything; double quotes know `\n`, `\r`, `\t`, `\"`, `\\`, `\$`;
//! quoted values may have several lines. `$NAME` is left as it stands, since what it means is known on the target alone.
//! The same variable again replaces its value. A name alone takes its value from the environment of the target, so it
//! has none here.

use std::collections::BTreeMap;

/// The variables of an env file by name.
pub type Variables = BTreeMap<String, String>;

/// Why a text is not an env file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}: {complaint}")]
pub struct EnvFileError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong there. It holds no value.
    pub complaint: EnvFileComplaint,
}

/// What is wrong with a line of an env file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvFileComplaint {
    /// The line begins with `=` or `:`.
    #[error("The name of the variable is missing before the “=”.")]
    NoName,
    /// A name with a character that names can't have.
    #[error("A name has letters, digits, “_”, “.”, “-”, “[” and “]” only, and no blanks.")]
    BadName,
    /// A quote that is not closed.
    #[error("The quote that begins here is not closed.")]
    OpenQuote,
    /// Something behind a closing quote.
    #[error("After the closing quote there is something else than a comment.")]
    AfterQuote,
}

/// Reads an env file.
///
/// # Errors
/// The first line that is wrong.
pub fn parse(text: &str) -> Result<Variables, EnvFileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let mut variables = Variables::new();
    let (mut rest, mut line) = (&*text, 1);
    while !rest.is_empty() {
        let length = statement(rest, &mut variables).map_err(|complaint| EnvFileError { line, complaint })?;
        let (done, after) = rest.split_at(length);
        line += done.matches('\n').count();
        rest = after;
    }
    Ok(variables)
}

/// Reads what begins at a line, and gives its length with the line break.
fn statement(text: &str, variables: &mut Variables) -> Result<usize, EnvFileComplaint> {
    let end = text.find('\n').map_or(text.len(), |at| at + 1);
    let whole = text[..end].trim_start();
    if whole.is_empty() || whole.starts_with('#') {
        return Ok(end);
    }
    let exported = whole.strip_prefix("export").filter(|rest| rest.starts_with(blank));
    let whole = exported.map_or(whole, str::trim_start);
    let (start, line) = (end - whole.len(), whole.trim_end());
    let Some(separator) = line.find(['=', ':']) else {
        let name = line.split_once(" #").map_or(line, |(name, _)| name).trim_end();
        return if is_name(name) { Ok(end) } else { Err(EnvFileComplaint::BadName) };
    };
    let name = line[..separator].trim_end();
    if name.is_empty() {
        return Err(EnvFileComplaint::NoName);
    }
    if !is_name(name) {
        return Err(EnvFileComplaint::BadName);
    }
    // From here on the text itself, since a quoted value can go on over the line's end.
    let value = text[start + separator + 1..].trim_start_matches(blank);
    let begin = text.len() - value.len();
    let Some(quote) = value.chars().next().filter(|one| matches!(one, '"' | '\'')) else {
        variables.insert(name.to_owned(), unquoted(value.lines().next().unwrap_or_default()).to_owned());
        return Ok(end);
    };
    let (length, value) = quoted(&value[1..], quote).ok_or(EnvFileComplaint::OpenQuote)?;
    let after = begin + 1 + length;
    let end = text[after..].find('\n').map_or(text.len(), |at| after + at + 1);
    let behind = text[after..end].trim();
    if !behind.is_empty() && !behind.starts_with('#') {
        return Err(EnvFileComplaint::AfterQuote);
    }
    variables.insert(name.to_owned(), value);
    Ok(end)
}

fn blank(one: char) -> bool {
    matches!(one, ' ' | '\t')
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | '.' | '-' | '[' | ']'))
}

/// A value without quotes: up to a comment, which begins with a blank and `#`.
fn unquoted(value: &str) -> &str {
    if value.starts_with('#') {
        return "";
    }
    let comment = value.match_indices('#').find(|(at, _)| value[..*at].ends_with(blank));
    comment.map_or(value, |(at, _)| &value[..at]).trim()
}

/// A value up to its closing quote, and the length with that quote.
fn quoted(text: &str, quote: char) -> Option<(usize, String)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, one)) = chars.next() {
        match one {
            _ if one == quote => return Some((at + 1, value)),
            '\\' => match (quote, chars.next()?.1) {
                ('"', 'n') => value.push('\n'),
                ('"', 'r') => value.push('\r'),
                ('"', 't') => value.push('\t'),
                ('"', next @ ('"' | '\\' | '$')) => value.push(next),
                (_, next) => value.extend(['\\', next]),
            },
            _ => value.push(one),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let parsed = parse(text).unwrap();
        let pairs: Vec<_> = parsed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, expected, "{text:?}");
    }

    fn refused(text: &str, line: usize, complaint: EnvFileComplaint) {
        assert_eq!(parse(text), Err(EnvFileError { line, complaint }), "{text:?}");
    }

    #[test]
    fn lines_are_read_as_compose_reads_them() {
        check("", &[]);
        check("\n# comment\n  # another\n", &[]);
        check("A=1\r\nB = two words \nexport C=3", &[("A", "1"), ("B", "two words"), ("C", "3")]);
        check("A: yaml style\nexported=x", &[("A", "yaml style"), ("exported", "x")]);
        check("A=1 # comment\nB=a#b\nC=#c\nD=", &[("A", "1"), ("B", "a#b"), ("C", ""), ("D", "")]);
        check("A=\nB=2", &[("A", ""), ("B", "2")]);
        check("A=1\nA=2", &[("A", "2")]);
        check("FROM_OUTSIDE\nA.b-c[0]=x", &[("A.b-c[0]", "x")]);
        check("URL=https://a.example/?a=b&c:d", &[("URL", "https://a.example/?a=b&c:d")]);
        check("A=$HOME/${B}", &[("A", "$HOME/${B}")]);
        check("\u{feff}Ä=ü", &[("Ä", "ü")]);
    }

    #[test]
    fn quotes_keep_what_is_in_them() {
        check("A='a # \\n $b' # comment", &[("A", "a # \\n $b")]);
        check("A=\"a\\n\\\"b\\\" \\\\ \\$c \\x\"", &[("A", "a\n\"b\" \\ $c \\x")]);
        check("A=\"two\nlines\"\nB=1", &[("A", "two\nlines"), ("B", "1")]);
        check("A=''\nB=\"\"", &[("A", ""), ("B", "")]);
        check("A=it's", &[("A", "it's")]);
    }

    #[test]
    fn errors_name_the_line() {
        refused("A=1\n=2", 2, EnvFileComplaint::NoName);
        refused("A=\"1\n2\"\nB C=3", 3, EnvFileComplaint::BadName);
        refused("{{ if .X }}", 1, EnvFileComplaint::BadName);
        refused("\nA='open\nB=1", 2, EnvFileComplaint::OpenQuote);
        refused("A='\\'", 1, EnvFileComplaint::OpenQuote);
        refused("A='a' b", 1, EnvFileComplaint::AfterQuote);
    }
}
