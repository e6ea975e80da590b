//! What stops a start: one sentence each, naming the setting, where it came from, what is wrong and what is right.

use std::path::PathBuf;

use super::resolve::Source;

/// A configuration that the hub won't start with. `Display` is the sentence for the operator and holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that its setting refuses.
    #[error("setting {setting}, from {origin}: {refusal}")]
    Value {
        /// The setting's name.
        setting: &'static str,
        /// Where the value came from.
        origin: Source,
        /// What is wrong; what would be right.
        refusal: String,
    },
    /// Two settings that exclude each other.
    #[error(
        "{first}, from {first_origin}, and {second}, from {second_origin}, are both set; keep one of them"
    )]
    Both {
        /// One setting.
        first: &'static str,
        /// Where it came from.
        first_origin: Source,
        /// The other one.
        second: &'static str,
        /// Where that came from.
        second_origin: Source,
    },
    /// A key of the file that is no setting.
    #[error("{key:?} in {origin} is not a setting; {advice}")]
    UnknownKey {
        /// The key as written.
        key: String,
        /// File and line.
        origin: Source,
        /// The nearest name, or all of them.
        advice: String,
    },
    /// A variable that looks like ours and is no setting.
    #[error("the environment variable {name} is not a setting; {advice}")]
    UnknownVariable {
        /// The variable's name.
        name: String,
        /// The nearest name, or all of them.
        advice: String,
    },
    /// A variable whose value is not text.
    #[error("the environment variable {name} is not UTF-8 text; set it to text or unset it")]
    NotText {
        /// The variable's name.
        name: String,
    },
    /// A file that is not TOML.
    #[error(
        "the configuration file {origin} is not valid TOML ({problem}); write each setting on a line \
             like listen = \"127.0.0.1:8080\""
    )]
    Syntax {
        /// File and line.
        origin: Source,
        /// In the words of the parser.
        problem: String,
    },
    /// A file that can't be read.
    #[error("the configuration file {path:?}, named by {named_by}, can't be read: {problem}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What made us look for it.
        named_by: &'static str,
        /// In the words of the operating system.
        problem: std::io::Error,
    },
}

/// Which known name may have been meant, or all of them, as the second half of a sentence.
pub(super) fn advice(nearest: Option<&str>, known: &[&str]) -> String {
    match nearest {
        Some(name) => format!("did you mean {name}?"),
        None => format!("the names are {}", known.join(", ")),
    }
}
