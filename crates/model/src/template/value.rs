//! What a template computes with, and texts that remember which of their parts were inserted.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use super::names::Names;
use super::number::print_float;
use super::{Fault, Source};

/// A value. What a template was given is borrowed, so that handing it on costs nothing.
#[derive(Clone)]
pub(super) enum Value<'v> {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// A text as it stands in the template (`None`) or in what the template was given.
    Given(&'v str, Option<Origin<'v>>),
    Text(Rc<Text<'v>>),
    /// What the dot of a template is at first: named values.
    Root(&'v [(&'static str, Self)]),
    Map(&'v Names<'v>),
    /// An object or a list of a document.
    Json(&'v serde_json::Value),
    /// What `index` gives for a name that the map does not have: false when tested, an error in any other use.
    Missing(Origin<'v>),
}

/// Where a text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin<'v> {
    pub(super) source: Source,
    /// The name in the map; `None` if it is several, or if the name may not be told, being a value itself.
    pub(super) name: Option<&'v str>,
}

/// A computed text, with the parts of it that come from what the template was given.
#[derive(Clone, Default)]
pub(super) struct Text<'v> {
    pub(super) text: String,
    pub(super) inserts: Vec<Insert<'v>>,
}

/// A part of a text that was inserted.
#[derive(Clone)]
pub(super) struct Insert<'v> {
    pub(super) range: Range<usize>,
    /// What the part says to a reader of double quotes, where it is written with their escapes.
    pub(super) unquoted: Option<Rc<str>>,
    pub(super) origin: Origin<'v>,
    /// Line of the template that inserted it.
    pub(super) line: usize,
}

impl<'v> Text<'v> {
    /// Adds a part that comes from what the template was given.
    pub(super) fn insert(&mut self, text: &str, origin: Origin<'v>, line: usize) {
        let begin = self.text.len();
        self.text.push_str(text);
        self.inserts.push(Insert { range: begin..self.text.len(), unquoted: None, origin, line });
    }

    /// Adds a text with its parts.
    pub(super) fn append(&mut self, other: &Self) {
        let begin = self.text.len();
        self.text.push_str(&other.text);
        let moved = other.inserts.iter().cloned();
        self.inserts.extend(
            moved.map(|insert| Insert {
                range: insert.range.start + begin..insert.range.end + begin,
                ..insert
            }),
        );
    }

    /// A text made of this one, in which the parts can't be told apart any more: all of it counts as inserted.
    pub(super) fn derive(&self, text: String, line: usize) -> Self {
        let inserts = self.inserts.first().map(|first| {
            let range = 0..text.len();
            let origin = match self.inserts.iter().all(|one| one.origin == first.origin) {
                true => first.origin.clone(),
                false => Origin { name: None, ..first.origin.clone() },
            };
            Insert { range, unquoted: None, origin, line }
        });
        Self { text, inserts: inserts.into_iter().collect() }
    }
}

