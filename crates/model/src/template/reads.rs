//! Which license keys and secrets a template reads, found without rendering it.
//!
//! Every way through the template counts. What can't be told from its text, such as a computed name or a map that is
//! handed to a function, counts as reading all names.

use std::collections::BTreeSet;

use super::Source;
use super::names::alias;
use super::tree::{Choice, Command, Function, List, Loop, Node, Operand, Pipeline, Term};

/// What a template may read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads {
    /// Of the license keys.
    pub license_keys: ReadNames,
    /// Of the secrets.
    pub secrets: ReadNames,
}

/// Names as the template writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadNames {
    /// These; for license keys each may be a name or an alias.
    These(BTreeSet<String>),
    /// Any name: the template goes over all, prints all or computes the name.
    All,
}

impl Default for ReadNames {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl ReadNames {
    /// Whether the template may read what has this name, by the name or by its alias.
    pub fn includes(&self, name: &str) -> bool {
        match self {
            Self::These(names) => names.contains(name) || names.contains(&alias(name)),
            Self::All => true,
        }
    }

    /// Whether the template reads nothing of this kind.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, name: &str) {
        if let Self::These(names) = self {
            names.insert(name.to_owned());
        }
    }
}

/// What a value can be, as far as it matters here.
#[derive(Clone, PartialEq)]
enum Shape {
    Root,
    Map(Source),
    Word(String),
    Other,
}

/// What the template reads.
pub(super) fn of(list: &[Node]) -> Reads {
    let mut reader = Reader { reads: Reads::default(), variables: Vec::new(), changing: BTreeSet::new() };
    changing(list, &mut reader.changing);
    reader.declare("$", Shape::Root);
    reader.list(list, &Shape::Root);
    reader.reads
}

/// The variables that are given another value somewhere.
fn changing<'t>(list: &'t [Node], names: &mut BTreeSet<&'t str>) {
    for node in list {
        let (pipelines, lists): (Vec<&Pipeline>, Vec<&List>) = match node {
            Node::Text(_) | Node::Break | Node::Continue => continue,
            Node::Action(pipeline) => (vec![pipeline], Vec::new()),
            Node::Choice(choice) => {
                let (conditions, mut bodies): (Vec<_>, Vec<_>) =
                    choice.branches.iter().map(|(condition, body)| (condition, body)).unzip();
                bodies.push(&choice.otherwise);
                (conditions, bodies)
            }
            Node::Loop(one) => (vec![&one.over], vec![&one.body, &one.otherwise]),
        };
        let assigning = pipelines.into_iter().filter(|pipeline| pipeline.assigns);
        names.extend(assigning.flat_map(|pipeline| &pipeline.variables).map(String::as_str));
        lists.into_iter().for_each(|list| changing(list, names));
    }
}

struct Reader<'t> {
    reads: Reads,
    variables: Vec<(&'t str, Shape)>,
    /// Variables of which nothing is known, since what they hold depends on the way here.
    changing: BTreeSet<&'t str>,
}

impl<'t> Reader<'t> {
    fn declare(&mut self, name: &'t str, shape: Shape) {
        if self.changing.contains(name) {
            self.whole(&shape);
            self.variables.push((name, Shape::Other));
        } else {
            self.variables.push((name, shape));
        }
    }

    fn list(&mut self, list: &'t [Node], dot: &Shape) {
        for node in list {
            match node {
                Node::Text(_) | Node::Break | Node::Continue => {}
                Node::Action(pipeline) => {
                    let shape = self.pipeline(pipeline, dot);
                    if pipeline.variables.is_empty() {
                        self.whole(&shape);
                    }
                }
                Node::Choice(choice) => self.choice(choice, dot),
                Node::Loop(one) => self.repeat(one, dot),
            }
        }
    }

    fn choice(&mut self, choice: &'t Choice, dot: &Shape) {
        let outside = self.variables.len();
        for (condition, body) in &choice.branches {
            let shape = self.pipeline(condition, dot);
            // Whether a map is empty depends on every name.
            self.whole(&shape);
            let within = self.variables.len();
            self.list(body, if choice.sets_dot { &shape } else { dot });
            self.variables.truncate(within);
        }
        self.list(&choice.otherwise, dot);
        self.variables.truncate(outside);
    }

    fn repeat(&mut self, one: &'t Loop, dot: &Shape) {
        let outside = self.variables.len();
        let shape = self.pipeline(&one.over, dot);
        self.whole(&shape);
        for (_, variable) in self.variables.iter_mut().skip(outside) {
            *variable = Shape::Other;
        }
        self.list(&one.body, &Shape::Other);
        self.list(&one.otherwise, dot);
        self.variables.truncate(outside);
    }

    fn pipeline(&mut self, pipeline: &'t Pipeline, dot: &Shape) -> Shape {
        let mut shape = None;
        for command in &pipeline.commands {
            shape = Some(self.command(command, dot, shape));
        }
        let shape = shape.unwrap_or(Shape::Other);
        for name in &pipeline.variables {
            if pipeline.assigns {
                self.whole(&shape);
            } else {
                self.declare(name, shape.clone());
            }
        }
        shape
    }

    fn command(&mut self, command: &'t Command, dot: &Shape, last: Option<Shape>) -> Shape {
        let Term::Function(function) = command.first.term else { return self.operand(&command.first, dot) };
        let mut shapes: Vec<Shape> = command.arguments.iter().map(|one| self.operand(one, dot)).collect();
        shapes.extend(last);
        self.call(function, &shapes)
    }

    fn call(&mut self, function: Function, shapes: &[Shape]) -> Shape {
        let [first, keys @ ..] = shapes else { return Shape::Other };
        if function != Function::Index {
            shapes.iter().for_each(|shape| self.whole(shape));
            return Shape::Other;
        }
        let mut shape = first.clone();
        for key in keys {
            shape = match key {
                Shape::Word(name) => self.field(&shape, name),
                _ => {
                    self.whole(&shape);
                    Shape::Other
                }
            };
        }
        shape
    }

    fn operand(&mut self, operand: &'t Operand, dot: &Shape) -> Shape {
        let shape = match &operand.term {
            Term::Dot => dot.clone(),
            Term::Quoted(text) => Shape::Word(text.clone()),
            Term::Variable(name) => {
                let found = self.variables.iter().rev().find(|(known, _)| known == name);
                found.map_or(Shape::Other, |(_, shape)| shape.clone())
            }
            Term::Pipeline(pipeline) => self.pipeline(pipeline, dot),
            Term::Function(_) | Term::Nil | Term::Bool(_) | Term::Int(_) | Term::Float(_) => Shape::Other,
        };
        operand.fields.iter().fold(shape, |shape, name| self.field(&shape, name))
    }

    fn field(&mut self, shape: &Shape, name: &str) -> Shape {
        match (shape, name) {
            (Shape::Root, "LicenseKeys") => return Shape::Map(Source::LicenseKeys),
            (Shape::Root, "Secrets") => return Shape::Map(Source::Secrets),
            (Shape::Map(Source::LicenseKeys), _) => self.reads.license_keys.add(name),
            (Shape::Map(Source::Secrets), _) => self.reads.secrets.add(name),
            _ => {}
        }
        Shape::Other
    }

    /// The value is used as a whole: of a map, every name is read.
    fn whole(&mut self, shape: &Shape) {
        if matches!(shape, Shape::Root | Shape::Map(Source::LicenseKeys)) {
            self.reads.license_keys = ReadNames::All;
        }
        if matches!(shape, Shape::Root | Shape::Map(Source::Secrets)) {
            self.reads.secrets = ReadNames::All;
        }
    }
}
