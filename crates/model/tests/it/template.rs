//! Templates from outside: what they write is what Go's own text/template writes, and no text harms.

mod corpus;
mod errors;
mod go;
mod harm;
mod in_yaml;
mod reads;

use std::collections::BTreeMap;

use grantry_model::template::{RenderError, Template, Values};

/// Names and texts.
fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// What the tests give to templates.
struct Given {
    license_keys: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
}

impl Given {
    fn new(license_keys: &[(&str, &str)], secrets: &[(&str, &str)]) -> Self {
        Self { license_keys: texts(license_keys), secrets: texts(secrets) }
    }

    fn values(&self) -> Values<'_> {
        Values { license_keys: &self.license_keys, secrets: &self.secrets }
    }

    fn render(&self, text: &str) -> Result<String, RenderError> {
        Template::parse(text).unwrap().render(self.values())
    }
}
