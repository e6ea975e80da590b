//! A parsed template.

use std::ops::Range;

/// What stands between two points of a template, in order.
pub(super) type List = Vec<Node>;

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Text that is written as it is: a range of the template's own text.
    Text(Range<usize>),
    /// `{{ pipeline }}`
    Action(Pipeline),
    /// `{{ if }}` and `{{ with }}` with all their `else if` and `else with`.
    Choice(Choice),
    /// `{{ range }}`
    Loop(Loop),
    Break,
    Continue,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    /// Whether the dot becomes what was tested.
    pub(super) sets_dot: bool,
    /// The first that tests true is taken.
    pub(super) branches: Vec<(Pipeline, List)>,
    pub(super) otherwise: List,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Loop {
    pub(super) over: Pipeline,
    pub(super) body: List,
    /// Taken if there is nothing to go over.
    pub(super) otherwise: List,
}

/// Commands, each of which takes what the one before gives as its last argument.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pipeline {
    pub(super) line: usize,
    /// Variables that are set, with the dollar sign: at most two, and two in loops alone.
    pub(super) variables: Vec<String>,
    /// Whether the variables exist already: `=` rather than `:=`.
    pub(super) assigns: bool,
    pub(super) commands: Vec<Command>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Command {
    pub(super) first: Operand,
    pub(super) arguments: Vec<Operand>,
}

/// A term and the fields that are read of it one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operand {
    pub(super) line: usize,
    pub(super) term: Term,
    pub(super) fields: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Dot,
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Quoted(String),
    Variable(String),
    Function(Function),
    Pipeline(Box<Pipeline>),
}

impl Operand {
    /// Whether this is a constant or the bare dot, which can't take what another command gives.
    pub(super) fn takes_nothing(&self) -> bool {
        let constant =
            matches!(self.term, Term::Nil | Term::Bool(_) | Term::Int(_) | Term::Float(_) | Term::Quoted(_));
        constant || (self.term == Term::Dot && self.fields.is_empty())
    }
}

/// The functions that a template can call: those of Go, without `js` and `call`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    And,
    Or,
    Not,
    Len,
    Index,
    Slice,
    Print,
    Printf,
    Println,
    Html,
    UrlQuery,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Function {
    /// The function of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "and" => Self::And,
            "or" => Self::Or,
            "not" => Self::Not,
            "len" => Self::Len,
            "index" => Self::Index,
            "slice" => Self::Slice,
            "print" => Self::Print,
            "printf" => Self::Printf,
            "println" => Self::Println,
            "html" => Self::Html,
            "urlquery" => Self::UrlQuery,
            "eq" => Self::Eq,
            "ne" => Self::Ne,
            "lt" => Self::Lt,
            "le" => Self::Le,
            "gt" => Self::Gt,
            "ge" => Self::Ge,
            _ => return None,
        })
    }

    /// How many arguments it takes.
    pub(super) fn arity(self) -> Range<usize> {
        const ANY: usize = usize::MAX;
        match self {
            Self::And | Self::Or | Self::Index | Self::Printf | Self::Slice => 1..ANY,
            Self::Eq => 2..ANY,
            Self::Not | Self::Len => 1..2,
            Self::Print | Self::Println | Self::Html | Self::UrlQuery => 0..ANY,
            Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge => 2..3,
        }
    }
}
