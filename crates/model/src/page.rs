//! Lists in pages: a page starts after a key, so it costs the same wherever it lies, and a change elsewhere in the list
//! neither repeats nor drops an entry.

use uuid::Uuid;

/// Most entries in a page.
pub const MAX_LIMIT: usize = 1000;

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageRequest {
    /// Only entries whose name contains this text, without regard to case.
    pub search: Option<String>,
    /// Only entries after this one.
    pub after: Option<Cursor>,
    /// At most this many; `None`: all.
    pub limit: Option<usize>,
}

/// An entry's place in a list: what the list is ordered by, then the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The text that the list is ordered by.
    pub key: String,
    /// The id that orders entries of equal text.
    pub id: Uuid,
}

impl Cursor {
    /// Before everything.
    pub const START: Self = Self { key: String::new(), id: Uuid::nil() };

    /// The opaque text on the wire: the id and the key, in hexadecimal.
    pub fn encode(&self) -> String {
        use std::fmt::Write;
        let mut text = self.id.simple().to_string();
        for byte in self.key.bytes() {
            // Writing to a string can't fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        if !text.is_ascii() || text.len() < 32 || !text.len().is_multiple_of(2) {
            return None;
        }
        let (id, key) = text.split_at(32);
        let id = Uuid::try_parse(id).ok()?;
        let key = key
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect::<Option<Vec<u8>>>()?;
        Some(Self { key: String::from_utf8(key).ok()?, id })
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries, in order.
    pub items: Vec<T>,
    /// Where the next part starts; `None`: this is the last one.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// A page from up to one entry more than was asked for: the surplus one tells that there is a next page.
    pub fn from_surplus(mut items: Vec<T>, limit: Option<usize>, cursor: impl Fn(&T) -> Cursor) -> Self {
        let next = match limit {
            Some(limit) if items.len() > limit => {
                items.truncate(limit);
                items.last().map(cursor)
            }
            _ => None,
        };
        Self { items, next }
    }

    /// The same page with other entries.
    pub fn map<U>(self, present: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(present).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_wire() {
        for key in ["", "fleet main", "É\u{1F600}"] {
            let cursor = Cursor { key: key.to_owned(), id: Uuid::from_u128(7) };
            assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
        for text in [
            "",
            "x",
            "é".repeat(16).as_str(),
            &"0".repeat(33),
            &format!("{}zz", "0".repeat(32)),
            &format!("{}ff", "0".repeat(32)),
        ] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }

    #[test]
    fn a_surplus_entry_tells_of_a_next_page() {
        let cursor = |n: &u32| Cursor { key: n.to_string(), id: Uuid::nil() };
        assert_eq!(
            Page::from_surplus(vec![1, 2, 3], Some(2), cursor).next.map(|next| next.key),
            Some("2".to_owned())
        );
        assert_eq!(Page::from_surplus(vec![1, 2], Some(2), cursor).next, None);
        assert_eq!(Page::from_surplus(vec![1, 2, 3], None, cursor).items, [1, 2, 3]);
    }
}
