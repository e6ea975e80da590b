//! `printf`: the verbs that a configuration needs. What Go would print as an error within the text is an error here.

use std::rc::Rc;

use super::Fault;
use super::value::{Insert, Text, Value};

/// Widest field.
const MAX_WIDTH: usize = 10_000;

/// One `%…` of a format.
struct Verb {
    left: bool,
    zero: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
    letter: char,
}

/// Formats values.
pub(super) fn printf<'v>(format: &Value<'v>, values: &[Value<'v>], line: usize) -> Result<Text<'v>, Fault> {
    let mut text = Text::default();
    let mut values = values.iter();
    let mut rest = format.as_text().ok_or(Fault::FormatIsNoText)?;
    // A format that was given is a value: what it says must not count as the template's own text.
    let mut whole = Text::default();
    format.print(&mut whole, line)?;
    while let Some((before, verb)) = rest.split_once('%') {
        text.text.push_str(before);
        let (verb, after) = read(verb)?;
        rest = after;
        if verb.letter == '%' {
            text.text.push('%');
            continue;
        }
        let value = values.next().ok_or(Fault::FormatArguments)?;
        pad(&mut text, &written(&verb, value, line)?, &verb);
    }
    text.text.push_str(rest);
    if values.next().is_some() {
        return Err(Fault::FormatArguments);
    }
    if whole.inserts.is_empty() {
        return Ok(text);
    }
    let all = text.text.clone();
    Ok(whole.derive(all, line))
}

/// Reads what follows a percent sign, and gives what follows that.
fn read(text: &str) -> Result<(Verb, &str), Fault> {
    let mut verb = Verb { left: false, zero: false, plus: false, width: 0, precision: None, letter: '%' };
    let mut rest = text;
    while let Some(flag) = rest.chars().next().filter(|one| matches!(one, '-' | '0' | '+')) {
        match flag {
            '-' => verb.left = true,
            '0' => verb.zero = true,
            _ => verb.plus = true,
        }
        rest = &rest[1..];
    }
    (verb.width, rest) = digits(rest)?;
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = digits(after)?;
        (verb.precision, rest) = (Some(precision), after);
    }
    let letter = rest.chars().next().ok_or(Fault::FormatVerb)?;
    verb.letter = letter;
    // `%+v` names the fields of Go's structs, and adds no sign.
    verb.plus &= letter != 'v';
    let bare = !(verb.left || verb.zero || verb.plus || verb.width > 0 || verb.precision.is_some());
    if letter == '%' && !bare {
        return Err(Fault::FormatVerb);
    }
    Ok((verb, &rest[letter.len_utf8()..]))
}

fn digits(text: &str) -> Result<(usize, &str), Fault> {
    let end = text.find(|one: char| !one.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let value = if digits.is_empty() { Some(0) } else { digits.parse().ok() };
    Ok((value.filter(|&value| value <= MAX_WIDTH).ok_or(Fault::FormatVerb)?, rest))
}

/// The value as the verb writes it, not yet as wide as it asks.
fn written<'v>(verb: &Verb, value: &Value<'v>, line: usize) -> Result<Text<'v>, Fault> {
    let wrong = || Fault::FormatValue { verb: verb.letter, value: value.kind() };
    let is_number = matches!(value, Value::Int(_) | Value::Float(_));
    if (verb.plus || verb.zero) && (!is_number || matches!(verb.letter, 'q' | 'c')) {
        return Err(wrong());
    }
    let mut text = Text::default();
    match (verb.letter, value) {
        ('v' | 'd', Value::Int(number)) if verb.precision.is_none() => {
            text.text = signed(verb, number.to_string())
        }
        ('x', Value::Int(number)) if verb.precision.is_none() => text.text = radix(verb, *number, false),
        ('X', Value::Int(number)) if verb.precision.is_none() => text.text = radix(verb, *number, true),
        ('v', Value::Float(_)) if verb.precision.is_none() => {
            value.print(&mut text, line)?;
            text.text = signed(verb, text.text);
        }
        ('f', Value::Float(number)) => {
            let precision = verb.precision.unwrap_or(6);
            text.text = signed(verb, format!("{number:.precision$}"));
        }
        ('t' | 'v', Value::Bool(_)) if verb.precision.is_none() => value.print(&mut text, line)?,
        ('s' | 'v' | 'q' | 'x' | 'X', Value::Given(..) | Value::Text(_)) => {
            return of_text(verb, value, line);
        }
        ('v' | 's', Value::Map(_) | Value::Root(_)) if verb.width == 0 && verb.precision.is_none() => {
            value.print(&mut text, line)?;
        }
        ('v', Value::Json(_)) if verb.width == 0 && verb.precision.is_none() => {
            value.print(&mut text, line)?
        }
        _ => return Err(wrong()),
    }
    Ok(text)
}

