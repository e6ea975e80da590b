//! The name of a Compose project, replaced in the text, so that nothing else of the file changes its meaning or its look.

use std::ops::Range;

use crate::yaml::{FileComplaint, FileError, Piece, Place, Placed, Style, outline};

/// The text with this name. The result is read again and must be the same file but for the name.
pub(super) fn set(text: &str, name: &str) -> Result<String, FileError> {
    let old = outline(text)?;
    let place = Place { line: 1, column: 1 };
    let refused = |place| FileError { place, complaint: FileComplaint::NameNotReplaceable };
    let [_, root, rest @ ..] = &*old else { return Err(refused(place)) };
    let value = Piece::Scalar { text: name.to_owned(), style: Style::DoubleQuoted, anchor: 0, tag: None };
    // JSON's quotes are YAML's.
    let quoted = serde_json::Value::String(name.to_owned()).to_string();
    let pieces = |placed: &[Placed]| placed.iter().map(|one| one.piece.clone()).collect::<Vec<_>>();
    let bytes = Bytes(text);
    let (new, expected, place) = match entry(&old) {
        Some(entry) => {
            let key = &old[entry.start - 1];
            let (begin, end) = (old[entry.start].begin, old[entry.end - 1].end);
            let is_left_out = begin == end;
            let at = if is_left_out { bytes.after_colon(key.end) } else { bytes.value(begin..end) };
            let quoted = if is_left_out { format!(" {quoted}") } else { quoted };
            let expected = [pieces(&old[..entry.start]), vec![value], pieces(&old[entry.end..])].concat();
            (bytes.replace(at, &quoted), expected, key.place)
        }
        None => {
            let key = Piece::Scalar { text: "name".to_owned(), style: Style::Plain, anchor: 0, tag: None };
            let expected = [pieces(&old[..2]), vec![key, value], pieces(rest)].concat();
            (bytes.with_entry(root, &rest[0], &format!("name: {quoted}")), expected, root.place)
        }
    };
    match outline(&new) {
        Ok(read) if pieces(&read) == expected => Ok(new),
        _ => Err(refused(place)),
    }
}

/// The pieces of the value that the root has at `name`.
fn entry(pieces: &[Placed]) -> Option<Range<usize>> {
    let mut at = 2;
    while let Some(Placed { piece, .. }) = pieces.get(at).filter(|one| one.piece != Piece::End) {
        let value = after(pieces, at);
        let end = after(pieces, value);
        if matches!(piece, Piece::Scalar { text, .. } if text == "name") && end <= pieces.len() {
            return Some(value..end);
        }
        at = end;
    }
    None
}

/// The piece that follows a whole node.
fn after(pieces: &[Placed], start: usize) -> usize {
    let mut depth = 0_usize;
    for (index, placed) in pieces.iter().enumerate().skip(start) {
        match placed.piece {
            Piece::List { .. } | Piece::Mapping { .. } => depth += 1,
            Piece::End => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    pieces.len()
}

/// A text whose places are counted in characters.
struct Bytes<'text>(&'text str);

impl Bytes<'_> {
    fn at(&self, character: usize) -> usize {
        self.0.char_indices().nth(character).map_or(self.0.len(), |(at, _)| at)
    }

    /// Where a value stands. The parser counts what follows a quoted one in its line to it.
    fn value(&self, characters: Range<usize>) -> Range<usize> {
        let range = self.at(characters.start)..self.at(characters.end);
        let value = &self.0[range.clone()];
        let mut chars = value.char_indices().peekable();
        let quote = chars.next().map(|(_, first)| first).filter(|first| matches!(first, '"' | '\''));
        while let Some((at, one)) = chars.next() {
            match (quote, one) {
                (Some('"'), '\\') => drop(chars.next()),
                (Some('\''), '\'') if chars.next_if(|(_, next)| *next == '\'').is_some() => {}
                (Some(quote), _) if one == quote => return range.start..range.start + at + 1,
                _ => {}
            }
        }
        range
    }

    /// The empty range after the first colon from here on.
    fn after_colon(&self, character: usize) -> Range<usize> {
        let begin = self.at(character);
        let at = self.0[begin..].find(':').map_or(self.0.len(), |colon| begin + colon + 1);
        at..at
    }

    fn replace(&self, range: Range<usize>, with: &str) -> String {
        format!("{}{with}{}", &self.0[..range.start], &self.0[range.end..])
    }

    /// The text with an entry before the first one of the root.
    fn with_entry(&self, root: &Placed, first: &Placed, entry: &str) -> String {
        if root.begin < root.end && self.0[self.at(root.begin)..].starts_with('{') {
            let at = self.at(root.begin) + 1;
            let comma = if first.piece == Piece::End { "" } else { ", " };
            return self.replace(at..at, &format!("{entry}{comma}"));
        }
        // A tag of the root stands before its begin.
        let (character, place) =
            if root.begin == root.end { (root.begin, root.place) } else { (first.begin, first.place) };
        let at = self.at(character);
        self.replace(at..at, &format!("{entry}\n{}", " ".repeat(place.column - 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::ComposeFile;
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(set(text, "p-1").as_deref(), Ok(expected), "{text}");
    }

    #[test]
    fn name_is_replaced_where_it_stands() {
        check("name: old\nservices: {}\n", "name: \"p-1\"\nservices: {}\n");
        check("services: {}\nname: 'old' # why\n", "services: {}\nname: \"p-1\" # why\n");
        check("name: 'it''s' # it's\n", "name: \"p-1\" # it's\n");
        check("name: \"a\\\"b\" # \"c\"\n", "name: \"p-1\" # \"c\"\n");
        check("é: ü\nname: old\n", "é: ü\nname: \"p-1\"\n");
        check("name:\nservices:\n", "name: \"p-1\"\nservices:\n");
        check("name: # later\nservices:\n", "name: \"p-1\" # later\nservices:\n");
        check("{name: old, services: {}}", "{name: \"p-1\", services: {}}");
        check("\"name\": ${X:-y}\n", "\"name\": \"p-1\"\n");
        check("name: [a]\n", "name: \"p-1\"\n");
        check("x: &a b\nname: *a\n", "x: &a b\nname: \"p-1\"\n");
    }

    #[test]
    fn name_is_added_before_everything_else() {
        check(
            "# why\nservices:\n  name: {image: x}\n",
            "# why\nname: \"p-1\"\nservices:\n  name: {image: x}\n",
        );
        check("---\n  a: 012\n  b: yes\n", "---\n  name: \"p-1\"\n  a: 012\n  b: yes\n");
        check("{services: {}}", "{name: \"p-1\", services: {}}");
        check("{}", "{name: \"p-1\"}");
        check("? services\n: {}\n", "name: \"p-1\"\n? services\n: {}\n");
        check("&r\na: 1\n", "&r\nname: \"p-1\"\na: 1\n");
    }

    #[test]
    fn name_that_others_mean_is_refused_at_upload() {
        for text in ["name: &n old\nservices:\n  a: {image: *n}\n", "a: 1\nname: |\n  old\n"] {
            let error = ComposeFile::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.complaint, FileComplaint::NameNotReplaceable, "{text}");
        }
    }
}
