//! A text file of a form: typed or pasted, or chosen from the reader's disk. What is wrong with it is shown at its line.

use maud::{Markup, Render, html};

/// A text file of a form.
#[derive(Debug, Clone)]
pub struct FileField<'a> {
    /// Name of the text in the form.
    pub name: &'a str,
    /// Words above it.
    pub label: &'a str,
    /// A sentence below it.
    pub hint: &'a str,
    /// What stands in it.
    pub value: &'a str,
    /// What is wrong with it. If it says “line 3, column 5”, that line is shown.
    pub error: Option<&'a str>,
    /// Whether there must be one.
    pub required: bool,
}

/// The name of the file that may be chosen instead of typing.
pub fn upload_of(name: &str) -> String {
    format!("{name}-upload")
}

/// Lines that are shown before the one at fault.
const BEFORE: usize = 2;
/// A longer line is cut.
const WIDEST: usize = 160;

/// The number after a word, as in “line 3”.
fn after(text: &str, word: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let digits = lower.split_once(word)?.1.trim_start();
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok().filter(|number| *number > 0)
}

/// The lines around the one at fault, each with its number and whether it is the one; and the column at fault.
type Excerpt = (Vec<(usize, String, bool)>, Option<usize>);

fn excerpt(value: &str, error: &str) -> Option<Excerpt> {
    let line = after(error, "line ")?;
    // A text that lacks something may be at fault right behind its end.
    let behind = (value.lines().count() + 1 == line).then_some("");
    let lines = value
        .lines()
        .chain(behind)
        .zip(1..)
        .skip(line.saturating_sub(BEFORE + 1))
        .take(BEFORE.min(line - 1) + 1);
    let cut = |text: &str| text.chars().take(WIDEST).collect::<String>();
    let lines: Vec<_> = lines.map(|(text, number)| (number, cut(text), number == line)).collect();
    let is_there = lines.iter().any(|(.., at_fault)| *at_fault);
    is_there.then(|| (lines, after(error, "column ").filter(|column| *column <= WIDEST)))
}

impl FileField<'_> {
    fn fault(&self) -> Markup {
        let Some((lines, column)) = self.error.and_then(|error| excerpt(self.value, error)) else {
            return html! {};
        };
        html! {
            pre.excerpt tabindex="0" aria-label="The line at fault" {
                @for (number, text, at_fault) in &lines {
                    span.bad[*at_fault] { span.no { (number) } (text) "\n" }
                }
                @if let Some(column) = column { span.bad aria-hidden="true" { span.no {} (" ".repeat(column - 1)) "↑\n" } }
            }
        }
    }
}

impl FileField<'_> {
    /// The text alone, where there is no file to choose.
    pub fn without_upload(&self) -> Markup {
        html! { div.field { (self.text()) } }
    }

    fn text(&self) -> Markup {
        let name = self.name;
        let described =
            self.error.map_or_else(|| format!("{name}-hint"), |_| format!("{name}-error {name}-hint"));
        let rows = self.value.lines().count().clamp(8, 24);
        html! {
            label for=(name) { (self.label) @if !self.required { span.optional { "optional" } } }
            textarea id=(name) name=(name) rows=(rows) spellcheck="false" wrap="off" aria-describedby=(described)
                aria-invalid=[self.error.map(|_| "true")] { "\n" (self.value) }
            @if let Some(error) = self.error { p.error id={ (name) "-error" } { (error) } (self.fault()) }
            p.hint id={ (name) "-hint" } { (self.hint) }
        }
    }
}

impl Render for FileField<'_> {
    fn render(&self) -> Markup {
        let upload = upload_of(self.name);
        html! {
            div.field {
                (self.text())
                div.row.upload {
                    label for=(upload) { "or choose a file" span.sr { " for " (self.label) } }
                    input type="file" id=(upload) name=(upload) accept=".yaml,.yml,.env,.txt,text/*,application/yaml";
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_at_fault_is_found() {
        let value = "services:\n  web:\n   image\n  other: 1\n";
        let (lines, column) = excerpt(value, "Line 3, column 4: expected a colon.").expect("an excerpt");
        let shown: Vec<_> =
            lines.iter().map(|(number, text, fault)| (*number, text.as_str(), *fault)).collect();
        assert_eq!(shown, [(1, "services:", false), (2, "  web:", false), (3, "   image", true)]);
        assert_eq!(column, Some(4));
        assert_eq!(excerpt(value, "line 5").map(|(lines, _)| lines.len()), Some(3));
        assert_eq!(excerpt(value, "at line 1").map(|(lines, column)| (lines.len(), column)), Some((1, None)));
    }

    #[test]
    fn an_error_about_no_line_has_no_excerpt() {
        for error in ["The file is empty.", "Line 0: no.", "Line 3: beyond the end.", "Line x", "Online 3x"] {
            assert!(excerpt("a", error).is_none(), "{error}");
        }
    }
}
