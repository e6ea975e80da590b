//! YAML documents that people upload or that templates give: read within bounds, each part with its place.
//!
//! A document is one mapping with texts as keys. Its aliases and merges (`<<`) are resolved, so that nothing behind this
//! module knows them, and bounded, since a few lines of them can stand for gigabytes. Plain scalars mean what Go's
//! `yaml.v3` makes of them, which Docker Compose and the agents of others use: `yes` is a text, `012` the number ten.

mod build;
mod outline;
mod scalar;

use std::sync::Arc;

pub(crate) use self::outline::{Piece, Placed, Style, outline};

/// Longest document, in bytes.
pub const MAX_DOCUMENT: usize = 1024 * 1024;
/// How deep lists and mappings may stand in one another.
pub const MAX_DEPTH: usize = 64;
/// Most scalars, lists and mappings of a document, with all aliases resolved.
pub const MAX_NODES: usize = 100_000;
/// Most bytes of all scalars of a document, with all aliases resolved.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A document: a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    root: Arc<Node>,
}

/// A part of a document.
#[derive(Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    content: Content,
    /// Scalars, lists and mappings in it, itself included.
    nodes: usize,
    /// Bytes of the scalars in it.
    bytes: usize,
    /// How many lists and mappings stand in one another from here down.
    height: usize,
}

/// Where something stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

#[derive(Debug, PartialEq)]
enum Content {
    Scalar(scalar::Scalar),
    List(Vec<Arc<Node>>),
    Mapping(Vec<Entry>),
}

/// A key of a mapping and what it has.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Arc<str>,
    /// Where the key stands.
    pub place: Place,
    /// Its value.
    pub value: Arc<Node>,
}

/// Why a file is refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {}, column {}: {complaint}", place.line, place.column)]
pub struct FileError {
    /// Where.
    pub place: Place,
    /// Why.
    pub complaint: FileComplaint,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileComplaint {
    /// Bytes that are not UTF-8.
    #[error("The file is not UTF-8. Save it in that encoding.")]
    NotUtf8,
    /// Not YAML; the reader's words say why.
    #[error("This is not YAML: {0}.")]
    NotYaml(String),
    /// A tab where YAML wants blanks.
    #[error("This is not YAML: lines are indented with blanks, and here is a tab.")]
    Tab,
    /// There is nothing but comments.
    #[error("The file is empty. It has to hold a mapping, such as “services:”.")]
    Empty,
    /// The root is a list or a single value.
    #[error("The file has to be a mapping (“key: value”), not a list or a single value.")]
    NotAMapping,
    /// More than one document.
    #[error("The file holds a second document. Put what you need into one.")]
    SeveralDocuments,
    /// A key for the second time in its mapping.
    #[error("The key “{0}” stands twice in this mapping.")]
    DuplicateKey(String),
    /// A list or mapping as key.
    #[error("A key has to be a single value, not a list or mapping.")]
    CompoundKey,
    /// Too deep.
    #[error("Lists and mappings stand more than {MAX_DEPTH} deep in one another.")]
    TooDeep,
    /// Too long.
    #[error("The file is longer than {} KiB.", MAX_DOCUMENT / 1024)]
    TooLong,
    /// Too much, as a rule by aliases of aliases.
    #[error("With all aliases resolved, the file holds more than {MAX_NODES} values or {} MiB.", MAX_BYTES >> 20)]
    TooMuch,
    /// An alias of what it stands in.
    #[error("An alias stands within what it stands for.")]
    ContainsItself,
    /// `<<` with something else than mappings.
    #[error("What “<<” merges has to be a mapping, or a list of mappings.")]
    MergesNoMapping,
    /// A tag that does not fit, or that is not known.
    #[error("The tag “{0}” does not fit here.")]
    WrongTag(String),
    /// Infinity or not a number.
    #[error("This number has no JSON form. Put it in quotes if it is a text.")]
    NoJson,
    /// What a mapping has to be, and is not.
    #[error("“{0}” has to be a mapping.")]
    KeyOfNoMapping(&'static str),
    /// A service that is not a mapping.
    #[error("The service “{0}” has to be a mapping, with “image:” and more.")]
    NotAService(String),
    /// The name of a Compose project is written so that another can't take its place.
    #[error(
        "The top-level “name” can't be replaced here. Write it as “name: value” in one line, without an anchor."
    )]
    NameNotReplaceable,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// What is wrong first, with its place.
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        let text = text(bytes)?;
        build::document(text).map(|root| Self { root })
    }

    /// The entries of the root, in the document's order; merged ones stand last.
    pub fn entries(&self) -> &[Entry] {
        self.root.entries()
    }

    /// What the root has at a key.
    pub fn find(&self, key: &str) -> Option<&Node> {
        self.root.find(key)
    }

    /// The document as JSON.
    ///
    /// # Errors
    /// A number that JSON does not have, or a tag that does not fit.
    pub fn to_json(&self) -> Result<serde_json::Value, FileError> {
        self.root.to_json()
    }
}

impl Node {
    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        if let Content::Mapping(entries) = &self.content { entries } else { &[] }
    }

    /// What a mapping has at a key.
    pub fn find(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| &*entry.key == key).map(|entry| &*entry.value)
    }

    /// The elements of a list; none of anything else.
    pub fn elements(&self) -> &[Arc<Self>] {
        if let Content::List(elements) = &self.content { elements } else { &[] }
    }

    /// Whether this is a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(self.content, Content::Mapping(_))
    }

    /// Whether this is nothing: `null`, `~` or left out.
    pub fn is_null(&self) -> bool {
        self.scalar() == Some(serde_json::Value::Null)
    }

    /// The characters of a scalar, whatever they mean.
    pub fn text(&self) -> Option<&str> {
        if let Content::Scalar(scalar) = &self.content { Some(&scalar.text) } else { None }
    }

    /// Whether this is the scalar `true`.
    pub fn is_true(&self) -> bool {
        self.scalar() == Some(serde_json::Value::Bool(true))
    }

    fn scalar(&self) -> Option<serde_json::Value> {
        if let Content::Scalar(scalar) = &self.content { scalar.meaning().ok() } else { None }
    }

    /// The part as JSON.
    ///
    /// # Errors
    /// As [`Document::to_json`].
    pub fn to_json(&self) -> Result<serde_json::Value, FileError> {
        match &self.content {
            Content::Scalar(scalar) => {
                scalar.meaning().map_err(|complaint| FileError { place: self.place, complaint })
            }
            Content::List(elements) => elements.iter().map(|one| one.to_json()).collect(),
            Content::Mapping(entries) => {
                entries.iter().map(|entry| Ok((entry.key.to_string(), entry.value.to_json()?))).collect()
            }
        }
    }
}

/// The text of a file.
///
/// # Errors
/// That it is too long, or where it is not UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, FileError> {
    let start = Place { line: 1, column: 1 };
    if bytes.len() > MAX_DOCUMENT {
        return Err(FileError { place: start, complaint: FileComplaint::TooLong });
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok());
        let valid = valid.unwrap_or_default();
        let last_line = valid.rsplit('\n').next().unwrap_or_default();
        let place = Place { line: valid.matches('\n').count() + 1, column: last_line.chars().count() + 1 };
        FileError { place, complaint: FileComplaint::NotUtf8 }
    })
}
