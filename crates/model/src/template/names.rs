//! License keys and secrets by name.

use std::collections::BTreeMap;

use super::value::{Origin, Value};
use super::{Fault, Source};

/// Texts by name, and by the alias of each name.
pub(super) struct Names<'v> {
    pub(super) source: Source,
    pub(super) texts: &'v BTreeMap<String, String>,
    /// The names behind each alias. An alias of several names reads none of them.
    aliases: BTreeMap<String, Vec<&'v str>>,
}

impl<'v> Names<'v> {
    /// Texts of this source. License keys are found by alias too.
    pub(super) fn new(source: Source, texts: &'v BTreeMap<String, String>) -> Self {
        let mut aliases: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        if source == Source::LicenseKeys {
            for name in texts.keys() {
                aliases.entry(alias(name)).or_default().push(name);
            }
        }
        Self { source, texts, aliases }
    }

    /// The text of that name, or else of the one name that has it as alias.
    pub(super) fn find(&self, name: &str) -> Result<Option<Value<'v>>, Fault> {
        let known: &'v str = match (self.texts.get_key_value(name), self.aliases.get(name).map(Vec::as_slice))
        {
            (Some((name, _)), _) => name,
            (None, Some([one])) => one,
            (None, Some(several)) => {
                let names = several.iter().map(|&name| name.to_owned()).collect();
                return Err(Fault::Ambiguous { alias: name.to_owned(), names });
            }
            (None, None) => return Ok(None),
        };
        let origin = Origin { source: self.source, name: Some(known) };
        Ok(self.texts.get(known).map(|text| Value::Given(text, Some(origin))))
    }
}

/// The alias of a name: its letters in capitals, and an underscore for what stands between letters and digits.
pub(super) fn alias(name: &str) -> String {
    let words = name.split(|one: char| !one.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_uppercase).collect::<Vec<_>>().join("_")
}
