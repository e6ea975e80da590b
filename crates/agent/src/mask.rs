//! Keeps secrets out of what is reported.

/// What stands for a secret.
const MASK: &str = "********";

/// Shorter values are not masked: they are no secrets, and `1` or `no` are part of every message.
const SHORTEST: usize = 4;

/// The values that must not be shown.
#[derive(Default)]
pub(crate) struct Mask(Vec<String>);

impl Mask {
    /// Hides every value of an env file, and passwords inside of URLs in it.
    pub(crate) fn of_env_file(content: &[u8]) -> Self {
        let mut mask = Self::default();
        for line in String::from_utf8_lossy(content).lines() {
            let line = line.trim();
            let Some((_, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
            let value = value.trim();
            let quoted =
                ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
            for value in std::iter::once(value).chain(quoted) {
                mask.hide(value);
                mask.hide(&value.replace("\\n", "\n"));
                password_in_url(value).into_iter().for_each(|password| mask.hide(password));
                // Parts of what has several lines come one by one where output is read by lines.
                value.split("\\n").for_each(|part| mask.hide(part));
            }
        }
        mask
    }

    /// Hides one more value.
    pub(crate) fn hide(&mut self, value: &str) {
        if value.len() >= SHORTEST && !self.0.iter().any(|known| known == value) {
            self.0.push(value.to_owned());
            // Long ones first, so that a secret is not left in part because another one is part of it.
            self.0.sort_by_key(|value| std::cmp::Reverse(value.len()));
        }
    }

    /// The text with all that is hidden replaced.
    pub(crate) fn apply(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| {
            if text.contains(secret.as_str()) { text.replace(secret.as_str(), MASK) } else { text }
        })
    }
}

fn password_in_url(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let (credential, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    credential.split_once(':').map(|(_, password)| password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_an_env_file_are_hidden() {
        let file = b"# NOTE=comment\nTOKEN=eyJ.abc.def\nQUOTED=\"two words\"\nN=1\n\nexport KEY='one\\nline two'\nDB=postgres://app:pa55w0rd@db/x\nLONG=eyJ.abc.def.more\nbare\n";
        let mask = Mask::of_env_file(file);
        for (text, expected) in [
            ("got eyJ.abc.def, 1 time", "got ********, 1 time"),
            ("eyJ.abc.def.more", "********"),
            ("invalid \"two words\"", "invalid ********"),
            ("two words twice: two words", "******** twice: ********"),
            ("part: line two", "part: ********"),
            ("wrong password pa55w0rd", "wrong password ********"),
            ("comment", "comment"),
            ("bare", "bare"),
        ] {
            assert_eq!(mask.apply(text), expected);
        }
    }

    #[test]
    fn bytes_that_are_no_text_do_not_hinder() {
        let mask = Mask::of_env_file(b"A=secret\nB=\xff\xfe\nC=");
        assert_eq!(mask.apply("a secret"), "a ********");
    }
}
