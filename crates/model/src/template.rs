//! Templates of env files, of Helm values and of links, in the syntax of Go's `text/template`.
//!
//! A template reads license tokens and secrets: `{{ .LicenseKeys.NAME }}`, `{{ .Secrets.NAME }}`, and, where a name is not
//! one word, `{{ index .LicenseKeys "My Key" }}`. It knows `if`, `else if`, `with`, `else with`, `range`, `break`, `continue`,
//! variables, pipelines, comments, trimming (`{{-` and `-}}`), quoted and raw text, and of Go's functions `and`, `or`, `not`,
//! `len`, `index`, `slice`, `print`, `printf`, `println`, `html`, `urlquery`, `eq`, `ne`, `lt`, `le`, `gt` and `ge`. What it
//! writes is what Go writes; a test compares them. It is an interpreter of our own, since we must know which names a
//! template reads, which parts of the result were inserted, and that no error repeats a secret.
//!
//! It differs from Go on purpose, each time by refusing what Go lets pass:
//! - A missing name is an error, as with Go's `missingkey=error`, and not only by field but through `index` too, where
//!   Go writes nothing: an installation with an empty password is worse than one that does not start. A name that may be
//!   missing can be asked for: `index` under `if`, `with`, `and`, `or` and `not` takes it as false.
//! - `printf` takes the verbs `%v %s %q %d %x %X %f %t %%` with `-`, `0`, `+`, width and precision; a verb that does not
//!   fit its value is an error, which Go writes into the text. Nothing (`nil`, or a null of a document) can't be printed.
//! - `define`, `template`, `block`, `js` and `call`, complex and hexadecimal floats, `_` in numbers, and single bytes
//!   over 127 in quotes are not known. A `slice` may not cut a character.
//!
//! Beyond Go, `.LicenseKeys.MY_LICENSE_KEY` reads the key “My License Key” if no key has the name itself. If several keys
//! have that alias, it is an error that names them.
//!
//! Templates come from customers and vendors, so all is bounded: the text, its depth, the steps, the work of functions
//! and the result. An error names the line and what is missing, and never holds a license token or a secret.

mod function;
mod in_yaml;
mod lex;
mod link;
mod names;
mod number;
mod parse;
mod printf;
mod reads;
mod run;
mod tree;
mod value;

use std::collections::BTreeMap;
use std::fmt;

pub use self::link::{LinkData, LinkTemplate};
use self::names::Names;
pub use self::reads::{ReadNames, Reads};
use self::value::{Text, Value};

/// Longest template, in bytes.
pub const MAX_TEXT: usize = 256 * 1024;
/// Longest result, in bytes.
pub const MAX_OUTPUT: usize = 1024 * 1024;
/// How deep controls and parentheses may stand in one another.
pub const MAX_DEPTH: usize = 64;

/// A template, read once and rendered as often as needed.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    text: String,
    list: tree::List,
}

/// What a template can read. Its `Debug` shows names alone.
#[derive(Clone, Copy)]
pub struct Values<'v> {
    /// License tokens by the names of their keys.
    pub license_keys: &'v BTreeMap<String, String>,
    /// Secrets by name.
    pub secrets: &'v BTreeMap<String, String>,
}

impl fmt::Debug for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (license_keys, secrets): (Vec<_>, Vec<_>) =
            (self.license_keys.keys().collect(), self.secrets.keys().collect());
        f.debug_struct("Values").field("license_keys", &license_keys).field("secrets", &secrets).finish()
    }
}

/// Why a text is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}, column {column}: {complaint}")]
pub struct ParseError {
    /// Line of the template, from 1.
    pub line: usize,
    /// Column in that line, in characters from 1.
    pub column: usize,
    /// What is wrong there.
    pub complaint: Complaint,
}

/// What is wrong with a template's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Complaint {
    /// It breaks the grammar; the sentence says how.
    #[error("{0}")]
    Grammar(&'static str),
    /// It calls a function that does not exist.
    #[error("There is no function “{0}”.")]
    NoFunction(String),
    /// It names a variable that is not set before.
    #[error("The variable “{0}” is not set here.")]
    NoVariable(String),
    /// Controls or parentheses stand too deep in one another.
    #[error("Controls and parentheses stand more than {MAX_DEPTH} deep in one another.")]
    TooDeep,
    /// The text is too long.
    #[error("The template is longer than {} KiB.", MAX_TEXT / 1024)]
    TooLarge,
}

/// Why a template can't be rendered. It holds names and never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}: {fault}")]
pub struct RenderError {
    /// Line of the template, from 1.
    pub line: usize,
    /// What went wrong there.
    pub fault: Fault,
}

