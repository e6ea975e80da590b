//! The functions of a template.

use std::cmp::Ordering;
use std::rc::Rc;

use super::Fault;
use super::printf::printf;
use super::tree::Function;
use super::value::{Origin, Text, Value};

type Result<'v> = std::result::Result<Value<'v>, Fault>;

/// Calls a function. The number of arguments is right already.
pub(super) fn call<'v>(function: Function, values: &[Value<'v>], line: usize) -> Result<'v> {
    // A missing name may only be tested: `and` and `or` hand it on, and here `not` may see it.
    if function != Function::Not
        && let Some(Value::Missing(origin)) = values.iter().find(|value| matches!(value, Value::Missing(_)))
    {
        return Err(origin.missing());
    }
    let text = |text: Text<'v>| Value::Text(Rc::new(text));
    let [first, rest @ ..] = values else { return Ok(text(print(&[], function, line)?)) };
    Ok(match function {
        Function::Not => Value::Bool(!first.is_true()),
        Function::Len => length(first)?,
        Function::Index => rest.iter().try_fold(first.clone(), |item, key| index(&item, key))?,
        Function::Slice => slice(first, rest, line)?,
        Function::Printf => text(printf(first, rest, line)?),
        Function::Html | Function::UrlQuery => text(escaped(values, function, line)?),
        Function::Eq => Value::Bool(equals_any(first, rest)?),
        Function::Ne => Value::Bool(!equals_any(first, rest)?),
        Function::Lt => Value::Bool(compare(values)? == Ordering::Less),
        Function::Le => Value::Bool(compare(values)? != Ordering::Greater),
        Function::Gt => Value::Bool(compare(values)? == Ordering::Greater),
        Function::Ge => Value::Bool(compare(values)? != Ordering::Less),
        // `and` and `or` are decided while their arguments are evaluated.
        Function::Print | Function::Println | Function::And | Function::Or => {
            text(print(values, function, line)?)
        }
    })
}

fn length<'v>(value: &Value<'v>) -> Result<'v> {
    let length = value.length().ok_or(Fault::NoLength(value.kind()))?;
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn index<'v>(item: &Value<'v>, key: &Value<'v>) -> Result<'v> {
    let wrong = || Fault::WrongIndex { of: item.kind(), by: key.kind() };
    match (item, key) {
        (Value::Missing(origin), _) => Err(origin.missing()),
        (Value::Root(values), _) => {
            let name = key.as_text().ok_or_else(wrong)?;
            let found = values.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone()).ok_or(Fault::NoSection)
        }
        (Value::Map(names), _) => {
            let name = key.as_text().ok_or_else(wrong)?;
            // A computed name may be a secret itself, so only a name that the template spells out is told.
            let told = match key {
                Value::Given(name, None) => Some(*name),
                _ => None,
            };
            let missing = Origin { source: names.source, name: told };
            Ok(names.find(name)?.unwrap_or(Value::Missing(missing)))
        }
        (Value::Json(serde_json::Value::Object(map)), _) => {
            Ok(map.get(key.as_text().ok_or_else(wrong)?).map_or(Value::Nil, Value::of_json))
        }
        (Value::Json(serde_json::Value::Array(list)), Value::Int(at)) => {
            let found = usize::try_from(*at).ok().and_then(|at| list.get(at));
            found.map(Value::of_json).ok_or(Fault::OutOfRange)
        }
        (Value::Given(..) | Value::Text(_), Value::Int(at)) => {
            let bytes = item.as_text().unwrap_or_default().as_bytes();
            let byte = usize::try_from(*at).ok().and_then(|at| bytes.get(at));
            byte.map(|byte| Value::Int(i64::from(*byte))).ok_or(Fault::OutOfRange)
        }
        _ => Err(wrong()),
    }
}

fn slice<'v>(value: &Value<'v>, bounds: &[Value<'v>], line: usize) -> Result<'v> {
    let text = value.as_text().ok_or(Fault::WrongIndex { of: value.kind(), by: "bounds" })?;
    let bound = |index: usize, default: usize| match bounds.get(index) {
        None => Ok(default),
        Some(Value::Int(at)) => usize::try_from(*at).map_err(|_| Fault::OutOfRange),
        Some(other) => Err(Fault::WrongIndex { of: value.kind(), by: other.kind() }),
    };
    let part = text.get(bound(0, 0)?..bound(1, text.len())?).filter(|_| bounds.len() <= 2);
    let part = part.ok_or(Fault::OutOfRange)?.to_owned();
    let mut whole = Text::default();
    value.print(&mut whole, line)?;
    Ok(Value::Text(Rc::new(whole.derive(part, line))))
}

/// Go's `Sprint` puts a blank between two values of which neither is a text, its `Sprintln` between all.
fn print<'v>(values: &[Value<'v>], function: Function, line: usize) -> std::result::Result<Text<'v>, Fault> {
    let lines = function == Function::Println;
    let mut text = Text::default();
    let mut last_is_text = true;
    for (index, value) in values.iter().enumerate() {
        let is_text = value.as_text().is_some();
        if index > 0 && (lines || !(is_text || last_is_text)) {
            text.text.push(' ');
        }
        value.print(&mut text, line)?;
        last_is_text = is_text;
    }
    text.text.push_str(if lines { "\n" } else { "" });
    Ok(text)
}

fn escaped<'v>(
    values: &[Value<'v>],
    function: Function,
    line: usize,
) -> std::result::Result<Text<'v>, Fault> {
    let whole = print(values, Function::Print, line)?;
    let escaped = if function == Function::Html { html(&whole.text) } else { query(&whole.text) };
    Ok(whole.derive(escaped, line))
}

fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '\0' => escaped.push('\u{fffd}'),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(one),
        }
    }
    escaped
}

/// Escapes for the query of a URL, where a blank is a plus.
fn query(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte))
            }
            b' ' => escaped.push('+'),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

fn equals_any(first: &Value<'_>, others: &[Value<'_>]) -> std::result::Result<bool, Fault> {
    for other in others {
        let equal = match (first, other) {
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            #[expect(clippy::float_cmp, reason = "Go compares floats so, and a template asks for it")]
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Nil, Value::Nil) => true,
            (Value::Nil, _) | (_, Value::Nil) => false,
            _ => match (first.as_text(), other.as_text()) {
                (Some(a), Some(b)) => a == b,
                _ => return Err(Fault::NotComparable(first.kind(), other.kind())),
            },
        };
        if equal {
            return Ok(true);
        }
    }
    Ok(false)
}

fn compare(values: &[Value<'_>]) -> std::result::Result<Ordering, Fault> {
    let [a, b] = values else { return Err(Fault::ArgumentCount) };
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        _ => a.as_text().zip(b.as_text()).map(|(a, b)| a.cmp(b)),
    };
    order.ok_or_else(|| Fault::NotComparable(a.kind(), b.kind()))
}