impl<'v> Value<'v> {
    /// What a value of a document is to a template.
    pub(super) fn of_json(value: &'v serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Nil,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => {
                let float = || number.as_f64().map(Self::Float);
                number.as_i64().map(Self::Int).or_else(float).unwrap_or(Self::Nil)
            }
            serde_json::Value::String(text) => {
                Self::Given(text, Some(Origin { source: Source::Values, name: None }))
            }
            serde_json::Value::Array(_) | serde_json::Value::Object(_) => Self::Json(value),
        }
    }

    /// Whether `if` and `with` take it: it is not false, 0, empty or missing.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Nil | Self::Missing(_) => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            _ => self.length().is_some_and(|length| length > 0),
        }
    }

    /// Bytes of a text, elements of anything else that has them.
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Self::Given(text, _) => Some(text.len()),
            Self::Text(text) => Some(text.text.len()),
            Self::Root(values) => Some(values.len()),
            Self::Map(names) => Some(names.texts.len()),
            Self::Json(serde_json::Value::Array(list)) => Some(list.len()),
            Self::Json(serde_json::Value::Object(map)) => Some(map.len()),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Given(text, _) => Some(text),
            Self::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// What kind of value it is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Nil | Self::Missing(_) => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Given(..) | Self::Text(_) => "a text",
            Self::Root(_) | Self::Map(_) | Self::Json(serde_json::Value::Object(_)) => "a map",
            Self::Json(_) => "a list",
        }
    }

    /// Writes the value as Go's `%v` does.
    pub(super) fn print(&self, into: &mut Text<'v>, line: usize) -> Result<(), Fault> {
        match self {
            Self::Bool(value) => into.text.push_str(if *value { "true" } else { "false" }),
            Self::Int(value) => into.text.push_str(&value.to_string()),
            Self::Float(value) => into.text.push_str(&print_float(*value)),
            Self::Given(text, None) => into.text.push_str(text),
            Self::Given(text, Some(origin)) => into.insert(text, origin.clone(), line),
            Self::Text(text) => into.append(text),
            Self::Nil => return Err(Fault::NoValue),
            Self::Missing(origin) => return Err(origin.missing()),
            Self::Root(_) | Self::Map(_) | Self::Json(_) => {
                let mut text = String::new();
                print_within(self, &mut text, 0)?;
                into.insert(&text, Origin { source: self.source(), name: None }, line);
            }
        }
        Ok(())
    }

    fn source(&self) -> Source {
        match self {
            Self::Map(names) => names.source,
            Self::Root(values) => values.first().map_or(Source::Values, |(_, first)| first.source()),
            _ => Source::Values,
        }
    }
}

impl Origin<'_> {
    /// The error that this name is missing.
    pub(super) fn missing(&self) -> Fault {
        Fault::Missing { of: self.source, name: self.name.map(str::to_owned) }
    }
}

/// How deep maps and lists are printed. Documents are no deeper.
const MAX_PRINT_DEPTH: usize = 200;

fn print_within(value: &Value<'_>, into: &mut String, depth: usize) -> Result<(), Fault> {
    if into.len() > super::MAX_OUTPUT {
        return Err(Fault::TooLong);
    }
    if depth > MAX_PRINT_DEPTH {
        return Err(Fault::TooDeep);
    }
    match value {
        // Go prints this within a map, while it refuses to print a missing value by itself.
        Value::Nil => into.push_str("<nil>"),
        Value::Root(values) => {
            let pairs = values.iter().map(|(name, value)| (*name, value.clone()));
            print_map(pairs, into, depth)?;
        }
        Value::Map(names) => {
            let pairs = names.texts.iter().map(|(name, text)| (name.as_str(), Value::Given(text, None)));
            print_map(pairs, into, depth)?;
        }
        Value::Json(serde_json::Value::Object(map)) => {
            // Go sorts by bytes, a document keeps its own order.
            let sorted: BTreeMap<&String, &serde_json::Value> = map.iter().collect();
            let pairs = sorted.into_iter().map(|(name, value)| (name.as_str(), Value::of_json(value)));
            print_map(pairs, into, depth)?;
        }
        Value::Json(serde_json::Value::Array(list)) => {
            into.push('[');
            for (index, value) in list.iter().enumerate() {
                into.push_str(if index == 0 { "" } else { " " });
                print_within(&Value::of_json(value), into, depth + 1)?;
            }
            into.push(']');
        }
        simple => {
            let mut text = Text::default();
            simple.print(&mut text, 0)?;
            into.push_str(&text.text);
        }
    }
    Ok(())
}

fn print_map<'v>(
    pairs: impl Iterator<Item = (&'v str, Value<'v>)>,
    into: &mut String,
    depth: usize,
) -> Result<(), Fault> {
    into.push_str("map[");
    for (index, (name, value)) in pairs.enumerate() {
        into.push_str(if index == 0 { "" } else { " " });
        into.push_str(name);
        into.push(':');
        print_within(&value, into, depth + 1)?;
    }
    into.push(']');
    Ok(())
}
