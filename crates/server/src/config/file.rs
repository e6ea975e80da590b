//! Settings from the configuration file: TOML, one key a setting, no tables.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, advice};
use super::resolve::{Given, Layer, Source};
use super::setting::{Setting, Shape};
use super::spelling::nearest;
use super::table::{SETTINGS, find};

/// The file that is read if it is there and no other one is named.
const DEFAULT_FILE: &str = "grantry.toml";

/// Reads the file that the flag names, else the one that the environment names, else `grantry.toml` if it is there.
pub(super) fn read(
    flag: Option<&Path>,
    variable: Option<PathBuf>,
    folder: &Path,
) -> Result<Layer, ConfigError> {
    let (path, named_by) = match (flag, variable) {
        (Some(path), _) => (path.to_owned(), "flag --config"),
        (None, Some(path)) => (path, "environment GRANTRY_CONFIG"),
        (None, None) => (PathBuf::from(DEFAULT_FILE), "default"),
    };
    match std::fs::read_to_string(folder.join(&path)) {
        Ok(text) => Reader { path, text: &text }.read(),
        Err(error) if named_by == "default" && error.kind() == std::io::ErrorKind::NotFound => {
            Ok(Layer::new())
        }
        Err(problem) => Err(ConfigError::Unreadable { path, named_by, problem }),
    }
}

struct Reader<'a> {
    path: PathBuf,
    text: &'a str,
}

impl Reader<'_> {
    fn read(&self) -> Result<Layer, ConfigError> {
        let document = DeTable::parse(self.text).map_err(|error| ConfigError::Syntax {
            origin: self.source(error.span().map_or(0, |span| span.start)),
            // The parser's message may have several lines; an operator reads one.
            problem: error.message().lines().collect::<Vec<_>>().join(", "),
        })?;
        let mut layer = Layer::new();
        for (key, value) in document.get_ref() {
            let source = self.source(key.span().start);
            let name: &str = key.get_ref();
            let Some(setting) = find(name) else {
                let known: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
                let advice = advice(nearest(name, known.iter().copied()), &known);
                return Err(ConfigError::UnknownKey { key: name.to_owned(), origin: source, advice });
            };
            match text_of(setting, value) {
                Ok(text) => layer.insert(setting.name, Given { text, source }),
                Err(refusal) => {
                    return Err(ConfigError::Value { setting: setting.name, origin: source, refusal });
                }
            };
        }
        Ok(layer)
    }

    fn source(&self, offset: usize) -> Source {
        let before = self.text.as_bytes().iter().take(offset);
        Source::File { path: self.path.clone(), line: 1 + before.filter(|byte| **byte == b'\n').count() }
    }
}

fn text_of(setting: &Setting, value: &Spanned<DeValue<'_>>) -> Result<String, String> {
    match (setting.shape, value.get_ref()) {
        (_, DeValue::String(text)) => Ok(text.clone().into_owned()),
        (Shape::List, DeValue::Array(items)) => {
            let texts: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            let texts = texts.ok_or("the list holds something that is not text; put each item in quotes")?;
            Ok(texts.join(","))
        }
        (Shape::List, other) => {
            Err(format!("the value is of type {}; write a list of texts in quotes", other.type_str()))
        }
        (Shape::Text, other) => {
            Err(format!("the value is of type {}; write text in quotes", other.type_str()))
        }
    }
}
