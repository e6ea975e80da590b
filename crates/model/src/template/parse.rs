//! Tokens to a tree, by the grammar of Go's `text/template`.

mod pipeline;

use super::lex::{self, Kind, Token};
use super::tree::{Choice, Function, List, Loop, Node, Pipeline};
use super::{Complaint, MAX_DEPTH, MAX_TEXT, ParseError};

type Result<T> = std::result::Result<T, Fault>;

/// What is wrong, at a byte of the text.
struct Fault {
    at: usize,
    complaint: Complaint,
}

/// What ends a list.
enum Stop {
    TextEnd,
    End,
    /// `else`, with what stands behind it: nothing, `if` or `with`.
    Else(Option<Control>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    If,
    With,
}

/// Reads a template.
pub(super) fn parse(text: &str) -> std::result::Result<List, ParseError> {
    if text.len() > MAX_TEXT {
        return Err(ParseError { line: 1, column: 1, complaint: Complaint::TooLarge });
    }
    let lines = Lines::of(text);
    let mut parser = Parser {
        tokens: lex::tokens(text),
        next: 0,
        lines: &lines,
        variables: vec!["$".to_owned()],
        loops: 0,
        open: Vec::new(),
    };
    parser.template().map_err(|fault| {
        let (line, begin) = lines.at(fault.at);
        let column = text.get(begin..fault.at).map_or(1, |before| before.chars().count() + 1);
        ParseError { line, column, complaint: fault.complaint }
    })
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// The number of the line that a byte stands in, from 1, and where that line begins.
    fn at(&self, at: usize) -> (usize, usize) {
        let line = self.0.partition_point(|&begin| begin <= at);
        (line, self.0.get(line.saturating_sub(1)).copied().unwrap_or_default())
    }
}

struct Parser<'text> {
    tokens: Vec<Token>,
    next: usize,
    lines: &'text Lines,
    /// The variables that can be named here.
    variables: Vec<String>,
    /// How many loops stand around this place.
    loops: usize,
    /// Where the controls and parentheses begin that stand around this place.
    open: Vec<usize>,
}

