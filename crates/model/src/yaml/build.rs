//! Pieces to a document, with aliases and merges resolved.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::outline::{Piece, Placed, Style, outline};
use super::scalar::Scalar;
use super::{Content, Entry, FileComplaint, FileError, MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, Place};

/// Reads a text that is one document with a mapping as root.
pub(super) fn document(text: &str) -> Result<Arc<Node>, FileError> {
    let mut builder = Builder { open: Vec::new(), anchors: BTreeMap::new(), built: 0, root: None };
    for placed in outline(text)? {
        builder.take(placed)?;
    }
    let start = Place { line: 1, column: 1 };
    match builder.root.flatten() {
        None => Err(FileError { place: start, complaint: FileComplaint::Empty }),
        // What is nothing but comments after `---` is a null.
        Some(root) if root.is_null() => Err(FileError { place: root.place, complaint: FileComplaint::Empty }),
        Some(root) if !root.is_mapping() => {
            Err(FileError { place: root.place, complaint: FileComplaint::NotAMapping })
        }
        Some(root) => Ok(root),
    }
}

/// A list or mapping that is not complete yet.
struct Open {
    place: Place,
    anchor: usize,
    is_mapping: bool,
    /// Elements, or keys and values by turns.
    parts: Vec<Arc<Node>>,
}

struct Builder {
    open: Vec<Open>,
    /// What anchors stand for; `None` while that is not complete.
    anchors: BTreeMap<usize, Option<Arc<Node>>>,
    /// Parts put together so far: bounds the work of merging.
    built: usize,
    /// Outer: whether a document began. Inner: its root.
    root: Option<Option<Arc<Node>>>,
}

impl Builder {
    fn take(&mut self, placed: Placed) -> Result<(), FileError> {
        let place = placed.place;
        let result = match placed.piece {
            Piece::End => return self.end(),
            Piece::Document if self.root.is_some() => Err(FileComplaint::SeveralDocuments),
            Piece::Document => {
                self.root = Some(None);
                Ok(())
            }
            Piece::Scalar { text, style, anchor, tag } => {
                let scalar = Scalar { text, is_plain: style == Style::Plain, tag };
                sized(place, Content::Scalar(scalar)).and_then(|node| self.complete(node, anchor))
            }
            Piece::List { anchor, .. } => self.begin(place, anchor, false),
            Piece::Mapping { anchor, .. } => self.begin(place, anchor, true),
            Piece::Alias(anchor) => {
                let meant = self.anchors.get(&anchor).cloned().flatten();
                meant.ok_or(FileComplaint::ContainsItself).and_then(|meant| self.add(meant))
            }
        };
        result.map_err(|complaint| FileError { place, complaint })
    }

    fn begin(&mut self, place: Place, anchor: usize, is_mapping: bool) -> Result<(), FileComplaint> {
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Open { place, anchor, is_mapping, parts: Vec::new() });
        Ok(())
    }

    fn end(&mut self) -> Result<(), FileError> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let (place, anchor) = (open.place, open.anchor);
        let node = self.close(open)?;
        self.complete(node, anchor).map_err(|complaint| FileError { place, complaint })
    }

    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), FileComplaint> {
        let node = Arc::new(node);
        if anchor > 0 {
            self.anchors.insert(anchor, Some(Arc::clone(&node)));
        }
        self.add(node)
    }

    fn add(&mut self, node: Arc<Node>) -> Result<(), FileComplaint> {
        self.count(1)?;
        match self.open.last_mut() {
            Some(open) => open.parts.push(node),
            None => self.root = Some(Some(node)),
        }
        Ok(())
    }

    fn count(&mut self, parts: usize) -> Result<(), FileComplaint> {
        self.built = self.built.saturating_add(parts);
        if self.built > 4 * MAX_NODES { Err(FileComplaint::TooMuch) } else { Ok(()) }
    }

    fn close(&mut self, open: Open) -> Result<Node, FileError> {
        let whole = |complaint| FileError { place: open.place, complaint };
        if !open.is_mapping {
            return sized(open.place, Content::List(open.parts)).map_err(whole);
        }
        let mut entries: Vec<Entry> = Vec::new();
        let mut known: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut merged: Vec<Arc<Node>> = Vec::new();
        let mut parts = open.parts.into_iter();
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            let here = |complaint| FileError { place: key.place, complaint };
            let Content::Scalar(scalar) = &key.content else { return Err(here(FileComplaint::CompoundKey)) };
            let name: Arc<str> = scalar.text.as_str().into();
            if !known.insert(Arc::clone(&name)) {
                return Err(here(FileComplaint::DuplicateKey(scalar.text.clone())));
            }
            if scalar.merges() {
                merged.extend(if value.is_mapping() {
                    vec![value]
                } else {
                    mappings(&value).map_err(here)?
                });
            } else {
                entries.push(Entry { key: name, place: key.place, value });
            }
        }
        // The mapping's own keys win over merged ones, earlier merged ones over later ones.
        for mapping in merged {
            self.count(mapping.entries().len()).map_err(whole)?;
            let fresh = mapping.entries().iter().filter(|entry| known.insert(Arc::clone(&entry.key)));
            entries.extend(fresh.cloned());
        }
        sized(open.place, Content::Mapping(entries)).map_err(whole)
    }
}

/// The mappings of a list that `<<` has.
fn mappings(list: &Node) -> Result<Vec<Arc<Node>>, FileComplaint> {
    let all = list.elements();
    if all.is_empty() || !all.iter().all(|one| one.is_mapping()) {
        return Err(FileComplaint::MergesNoMapping);
    }
    Ok(all.to_vec())
}

/// A node that knows how much is in it.
fn sized(place: Place, content: Content) -> Result<Node, FileComplaint> {
    let mut node = Node { place, content, nodes: 1, bytes: 0, height: 1 };
    let mut within = |part: &Node| {
        node.nodes = node.nodes.saturating_add(part.nodes);
        node.bytes = node.bytes.saturating_add(part.bytes);
        node.height = node.height.max(part.height + 1);
    };
    match &node.content {
        Content::Scalar(scalar) => node.bytes = scalar.text.len(),
        Content::List(elements) => elements.iter().for_each(|part| within(part)),
        Content::Mapping(entries) => {
            entries.iter().for_each(|entry| within(&entry.value));
            let keys: usize = entries.iter().map(|entry| entry.key.len()).sum();
            node.bytes = node.bytes.saturating_add(keys);
        }
    }
    if node.nodes > MAX_NODES || node.bytes > MAX_BYTES {
        return Err(FileComplaint::TooMuch);
    }
    // Aliases can make it deeper than the text is.
    if node.height > MAX_DEPTH + 1 { Err(FileComplaint::TooDeep) } else { Ok(node) }
}