fn of_text<'v>(verb: &Verb, value: &Value<'v>, line: usize) -> Result<Text<'v>, Fault> {
    let mut text = Text::default();
    value.print(&mut text, line)?;
    if let Some(precision) = verb.precision {
        if matches!(verb.letter, 'x' | 'X') {
            return Err(Fault::FormatValue { verb: verb.letter, value: value.kind() });
        }
        if let Some((end, _)) = text.text.char_indices().nth(precision) {
            text = text.derive(text.text[..end].to_owned(), line);
        }
    }
    Ok(match verb.letter {
        'q' => quoted(&text, line),
        'x' => text.derive(text.text.bytes().map(|byte| format!("{byte:02x}")).collect(), line),
        'X' => text.derive(text.text.bytes().map(|byte| format!("{byte:02X}")).collect(), line),
        _ => text,
    })
}

/// The text in double quotes. Its parts keep what they say, so that a check of the quotes' reader knows it.
fn quoted<'v>(text: &Text<'v>, line: usize) -> Text<'v> {
    let mut quoted = Text::default();
    quoted.text.push('"');
    let whole = text.derive(text.text.clone(), line);
    let begin = quoted.text.len();
    escape(&text.text, &mut quoted.text);
    let range = begin..quoted.text.len();
    let said: Rc<str> = text.text.as_str().into();
    quoted.inserts = whole
        .inserts
        .into_iter()
        .map(|insert| Insert { range: range.clone(), unquoted: Some(Rc::clone(&said)), ..insert })
        .collect();
    quoted.text.push('"');
    quoted
}

fn escape(text: &str, into: &mut String) {
    for one in text.chars() {
        match one {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\u{7}' => into.push_str("\\a"),
            '\u{8}' => into.push_str("\\b"),
            '\u{c}' => into.push_str("\\f"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '\u{b}' => into.push_str("\\v"),
            _ if is_printable(one) => into.push(one),
            _ if one < ' ' || one == '\u{7f}' => into.push_str(&format!("\\x{:02x}", u32::from(one))),
            _ if one < '\u{10000}' => into.push_str(&format!("\\u{:04x}", u32::from(one))),
            _ => into.push_str(&format!("\\U{:08x}", u32::from(one))),
        }
    }
}

/// Whether Go prints the character as itself. The standard library's own escapes know; they escape a combining
/// mark at the begin of a text alone, so something stands before it.
fn is_printable(one: char) -> bool {
    one == ' ' || matches!(one, '!'..='~') || String::from_iter(['a', one]).escape_debug().nth(1) == Some(one)
}

fn signed(verb: &Verb, number: String) -> String {
    if verb.plus && !number.starts_with('-') { format!("+{number}") } else { number }
}

fn radix(verb: &Verb, number: i64, capitals: bool) -> String {
    let (sign, size) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    signed(verb, if capitals { format!("{sign}{size:X}") } else { format!("{sign}{size:x}") })
}

/// Adds a text, filled up to the verb's width. Zeros go between the sign and the digits.
fn pad<'v>(into: &mut Text<'v>, text: &Text<'v>, verb: &Verb) {
    let missing = verb.width.saturating_sub(text.text.chars().count());
    if verb.left {
        into.append(text);
        into.text.push_str(&" ".repeat(missing));
    } else if verb.zero {
        let digits = text.text.trim_start_matches(['+', '-']);
        into.text.push_str(&text.text[..text.text.len() - digits.len()]);
        into.text.push_str(&"0".repeat(missing));
        into.text.push_str(digits);
    } else {
        into.text.push_str(&" ".repeat(missing));
        into.append(text);
    }
}
