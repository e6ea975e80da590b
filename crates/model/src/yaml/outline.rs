//! The pieces of a YAML text in their order, as the parser reports them: the only place that knows the parser.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{FileComplaint, FileError, MAX_DEPTH, MAX_NODES, Place};

/// A piece. Two texts with equal pieces have the same structure and content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Document,
    Scalar {
        text: String,
        style: Style,
        /// Number of the anchor, 0 for none.
        anchor: usize,
        tag: Option<String>,
    },
    List {
        anchor: usize,
        tag: Option<String>,
    },
    Mapping {
        anchor: usize,
        tag: Option<String>,
    },
    /// The end of a list or a mapping.
    End,
    /// The number of the anchor that is meant.
    Alias(usize),
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// A piece and where it stands: its place, and where it begins and ends in characters of the text.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) piece: Piece,
    pub(crate) place: Place,
    pub(crate) begin: usize,
    pub(crate) end: usize,
}

/// The pieces of a text.
pub(crate) fn outline(text: &str) -> Result<Vec<Placed>, FileError> {
    let mut pieces = Vec::new();
    let mut depth = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| not_yaml(text, error.marker(), error.info()))?;
        let piece = match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => continue,
            Event::DocumentStart(_) => Piece::Document,
            Event::Alias(anchor) => Piece::Alias(anchor),
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.map(|tag| name(&tag));
                Piece::Scalar { text: text.into_owned(), style: Style::of(style), anchor, tag }
            }
            Event::SequenceStart(anchor, tag) => Piece::List { anchor, tag: tag.map(|tag| name(&tag)) },
            Event::MappingStart(anchor, tag) => Piece::Mapping { anchor, tag: tag.map(|tag| name(&tag)) },
            Event::SequenceEnd | Event::MappingEnd => Piece::End,
        };
        depth = match piece {
            Piece::List { .. } | Piece::Mapping { .. } => depth + 1,
            Piece::End => depth.saturating_sub(1),
            _ => depth,
        };
        let place = place(&span.start);
        if depth > MAX_DEPTH {
            return Err(FileError { place, complaint: FileComplaint::TooDeep });
        }
        if pieces.len() > 2 * MAX_NODES {
            return Err(FileError { place, complaint: FileComplaint::TooMuch });
        }
        pieces.push(Placed { piece, place, begin: span.start.index(), end: span.end.index() });
    }
    Ok(pieces)
}

impl Style {
    fn of(style: ScalarStyle) -> Self {
        match style {
            ScalarStyle::Plain => Self::Plain,
            ScalarStyle::SingleQuoted => Self::SingleQuoted,
            ScalarStyle::DoubleQuoted => Self::DoubleQuoted,
            ScalarStyle::Literal => Self::Literal,
            ScalarStyle::Folded => Self::Folded,
        }
    }
}

/// The name of a tag, in the short form that people write.
fn name(tag: &Tag) -> String {
    if tag.is_yaml_core_schema() {
        format!("!!{}", tag.suffix)
    } else {
        format!("{}{}", tag.handle, tag.suffix)
    }
}

fn place(marker: &Marker) -> Place {
    Place { line: marker.line().max(1), column: marker.col() + 1 }
}

fn not_yaml(text: &str, marker: &Marker, info: &str) -> FileError {
    let place = place(marker);
    // The parser's own limit, which its reading ahead can meet first.
    if info.contains("recursion limit") {
        return FileError { place, complaint: FileComplaint::TooDeep };
    }
    // The parser reports a tab where the value before it ends.
    let lines = text.lines().skip(place.line - 1).take(2);
    let indented_by_tab = lines.map(str::trim_end).any(|line| line.trim_start_matches(' ').starts_with('\t'));
    if info.contains("tab") || indented_by_tab {
        let first = text.lines().enumerate().skip(place.line - 1).take(2);
        let tab = first.into_iter().find_map(|(index, line)| {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            line[blanks..].starts_with('\t').then_some(Place { line: index + 1, column: blanks + 1 })
        });
        return FileError { place: tab.unwrap_or(place), complaint: FileComplaint::Tab };
    }
    // The parser notices a name without a colon only where the next one begins, and tells it in words of its trade.
    let words = if info.contains("simple key expect") {
        "a name lacks its colon, here or in the line above"
    } else {
        info.trim_end_matches('.')
    };
    FileError { place, complaint: FileComplaint::NotYaml(words.to_owned()) }
}
