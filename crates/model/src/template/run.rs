//! Executes a template, within limits.

mod elements;

use self::elements::elements;
use super::function;
use super::tree::{Choice, Command, Function, List, Loop, Node, Operand, Pipeline, Term};
use super::value::{Origin, Text, Value};
use super::{Fault, MAX_OUTPUT, RenderError};

/// Most nodes, commands and turns of loops.
const MAX_STEPS: usize = 200_000;
/// Most bytes that functions may read and write in all.
const MAX_WORK: usize = 32 << 20;

type Result<T> = std::result::Result<T, RenderError>;

/// Where a list went.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

/// Executes a template with this dot.
pub(super) fn run<'v>(source: &'v str, list: &'v List, root: &Value<'v>) -> Result<Text<'v>> {
    let mut run = Run {
        source,
        out: Text::default(),
        variables: vec![("$", root.clone())],
        line: 1,
        steps: 0,
        work: 0,
    };
    run.list(list, root)?;
    Ok(run.out)
}

struct Run<'v> {
    source: &'v str,
    out: Text<'v>,
    /// The variables in force, the innermost last.
    variables: Vec<(&'v str, Value<'v>)>,
    line: usize,
    steps: usize,
    work: usize,
}

impl<'v> Run<'v> {
    fn list(&mut self, list: &'v List, dot: &Value<'v>) -> Result<Flow> {
        for node in list {
            self.step()?;
            let flow = match node {
                Node::Text(range) => {
                    self.out.text.push_str(self.source.get(range.clone()).unwrap_or_default());
                    Flow::On
                }
                Node::Action(pipeline) => {
                    let value = self.pipeline(pipeline, dot)?;
                    if pipeline.variables.is_empty() {
                        let line = self.line;
                        value.print(&mut self.out, line).map_err(|fault| self.fault(fault))?;
                    }
                    Flow::On
                }
                Node::Choice(choice) => self.choice(choice, dot)?,
                Node::Loop(one) => self.repeat(one, dot)?,
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if self.out.text.len() > MAX_OUTPUT {
                return Err(self.fault(Fault::TooLong));
            }
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn choice(&mut self, choice: &'v Choice, dot: &Value<'v>) -> Result<Flow> {
        let variables = self.variables.len();
        let mut taken = None;
        for (condition, body) in &choice.branches {
            let value = self.pipeline(condition, dot)?;
            if value.is_true() {
                taken = Some((body, value));
                break;
            }
        }
        let flow = match &taken {
            Some((body, value)) => self.list(body, if choice.sets_dot { value } else { dot }),
            None => self.list(&choice.otherwise, dot),
        };
        self.variables.truncate(variables);
        flow
    }

    fn repeat(&mut self, one: &'v Loop, dot: &Value<'v>) -> Result<Flow> {
        let variables = self.variables.len();
        let over = self.pipeline(&one.over, dot)?;
        let elements = elements(one, &over).map_err(|fault| self.fault(fault))?;
        self.steps = self.steps.saturating_add(elements.len());
        self.step()?;
        let flow = match elements {
            elements if elements.is_empty() => self.list(&one.otherwise, dot)?,
            elements => {
                self.turns(one, elements)?;
                Flow::On
            }
        };
        self.variables.truncate(variables);
        Ok(flow)
    }

    fn turns(&mut self, one: &'v Loop, elements: Vec<(Value<'v>, Value<'v>)>) -> Result<()> {
        let within = self.variables.len();
        for (key, element) in elements {
            let both = [key, element.clone()];
            let bound = if one.over.variables.len() > 1 { &both[..] } else { &both[1..] };
            for (index, (name, value)) in one.over.variables.iter().zip(bound).enumerate() {
                if one.over.assigns {
                    self.assign(name, value.clone())?;
                } else if let Some(variable) = self.variables.get_mut(within - bound.len() + index) {
                    variable.1 = value.clone();
                }
            }
            let flow = self.list(&one.body, &element)?;
            self.variables.truncate(within);
            if flow == Flow::Break {
                break;
            }
        }
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &'v Pipeline, dot: &Value<'v>) -> Result<Value<'v>> {
        self.line = pipeline.line;
        let mut value = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, dot, value)?);
        }
        let value = value.unwrap_or(Value::Nil);
        for name in &pipeline.variables {
            if pipeline.assigns {
                self.assign(name, value.clone())?;
            } else {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    fn command(
        &mut self,
        command: &'v Command,
        dot: &Value<'v>,
        last: Option<Value<'v>>,
    ) -> Result<Value<'v>> {
        self.step()?;
        self.line = command.first.line;
        if let Term::Function(function) = command.first.term {
            return self.call(function, &command.arguments, dot, last);
        }
        if !command.arguments.is_empty() || last.is_some() {
            return Err(self.fault(Fault::NotAFunction));
        }
        if command.first.term == Term::Nil {
            return Err(self.fault(Fault::NoValue));
        }
        self.operand(&command.first, dot)
    }

    fn call(
        &mut self,
        function: Function,
        arguments: &'v [Operand],
        dot: &Value<'v>,
        last: Option<Value<'v>>,
    ) -> Result<Value<'v>> {
        if !function.arity().contains(&(arguments.len() + usize::from(last.is_some()))) {
            return Err(self.fault(Fault::ArgumentCount));
        }
        let (line, mut values) = (self.line, Vec::new());
        let stops_at = match function {
            Function::And => Some(false),
            Function::Or => Some(true),
            _ => None,
        };
        for argument in arguments {
            let value = self.operand(argument, dot)?;
            if stops_at == Some(value.is_true()) {
                return Ok(value);
            }
            values.push(value);
        }
        values.extend(last);
        self.line = line;
        if stops_at.is_some() {
            return Ok(values.pop().unwrap_or(Value::Nil));
        }
        self.work(values.iter().filter_map(Value::as_text).map(str::len).sum())?;
        let result = function::call(function, &values, line).map_err(|fault| self.fault(fault))?;
        if let Value::Text(text) = &result {
            self.work(text.text.len())?;
        }
        Ok(result)
    }

