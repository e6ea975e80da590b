//! How the values of an env file reach a stack's Compose file.
//!
//! `docker stack deploy` has no option for an env file: it fills in variables of its own environment, after it has read the file as YAML,
//! so that no value can change the file's form. The values therefore go into the environment of that one command. Names that the docker
//! CLI or its libraries would heed themselves get another name, there and in the file.

use std::collections::BTreeMap;

use crate::failure::Failure;

/// What is put before a name that the docker CLI would heed.
const ALIAS: &str = "GRANTRY_VALUE_";

/// Names that the docker CLI, Go or the loader of programs heed; besides those that begin with `DOCKER_` or `LD_`.
const HEEDED: &[&str] = &[
    "PATH",
    "HOME",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "LC_ALL",
    "LANG",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SSH_AUTH_SOCK",
    "GODEBUG",
    "GOTRACEBACK",
    "GOMAXPROCS",
    "GOMEMLIMIT",
    "GOGC",
];

/// The values of an env file, by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Values(BTreeMap<String, String>);

impl Values {
    /// Reads an env file in the form that Compose reads: `NAME=value` with `export` or without, comments, quotes of both kinds, which
    /// may span lines, and references to what stands above.
    ///
    /// # Errors
    /// A line is none of that; its number is told, and not what is in it.
    pub(super) fn read(content: &[u8]) -> Result<Self, Failure> {
        let text = String::from_utf8_lossy(content);
        let mut values = Self::default();
        let mut rest = &*text;
        while !rest.is_empty() {
            let number = text[..text.len() - rest.len()].matches('\n').count() + 1;
            let wrong = |why: &str| Failure::new(format!("line {number} of the env file {why}"));
            let line = rest.split('\n').next().unwrap_or_default();
            let start = line.trim_start();
            if start.trim().is_empty() || start.starts_with('#') {
                rest = after(rest, line.len() + 1);
                continue;
            }
            let (name, value) = line.split_once('=').ok_or_else(|| wrong("is not NAME=value"))?;
            let name = name.trim();
            let name = name.strip_prefix("export ").unwrap_or(name).trim();
            if !is_name(name) {
                return Err(wrong("has no valid name"));
            }
            let indent = value.len() - value.trim_start().len();
            let from = line.len() - value.len() + indent;
            let value = value.trim_start();
            let (value, taken) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let inner = after(rest, from + 1);
                    let end = closing(inner, quote).ok_or_else(|| wrong("has a quote that does not end"))?;
                    let raw = &inner[..end];
                    let value = if quote == '"' { values.fill(raw, true) } else { raw.to_owned() };
                    let remainder = inner[end + 1..].split('\n').next().unwrap_or_default();
                    if !remainder.trim().is_empty() && !remainder.trim_start().starts_with('#') {
                        return Err(wrong("goes on after its quote"));
                    }
                    (value, from + 1 + end + 1 + remainder.len())
                }
                _ => (values.fill(bare(value), false), line.len()),
            };
            values.0.insert(name.to_owned(), value);
            rest = after(rest, taken + 1);
        }
        Ok(values)
    }

    /// The variables for the command, under the names that [`Self::rename_in`] gives them.
    pub(super) fn variables(self) -> impl Iterator<Item = (String, String)> {
        self.0.into_iter().map(|(name, value)| {
            let name = if is_heeded(&name) { format!("{ALIAS}{name}") } else { name };
            (name, value)
        })
    }

    /// The Compose file with references to the heeded names among these values given their other name.
    pub(super) fn rename_in(&self, file: &str) -> String {
        if !self.0.keys().any(|name| is_heeded(name)) {
            return file.to_owned();
        }
        let mut renamed = String::with_capacity(file.len());
        let mut rest = file;
        while let Some((before, behind)) = rest.split_once('$') {
            renamed.push_str(before);
            renamed.push('$');
            rest = behind;
            // Two of them stand for the character itself.
            if let Some(behind) = rest.strip_prefix('$') {
                renamed.push('$');
                rest = behind;
                continue;
            }
            if let Some(behind) = rest.strip_prefix('{') {
                renamed.push('{');
                rest = behind;
            }
            let name = &rest[..name_length(rest)];
            if is_heeded(name) && self.0.contains_key(name) {
                renamed.push_str(ALIAS);
            }
        }
        renamed.push_str(rest);
        renamed
    }

    /// A value with its references filled in, and in double quotes its escapes.
    fn fill(&self, raw: &str, quoted: bool) -> String {
        let mut filled = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find(['$', '\\']) {
            filled.push_str(&rest[..at]);
            let behind = &rest[at + 1..];
            rest = if rest[at..].starts_with('\\') {
                unescape(behind, quoted, &mut filled)
            } else {
                self.refer(behind, &mut filled)
            };
        }
        filled.push_str(rest);
        filled
    }

    /// Fills in one reference; `rest` is what stands behind its `$`. What is no reference stays as it is.
    fn refer<'rest>(&self, rest: &'rest str, filled: &mut String) -> &'rest str {
        if let Some(rest) = rest.strip_prefix('$') {
            filled.push('$');
            return rest;
        }
        let braced = rest.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let (inner, behind) = match braced {
            Some(parts) => parts,
            None => rest.split_at(name_length(rest)),
        };
        let (name, operator) = inner.split_at(name_length(inner));
        let known = self.0.get(name).map(String::as_str);
        let value = match operator.strip_prefix(":-") {
            Some(default) => Some(known.filter(|value| !value.is_empty()).unwrap_or(default)),
            None if operator.is_empty() => Some(known.unwrap_or_default()),
            None => operator.strip_prefix('-').map(|default| known.unwrap_or(default)),
        };
        match value.filter(|_| !name.is_empty()) {
            Some(value) => {
                filled.push_str(value);
                behind
            }
            None => {
                filled.push('$');
                rest
            }
        }
    }
}

