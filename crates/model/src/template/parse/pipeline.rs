//! What stands between braces: pipelines of commands and their operands.

use super::{Parser, Result};
use crate::template::lex::Kind;
use crate::template::tree::{Command, Function, Operand, Pipeline, Term};

impl Parser<'_> {
    pub(super) fn pipeline(&mut self, of: &'static str, end: &Kind) -> Result<Pipeline> {
        self.skip_space();
        let line = self.line();
        let (variables, assigns) = self.declarations(of == "range")?;
        let mut commands: Vec<Command> = Vec::new();
        loop {
            self.skip_space();
            if self.peek() == end {
                self.next += 1;
                break;
            }
            let command = self.command()?;
            if !commands.is_empty() && command.first.takes_nothing() {
                return self.fail("After a “|” there is a function, which takes what stands before.");
            }
            commands.push(command);
        }
        if commands.is_empty() {
            return self.fail("A value is missing between the braces.");
        }
        Ok(Pipeline { line, variables, assigns, commands })
    }

    /// `$x :=`, `$x =` and, in loops, `$k, $v :=` at the begin of a pipeline.
    fn declarations(&mut self, in_range: bool) -> Result<(Vec<String>, bool)> {
        let mut names = Vec::new();
        loop {
            self.skip_space();
            let Kind::Variable(name) = self.peek() else { break };
            let name = name.clone();
            let begin = self.next;
            self.next += 1;
            self.skip_space();
            let assigns = match self.peek() {
                Kind::Declare => false,
                Kind::Assign => true,
                Kind::Sign(',') if in_range && names.is_empty() => {
                    self.next += 1;
                    self.variables.push(name.clone());
                    names.push(name);
                    continue;
                }
                Kind::Sign(',') => {
                    return self.fail("Only a “range” sets two variables, and none sets more.");
                }
                _ => {
                    self.next = begin;
                    break;
                }
            };
            self.next += 1;
            if assigns && !self.variables.contains(&name) {
                return self.no_variable(&name);
            }
            self.variables.push(name.clone());
            names.push(name);
            return Ok((names, assigns));
        }
        if names.is_empty() {
            Ok((names, false))
        } else {
            self.fail("A “:=” is missing after the variables.")
        }
    }

    fn command(&mut self) -> Result<Command> {
        let mut operands = Vec::new();
        loop {
            self.skip_space();
            operands.extend(self.operand()?);
            match self.peek() {
                Kind::Space => {}
                Kind::Close | Kind::RightParen => break,
                Kind::Pipe => {
                    self.next += 1;
                    break;
                }
                _ => return self.unexpected_here(),
            }
        }
        let mut operands = operands.into_iter();
        match operands.next() {
            Some(first) => Ok(Command { first, arguments: operands.collect() }),
            None => self.fail("A value is missing here."),
        }
    }

    fn operand(&mut self) -> Result<Option<Operand>> {
        let line = self.line();
        let mut fields = Vec::from_iter(self.field());
        let term = if fields.is_empty() { self.term()? } else { Some(Term::Dot) };
        let Some(term) = term else { return Ok(None) };
        let has_fields = !fields.is_empty() || matches!(term, Term::Variable(_) | Term::Pipeline(_));
        while let Some(name) = self.field() {
            if !has_fields {
                return self.fail("Only variables, fields and parentheses have fields.");
            }
            fields.push(name);
        }
        Ok(Some(Operand { line, term, fields }))
    }

    fn field(&mut self) -> Option<String> {
        let Kind::Field(name) = self.peek() else { return None };
        let name = name.clone();
        self.next += 1;
        Some(name)
    }

    fn term(&mut self) -> Result<Option<Term>> {
        let term = match self.peek().clone() {
            Kind::Dot => Term::Dot,
            Kind::Nil => Term::Nil,
            Kind::Bool(value) => Term::Bool(value),
            Kind::Int(value) => Term::Int(value),
            Kind::Float(value) => Term::Float(value),
            Kind::Quoted(text) => Term::Quoted(text),
            Kind::Variable(name) if self.variables.contains(&name) => Term::Variable(name),
            Kind::Variable(name) => return self.no_variable(&name),
            Kind::Word(word) => match Function::named(&word) {
                Some(function) => Term::Function(function),
                None => return self.no_function(&word),
            },
            Kind::LeftParen => {
                self.next += 1;
                let inner = self.deeper(|parser| parser.pipeline("value", &Kind::RightParen))?;
                // Whether it is set would depend on what `and` and `or` skip.
                if !inner.variables.is_empty() {
                    return self.fail("Variables are set at the begin of an action, not in parentheses.");
                }
                return Ok(Some(Term::Pipeline(Box::new(inner))));
            }
            _ => return Ok(None),
        };
        self.next += 1;
        Ok(Some(term))
    }
}