    fn operand(&mut self, operand: &'v Operand, dot: &Value<'v>) -> Result<Value<'v>> {
        self.line = operand.line;
        let mut value = match &operand.term {
            Term::Dot => dot.clone(),
            Term::Nil => Value::Nil,
            Term::Bool(value) => Value::Bool(*value),
            Term::Int(value) => Value::Int(*value),
            Term::Float(value) => Value::Float(*value),
            Term::Quoted(text) => Value::Given(text, None),
            Term::Variable(name) => self.variable(name)?,
            Term::Function(function) => self.call(*function, &[], dot, None)?,
            Term::Pipeline(pipeline) => self.pipeline(pipeline, dot)?,
        };
        for name in &operand.fields {
            self.step()?;
            value = field(&value, name).map_err(|fault| self.fault(fault))?;
        }
        Ok(value)
    }

    fn variable(&self, name: &str) -> Result<Value<'v>> {
        let found = self.variables.iter().rev().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone()).ok_or_else(|| self.fault(Fault::NoVariable))
    }

    fn assign(&mut self, name: &str, value: Value<'v>) -> Result<()> {
        match self.variables.iter_mut().rev().find(|(known, _)| *known == name) {
            Some(variable) => {
                variable.1 = value;
                Ok(())
            }
            None => Err(self.fault(Fault::NoVariable)),
        }
    }

    fn step(&mut self) -> Result<()> {
        self.steps += 1;
        if self.steps > MAX_STEPS { Err(self.fault(Fault::TooManySteps)) } else { Ok(()) }
    }

    fn work(&mut self, bytes: usize) -> Result<()> {
        self.work = self.work.saturating_add(bytes);
        if self.work > MAX_WORK { Err(self.fault(Fault::TooManySteps)) } else { Ok(()) }
    }

    fn fault(&self, fault: Fault) -> RenderError {
        RenderError { line: self.line, fault }
    }
}

/// Reads a field. A map that lacks it is an error, as with Go's `missingkey=error`.
fn field<'v>(value: &Value<'v>, name: &'v str) -> std::result::Result<Value<'v>, Fault> {
    let missing = || Fault::NoField(name.to_owned());
    match value {
        Value::Root(values) => {
            let found = values.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone()).ok_or_else(missing)
        }
        Value::Map(names) => {
            let missing = || Origin { source: names.source, name: Some(name) }.missing();
            names.find(name)?.ok_or_else(missing)
        }
        Value::Json(serde_json::Value::Object(map)) => map.get(name).map(Value::of_json).ok_or_else(missing),
        Value::Missing(origin) => Err(origin.missing()),
        other => Err(Fault::NoFields { field: name.to_owned(), of: other.kind() }),
    }
}