impl Parser<'_> {
    fn template(&mut self) -> Result<List> {
        match self.list()? {
            (list, Stop::TextEnd) => Ok(list),
            _ => self.fail("This “end” or “else” belongs to no “if”, “with” or “range”."),
        }
    }

    fn list(&mut self) -> Result<(List, Stop)> {
        let mut list = List::new();
        loop {
            match self.take() {
                Kind::Text(range) => list.push(Node::Text(range)),
                Kind::End => return Ok((list, Stop::TextEnd)),
                Kind::Open => match self.action()? {
                    Ok(node) => list.push(node),
                    Err(stop) => return Ok((list, stop)),
                },
                _ => return self.unexpected(),
            }
        }
    }

    /// What stands between two braces: a node, or the end of the list that it would be in.
    fn action(&mut self) -> Result<std::result::Result<Node, Stop>> {
        self.skip_space();
        let Kind::Word(word) = self.peek() else {
            return self.pipeline("value", &Kind::Close).map(Node::Action).map(Ok);
        };
        let word = word.clone();
        if Function::named(&word).is_some() {
            return self.pipeline("value", &Kind::Close).map(Node::Action).map(Ok);
        }
        self.next += 1;
        match &*word {
            "if" => self.choice(Control::If).map(Ok),
            "with" => self.choice(Control::With).map(Ok),
            "range" => self.repeat().map(Ok),
            "break" | "continue" => self.jump(&word).map(Ok),
            "end" => self.close().map(|()| Err(Stop::End)),
            "else" => self.otherwise().map(|control| Err(Stop::Else(control))),
            "define" | "template" | "block" => self.fail("Templates within a template can't be used here."),
            _ => {
                self.next -= 1;
                self.no_function(&word)
            }
        }
    }

    fn otherwise(&mut self) -> Result<Option<Control>> {
        self.skip_space();
        let control = match self.peek() {
            Kind::Word(word) if word == "if" => Control::If,
            Kind::Word(word) if word == "with" => Control::With,
            _ => return self.close().map(|()| None),
        };
        self.next += 1;
        Ok(Some(control))
    }

    fn jump(&mut self, word: &str) -> Result<Node> {
        if self.loops == 0 {
            return self.fail("“break” and “continue” stand within a “range”.");
        }
        self.close()?;
        Ok(if word == "break" { Node::Break } else { Node::Continue })
    }

    fn choice(&mut self, control: Control) -> Result<Node> {
        let variables = self.variables.len();
        let mut branches = Vec::new();
        let otherwise = self.deeper(|parser| parser.branches(control, &mut branches))?;
        self.variables.truncate(variables);
        Ok(Node::Choice(Choice { sets_dot: control == Control::With, branches, otherwise }))
    }

    fn branches(&mut self, control: Control, branches: &mut Vec<(Pipeline, List)>) -> Result<List> {
        loop {
            let pipeline = self.pipeline("condition", &Kind::Close)?;
            let variables = self.variables.len();
            let (body, stop) = self.list()?;
            self.variables.truncate(variables);
            branches.push((pipeline, body));
            match stop {
                Stop::End => return Ok(List::new()),
                Stop::TextEnd => return self.unclosed(),
                Stop::Else(Some(next)) if next == control => {}
                Stop::Else(Some(_)) => {
                    return self.fail("An “if” goes on with “else if”, a “with” with “else with”.");
                }
                Stop::Else(None) => return self.last_list(),
            }
        }
    }

    fn last_list(&mut self) -> Result<List> {
        match self.list()? {
            (list, Stop::End) => Ok(list),
            (_, Stop::TextEnd) => self.unclosed(),
            (_, Stop::Else(_)) => self.fail("There can't be another “else” after the last one."),
        }
    }

    fn repeat(&mut self) -> Result<Node> {
        let variables = self.variables.len();
        let node = self.deeper(|parser| {
            let over = parser.pipeline("range", &Kind::Close)?;
            let within = parser.variables.len();
            parser.loops += 1;
            let (body, stop) = parser.list()?;
            parser.loops -= 1;
            parser.variables.truncate(within);
            let otherwise = match stop {
                Stop::End => List::new(),
                Stop::TextEnd => return parser.unclosed(),
                Stop::Else(None) => parser.last_list()?,
                Stop::Else(Some(_)) => return parser.fail("After a “range” there is “else” alone."),
            };
            Ok(Node::Loop(Loop { over, body, otherwise }))
        });
        self.variables.truncate(variables);
        node
    }

    fn close(&mut self) -> Result<()> {
        self.skip_space();
        if *self.peek() != Kind::Close {
            return self.unexpected_here();
        }
        self.next += 1;
        Ok(())
    }

    /// Reads what stands within the control or parenthesis that the token before this one begins.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let at = self.tokens.get(self.next.saturating_sub(1)).map_or(0, |token| token.at);
        if self.open.len() == MAX_DEPTH {
            return Err(Fault { at, complaint: Complaint::TooDeep });
        }
        self.open.push(at);
        let result = inner(self)?;
        self.open.pop();
        Ok(result)
    }

    fn skip_space(&mut self) {
        if *self.peek() == Kind::Space {
            self.next += 1;
        }
    }

    fn peek(&self) -> &Kind {
        self.tokens.get(self.next).map_or(&Kind::End, |token| &token.kind)
    }

    /// The next token. The last one stays.
    fn take(&mut self) -> Kind {
        let kind = self.peek().clone();
        self.next += 1;
        kind
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |token| token.at)
    }

    fn line(&self) -> usize {
        self.lines.at(self.at()).0
    }

    fn fail<T>(&mut self, sentence: &'static str) -> Result<T> {
        self.next = self.next.saturating_sub(1);
        Err(Fault { at: self.at(), complaint: Complaint::Grammar(sentence) })
    }

    fn unexpected<T>(&mut self) -> Result<T> {
        self.next = self.next.saturating_sub(1);
        self.unexpected_here()
    }

    fn unexpected_here<T>(&mut self) -> Result<T> {
        let sentence = match self.peek() {
            Kind::Wrong(sentence) => sentence,
            Kind::End => return self.unclosed(),
            _ => "This can't stand here.",
        };
        Err(Fault { at: self.at(), complaint: Complaint::Grammar(sentence) })
    }

    fn unclosed<T>(&mut self) -> Result<T> {
        let at = self.open.last().copied().unwrap_or_else(|| self.at());
        Err(Fault { at, complaint: Complaint::Grammar("What begins here is not closed by “{{ end }}”.") })
    }

    fn no_variable<T>(&mut self, name: &str) -> Result<T> {
        Err(Fault { at: self.at(), complaint: Complaint::NoVariable(name.to_owned()) })
    }

    fn no_function<T>(&mut self, name: &str) -> Result<T> {
        Err(Fault { at: self.at(), complaint: Complaint::NoFunction(name.to_owned()) })
    }
}
