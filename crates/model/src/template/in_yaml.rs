//! A check that what a template inserts into YAML stays within the scalar that it was inserted into.
//!
//! The result is read twice: as it is, and with an innocent word in the place of every inserted part. Both must have the
//! same structure, and each scalar must hold exactly what was inserted. So refused are values that end their scalar or
//! begin another (`a: b`, ` # c`, line breaks, quotes), values that lose something on the way (blanks at an end, quotes
//! around the whole, backslashes in double quotes), and values that are structure: whole lines, anchors, tags and merges.
//! Such a value can be inserted with `printf "%q"`, which writes double quotes and the escapes that it needs.
//!
//! Not refused is that a plain scalar takes the meaning that its characters have: with `port: {{ .Secrets.PORT }}` and the
//! secret `8080` the port is a number, and with an empty secret it is nothing.

use std::collections::BTreeMap;

use super::value::{Insert, Text};
use super::{Fault, RenderError};
use crate::yaml::{Piece, Style, outline};

/// Most parts that are tried one by one to name the one at fault.
const MAX_TRIALS: usize = 32;

/// Checks the result of a template for YAML.
pub(super) fn check(result: &Text<'_>) -> Result<(), RenderError> {
    let Some(first) = result.inserts.first() else { return Ok(()) };
    let words = Words::unlike(&result.text);
    let all: Parts<'_> = result.inserts.iter().enumerate().collect();
    let innocent = pieces(&words.replace(result, &all));
    let whole = pieces(&result.text);
    let Some(innocent) = innocent else {
        // If neither is YAML, the template is at fault. Whoever reads the result says where.
        return if whole.is_none() { Ok(()) } else { Err(breaks(first)) };
    };
    if words.only_fill(whole.as_deref(), &innocent, result, &all) {
        return Ok(());
    }
    let at_fault = all.iter().take(MAX_TRIALS).find(|(index, insert)| {
        let mut others = all.clone();
        others.remove(index);
        let alone = pieces(&words.replace(result, &others));
        !words.only_fill(alone.as_deref(), &innocent, result, &Parts::from([(**index, **insert)]))
    });
    Err(breaks(at_fault.map_or(first, |(_, insert)| insert)))
}

fn breaks(insert: &Insert<'_>) -> RenderError {
    let (of, name) = (insert.origin.source, insert.origin.name.map(str::to_owned));
    RenderError { line: insert.line, fault: Fault::BreaksYaml { of, name } }
}

/// The pieces of a text, if it is YAML.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    outline(text).ok().map(|pieces| pieces.into_iter().map(|placed| placed.piece).collect())
}

/// Inserted parts by their number in the result.
type Parts<'t> = BTreeMap<usize, &'t Insert<'t>>;

/// Innocent words, one for each inserted part, that the text does not hold.
struct Words {
    begin: String,
}

impl Words {
    fn unlike(text: &str) -> Self {
        let begin = (0..).map(|number| format!("zq{number}x")).find(|begin| !text.contains(begin));
        Self { begin: begin.unwrap_or_default() }
    }

    /// The text with words in the place of these parts.
    fn replace(&self, result: &Text<'_>, parts: &Parts<'_>) -> String {
        let mut text = String::with_capacity(result.text.len());
        let mut at = 0;
        for (index, insert) in parts {
            text.push_str(result.text.get(at..insert.range.start).unwrap_or_default());
            text.push_str(&format!("{}{index}q", self.begin));
            at = insert.range.end;
        }
        text.push_str(result.text.get(at..).unwrap_or_default());
        text
    }

    /// Whether the pieces with these parts differ from those with words by the parts in scalars alone.
    fn only_fill(
        &self,
        real: Option<&[Piece]>,
        innocent: &[Piece],
        result: &Text<'_>,
        parts: &Parts<'_>,
    ) -> bool {
        let Some(real) = real else { return false };
        let same = |(real, innocent): (&Piece, &Piece)| match innocent {
            Piece::Scalar { text, style, anchor, tag } if text.contains(&self.begin) => {
                let text = self.fill(text, *style, result, parts);
                let becomes_merge = *style == Style::Plain && text == "<<";
                let filled = Piece::Scalar { text, style: *style, anchor: *anchor, tag: tag.clone() };
                !becomes_merge && *real == filled
            }
            _ => real == innocent,
        };
        real.len() == innocent.len() && real.iter().zip(innocent).all(same)
    }

    /// A scalar's text with these parts in the place of their words.
    fn fill(&self, text: &str, style: Style, result: &Text<'_>, parts: &Parts<'_>) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(&self.begin) {
            filled.push_str(before);
            let (number, after) = after.split_once('q').unwrap_or((after, ""));
            match number.parse().ok().and_then(|index: usize| parts.get(&index)) {
                Some(insert) => {
                    let unquoted = insert.unquoted.as_deref().filter(|_| style == Style::DoubleQuoted);
                    let written = || result.text.get(insert.range.clone()).unwrap_or_default();
                    filled.push_str(unquoted.unwrap_or_else(written));
                }
                None => filled.push_str(&format!("{}{number}q", self.begin)),
            }
            rest = after;
        }
        filled + rest
    }
}
