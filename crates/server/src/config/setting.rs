//! What a setting is.

use super::{Config, Refusal};

/// A setting: its names, its words, its default and how its text becomes a value.
#[derive(Debug)]
pub struct Setting {
    /// The key in the configuration file. In capitals, with `GRANTRY_` before it, the environment variable.
    pub name: &'static str,
    /// The flag without its dashes; none for secrets, because everybody on a machine sees the flags of a program.
    pub flag: Option<&'static str>,
    /// The placeholder of the value in help texts.
    pub placeholder: &'static str,
    /// What it sets: one phrase, for help texts and as the first sentence of the reference.
    pub summary: &'static str,
    /// What else an operator should know, in Markdown; may be empty.
    pub details: &'static str,
    /// What holds when nothing is set.
    pub default: Fallback,
    /// Whether it is one text or a list.
    pub shape: Shape,
    /// What of it may be shown.
    pub visibility: Visibility,
    /// Parses the text and puts the value in its place.
    pub(super) apply: fn(&mut Config, &str) -> Result<(), Refusal>,
}

impl Setting {
    /// The environment variable, for example `GRANTRY_DATA_DIR`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("GRANTRY_{}", self.name.to_ascii_uppercase())
    }
}

/// What holds when a setting is not set.
#[derive(Debug)]
pub enum Fallback {
    /// This text.
    Text(&'static str),
    /// A text that follows from settings above this one in the table; `says` describes it in the reference.
    Follows {
        /// In Markdown, for example `` `http://<listen>` ``.
        says: &'static str,
        /// The text.
        from: fn(&Config) -> String,
    },
    /// No value; the phrase says what the hub does then.
    Nothing(&'static str),
}

/// The form of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One text, never empty.
    Text,
    /// Texts separated by commas, or an array in the file; may be empty.
    List,
}

/// What of a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// All.
    Plain,
    /// All but the passwords in a URL.
    Url,
    /// Nothing.
    Secret,
}