/// What went wrong while a template was rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A name that the template reads does not exist.
    #[error("{}", missing(*of, name.as_deref()))]
    Missing {
        /// Where it was looked for.
        of: Source,
        /// The name; `None` if the template computed it, since it may then be a value.
        name: Option<String>,
    },
    /// An alias stands for several license keys.
    #[error(
        "“{alias}” can mean any of the license keys {}: name one by {{{{ index .LicenseKeys \"…\" }}}}.",
        listed(names)
    )]
    Ambiguous {
        /// What the template reads.
        alias: String,
        /// The keys that it can mean.
        names: Vec<String>,
    },
    /// A field that does not exist.
    #[error("There is no field “.{0}” here.")]
    NoField(String),
    /// A field of something that has none.
    #[error("The field “.{field}” is read of {of}, which has no fields.")]
    NoFields {
        /// The field.
        field: String,
        /// What it is read of.
        of: &'static str,
    },
    /// `index` on the dot names something else than what a template is given.
    #[error("`index` reads what a template does not have: it has .LicenseKeys and .Secrets.")]
    NoSection,
    /// A variable that is set on another way through the template.
    #[error("A variable is read that is not set on the way to here.")]
    NoVariable,
    /// Nothing, where a value is needed.
    #[error("There is no value here.")]
    NoValue,
    /// Arguments for something that takes none.
    #[error("What stands first here is not a function, so it takes no arguments.")]
    NotAFunction,
    /// Too few or too many arguments.
    #[error("A function has too few or too many arguments.")]
    ArgumentCount,
    /// `len` of something that has no length.
    #[error("`len` counts texts, lists and maps, and this is {0}.")]
    NoLength(&'static str),
    /// `index` or `slice` that does not fit.
    #[error("{of} can't be indexed by {by}.")]
    WrongIndex {
        /// What is indexed.
        of: &'static str,
        /// By what.
        by: &'static str,
    },
    /// `index` or `slice` beyond the end, or within a character.
    #[error("An index is out of range.")]
    OutOfRange,
    /// A comparison of what can't be compared.
    #[error("{0} and {1} can't be compared.")]
    NotComparable(&'static str, &'static str),
    /// `range` over something that has no elements.
    #[error("`range` goes over lists, maps and whole numbers, and this is {0}.")]
    NotIterable(&'static str),
    /// `range $i, $x := 3`.
    #[error("`range` over a number sets one variable.")]
    NumberHasOneVariable,
    /// The first argument of `printf` is not a text.
    #[error("The first argument of `printf` is a text.")]
    FormatIsNoText,
    /// A verb that `printf` does not have.
    #[error("`printf` knows %v, %s, %q, %d, %x, %X, %f, %t and %%, with a width up to four digits.")]
    FormatVerb,
    /// Not as many values as verbs.
    #[error("`printf` has more or fewer values than its format has verbs.")]
    FormatArguments,
    /// A verb that does not fit its value.
    #[error("The verb %{verb} of `printf` can't write {value} so.")]
    FormatValue {
        /// The verb's letter.
        verb: char,
        /// The kind of value.
        value: &'static str,
    },
    /// A value that does not stay within its scalar in YAML.
    #[error("{} can't stand here in YAML as it is. Insert it with {{{{ printf \"%q\" … }}}}, without quotes around it.", breaking(*of, name.as_deref()))]
    BreaksYaml {
        /// Where the value is from.
        of: Source,
        /// Its name; `None` if it is computed of several.
        name: Option<String>,
    },
    /// Too much to do.
    #[error("The template takes too many steps.")]
    TooManySteps,
    /// Too much to write.
    #[error("The result is longer than {} MiB.", MAX_OUTPUT >> 20)]
    TooLong,
    /// A map or list that is too deep to print.
    #[error("A value is too deep to be printed.")]
    TooDeep,
}

/// Where a template reads a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// `.LicenseKeys`
    LicenseKeys,
    /// `.Secrets`
    Secrets,
    /// `.Env` of a link.
    Env,
    /// `.Values` of a link.
    Values,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong first, with line and column.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Ok(Self { list: parse::parse(text)?, text: text.to_owned() })
    }

    /// Which license keys and secrets the template may read, whichever way it goes.
    pub fn reads(&self) -> Reads {
        reads::of(&self.list)
    }

    /// Renders the template: values are inserted as they are.
    ///
    /// # Errors
    /// What stopped it first, with the line; above all a name that is missing.
    pub fn render(&self, values: Values<'_>) -> Result<String, RenderError> {
        self.with_parts(values, |text| Ok(text.text))
    }

    /// Renders an env file: a line break in a secret becomes the two characters `\n`, so that no secret can set another
    /// variable. License tokens have no line breaks.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn render_env(&self, values: Values<'_>) -> Result<String, RenderError> {
        let one_line = |(name, text): (&String, &String)| (name.clone(), text.replace('\n', "\\n"));
        let secrets = values.secrets.iter().map(one_line).collect();
        self.render(Values { secrets: &secrets, ..values })
    }

    /// Renders Helm values, and checks that no value breaks out of the scalar that it is inserted into; what is refused
    /// is listed in the module `in_yaml`. Whether the result is YAML at all is not checked here.
    ///
    /// # Errors
    /// As [`Self::render`], and [`Fault::BreaksYaml`].
    pub fn render_yaml(&self, values: Values<'_>) -> Result<String, RenderError> {
        self.with_parts(values, |result| in_yaml::check(&result).map(|()| result.text))
    }

    /// Renders, and hands over the result with its inserted parts.
    fn with_parts<T>(
        &self,
        values: Values<'_>,
        then: impl FnOnce(Text<'_>) -> Result<T, RenderError>,
    ) -> Result<T, RenderError> {
        let license_keys = Names::new(Source::LicenseKeys, values.license_keys);
        let secrets = Names::new(Source::Secrets, values.secrets);
        let root = [("LicenseKeys", Value::Map(&license_keys)), ("Secrets", Value::Map(&secrets))];
        then(run::run(&self.text, &self.list, &Value::Root(&root))?)
    }
}

fn missing(source: Source, name: Option<&str>) -> String {
    let what = match source {
        Source::LicenseKeys => "license key",
        Source::Secrets => "secret",
        Source::Env => "variable of the env file",
        Source::Values => "value",
    };
    match name {
        Some(name) => format!("There is no {what} “{name}”."),
        None => format!("There is no {what} of the name that the template computes here."),
    }
}

fn breaking(source: Source, name: Option<&str>) -> String {
    let what = match source {
        Source::LicenseKeys => "The token of the license key",
        Source::Secrets => "The value of the secret",
        Source::Env | Source::Values => "The value of",
    };
    name.map_or_else(|| "A computed value".to_owned(), |name| format!("{what} “{name}”"))
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ")
}