/// What stands behind a backslash.
fn unescape<'rest>(rest: &'rest str, quoted: bool, filled: &mut String) -> &'rest str {
    let meant = match rest.chars().next() {
        Some('$') => '$',
        Some('n') if quoted => '\n',
        Some('r') if quoted => '\r',
        Some('t') if quoted => '\t',
        Some(other @ ('"' | '\\')) if quoted => other,
        _ => {
            filled.push('\\');
            return rest;
        }
    };
    filled.push(meant);
    &rest[1..]
}

/// An unquoted value: up to a comment, without spaces around it.
fn bare(value: &str) -> &str {
    if value.starts_with('#') {
        return "";
    }
    let end = [" #", "\t#"].iter().filter_map(|mark| value.find(mark)).min();
    value[..end.unwrap_or(value.len())].trim()
}

/// Where a quoted value ends.
fn closing(inner: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    inner.char_indices().find_map(|(at, one)| {
        if one == quote && !escaped {
            return Some(at);
        }
        escaped = quote == '"' && one == '\\' && !escaped;
        None
    })
}

fn after(text: &str, bytes: usize) -> &str {
    text.get(bytes..).unwrap_or_default()
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with(|one: char| one.is_ascii_digit()) && name_length(name) == name.len()
}

/// How many bytes at the beginning may be a name.
fn name_length(text: &str) -> usize {
    text.find(|one: char| !one.is_ascii_alphanumeric() && one != '_').unwrap_or(text.len())
}

fn is_heeded(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name.starts_with("DOCKER_") || name.starts_with("LD_") || HEEDED.contains(&&*name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Vec<(String, String)> {
        Values::read(content.as_bytes()).unwrap().0.into_iter().collect()
    }

    fn check(content: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(read(content), expected, "{content}");
    }

    #[test]
    fn an_env_file_is_read_as_compose_does() {
        check(
            "A=1\nB = two words  \n\n# C=3\nexport D=x=y\r\n",
            &[("A", "1"), ("B", "two words"), ("D", "x=y")],
        );
        check("A=a # comment\nB=a#b\nC=\nD=# comment\n", &[("A", "a"), ("B", "a#b"), ("C", ""), ("D", "")]);
        check("A='$B \\n' # yes\nB=\"a\\n\\\"b\\\" \\$C\"", &[("A", "$B \\n"), ("B", "a\n\"b\" $C")]);
        check(
            "A=\"one\ntwo\"\nB='three\n\nfour'\nC=1",
            &[("A", "one\ntwo"), ("B", "three\n\nfour"), ("C", "1")],
        );
        check("A=eyJ.a-b_c.d\nB=line\\nline", &[("A", "eyJ.a-b_c.d"), ("B", "line\\nline")]);
        check("", &[]);
    }

    #[test]
    fn a_value_may_refer_to_those_above() {
        let file = "H=db\nA=$H:1\nB=${H}x\nC=${N:-none}\nD=\"${N-none}\"\nE=$$H\nF=\\$H\nG=a$ b${\nI=${H?}";
        check(
            file,
            &[
                ("A", "db:1"),
                ("B", "dbx"),
                ("C", "none"),
                ("D", "none"),
                ("E", "$H"),
                ("F", "$H"),
                ("G", "a$ b${"),
                ("H", "db"),
                ("I", "${H?}"),
            ],
        );
    }

    #[test]
    fn what_is_no_env_file_is_told_by_its_line_and_not_by_its_content() {
        for (content, expected) in [
            ("A=1\nhunter2", "line 2 of the env file is not NAME=value"),
            ("A=\"x\ny\"\n1B=hunter2", "line 3 of the env file has no valid name"),
            ("A='hunter2", "line 1 of the env file has a quote that does not end"),
            ("A='x'hunter2", "line 1 of the env file goes on after its quote"),
        ] {
            assert_eq!(Values::read(content.as_bytes()).unwrap_err().to_string(), expected);
        }
        // Bytes that are no text hinder nobody.
        assert!(Values::read(b"A=\xff\xfe").is_ok());
    }

    #[test]
    fn names_that_the_docker_cli_heeds_get_another_name() {
        let values = Values::read(b"PATH=/evil\nDOCKER_HOST=tcp://x\nTOKEN=t\nhttp_proxy=p").unwrap();
        let file = "a: $PATH ${PATH:-${DOCKER_HOST}} $$PATH $PATHS $TOKEN ${HOME} $http_proxy $";
        let expected = "a: $GRANTRY_VALUE_PATH ${GRANTRY_VALUE_PATH:-${GRANTRY_VALUE_DOCKER_HOST}} $$PATH $PATHS $TOKEN \
                        ${HOME} $GRANTRY_VALUE_http_proxy $";
        assert_eq!(values.rename_in(file), expected);
        let names: Vec<_> = values.variables().map(|(name, _)| name).collect();
        let expected =
            ["GRANTRY_VALUE_DOCKER_HOST", "GRANTRY_VALUE_PATH", "TOKEN", "GRANTRY_VALUE_http_proxy"];
        assert_eq!(names, expected);
        let plain = Values::read(b"TOKEN=t").unwrap();
        assert_eq!(plain.rename_in("$PATH"), "$PATH");
    }
}
