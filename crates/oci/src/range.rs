//! Ranges of bytes: chunks of an upload, and parts of a blob.

use std::str::FromStr;

/// Most parts that one request gets.
const MAX_PARTS: usize = 100;

/// The bytes from `start` to `end`, both counted in. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    start: u64,
    end: u64,
}

/// The place of a chunk in an upload, as `Content-Range` says: `<start>-<end>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentRange(ByteRange);

/// A `Content-Range` that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Content-Range is not <start>-<end>")]
pub struct InvalidContentRange;

/// Why a chunk can't be taken. The session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// It does not begin where the upload is: a 416.
    #[error("chunk begins at {start}, the upload is at {offset}")]
    OutOfOrder {
        /// Where the chunk begins.
        start: u64,
        /// Where the upload is.
        offset: u64,
    },
    /// `Content-Range` and `Content-Length` contradict each other: a 400.
    #[error("chunk is {length} bytes long, its range {range}")]
    WrongLength {
        /// What `Content-Length` says.
        length: u64,
        /// What `Content-Range` says.
        range: u64,
    },
}

/// What of a blob is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of it: a 200.
    Whole,
    /// A part of it: a 206.
    One(ByteRange),
    /// Parts of it, in the order asked for: a 206 of `multipart/byteranges`.
    Several(Vec<ByteRange>),
    /// A part it does not have: a 416 with [`unsatisfied`].
    Unsatisfiable,
}

impl ByteRange {
    /// A range of one byte or more.
    pub fn new(start: u64, end: u64) -> Option<Self> {
        // The number of bytes must be a number, too.
        (start <= end && end < u64::MAX).then_some(Self { start, end })
    }

    /// The first byte.
    pub fn start(self) -> u64 {
        self.start
    }

    /// The last byte.
    pub fn end(self) -> u64 {
        self.end
    }

    /// How many bytes.
    #[expect(clippy::len_without_is_empty, reason = "a range is never empty")]
    pub fn len(self) -> u64 {
        self.end - self.start + 1
    }

    /// The value of `Content-Range` for this part of a blob of `size` bytes.
    pub fn content_range(self, size: u64) -> String {
        format!("bytes {}-{}/{size}", self.start, self.end)
    }
}

impl ContentRange {
    /// Checks a chunk against how many bytes the upload has, and against `Content-Length` if there is one.
    ///
    /// # Errors
    /// See [`ChunkError`].
    pub fn check(self, offset: u64, length: Option<u64>) -> Result<(), ChunkError> {
        if self.0.start != offset {
            return Err(ChunkError::OutOfOrder { start: self.0.start, offset });
        }
        match length {
            Some(length) if length != self.0.len() => {
                Err(ChunkError::WrongLength { length, range: self.0.len() })
            }
            _ => Ok(()),
        }
    }

    /// How many bytes the chunk has, for when no `Content-Length` says so.
    #[expect(clippy::len_without_is_empty, reason = "a range is never empty")]
    pub fn len(self) -> u64 {
        self.0.len()
    }
}

impl FromStr for ContentRange {
    type Err = InvalidContentRange;

    /// Also takes the form of HTTP, `bytes <start>-<end>/<total>`: clients send both.
    fn from_str(text: &str) -> Result<Self, InvalidContentRange> {
        let text = text.trim();
        let text = text.strip_prefix("bytes").map_or(text, |rest| rest.trim_start_matches([' ', '=']));
        let range = text.split_once('/').map_or(text, |(range, _)| range);
        let (start, end) = range.split_once('-').ok_or(InvalidContentRange)?;
        let range = number(start).zip(number(end)).and_then(|(start, end)| ByteRange::new(start, end));
        range.map(Self).ok_or(InvalidContentRange)
    }
}

/// The value of `Range` in answers about an upload that has `offset` bytes. None and one byte look alike.
pub fn received(offset: u64) -> String {
    format!("0-{}", offset.saturating_sub(1))
}

/// The value of `Content-Range` in a 416 about a blob of `size` bytes.
pub fn unsatisfied(size: u64) -> String {
    format!("bytes */{size}")
}

/// What a `Range` header asks for of a blob of `size` bytes (RFC 9110, 14.2).
///
/// What is no range of bytes is ignored, as HTTP wants; but one range that ends before it begins can't be satisfied, as
/// the conformance suite wants. Several ranges are never refused, since clients would give up the pull: if they are too
/// many, more than the blob, or nowhere in it, they get the whole.
pub fn select(header: &str, size: u64) -> Selection {
    let Some((unit, list)) = header.split_once('=') else { return Selection::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || size == 0 {
        return Selection::Whole;
    }
    let mut wanted = Vec::new();
    for text in list.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let Some(one) = Wanted::parse(text) else { return Selection::Whole };
        wanted.push(one);
        if wanted.len() > MAX_PARTS {
            return Selection::Whole;
        }
    }
    if let [one] = &*wanted {
        return one.within(size).map_or(Selection::Unsatisfiable, Selection::One);
    }
    let parts: Vec<_> = wanted.iter().filter_map(|one| one.within(size)).collect();
    let total = parts.iter().fold(0_u64, |sum, one| sum.saturating_add(one.len()));
    match &*parts {
        [] => Selection::Whole,
        [one] => Selection::One(*one),
        _ if total > size => Selection::Whole,
        _ => Selection::Several(parts),
    }
}

/// A range as asked for.
enum Wanted {
    /// `<start>-<end>`
    Between(u64, u64),
    /// `<start>-`
    From(u64),
    /// `-<length>`
    Last(u64),
}

impl Wanted {
    fn parse(text: &str) -> Option<Self> {
        let (start, end) = text.split_once('-')?;
        match (start.trim(), end.trim()) {
            ("", length) => number(length).map(Self::Last),
            (start, "") => number(start).map(Self::From),
            (start, end) => Some(Self::Between(number(start)?, number(end)?)),
        }
    }

    fn within(&self, size: u64) -> Option<ByteRange> {
        let last = size.checked_sub(1)?;
        match *self {
            Self::Between(start, end) => ByteRange::new(start, end.min(last)),
            Self::From(start) => ByteRange::new(start, last),
            Self::Last(length) => ByteRange::new(size.saturating_sub(length), last),
        }
    }
}

/// A number in digits alone. What is larger than any content is the largest number.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, size: u64, expected: &str) {
        let found = match select(header, size) {
            Selection::Whole => "whole".to_owned(),
            Selection::Unsatisfiable => unsatisfied(size),
            Selection::One(one) => one.content_range(size),
            Selection::Several(parts) => {
                parts.iter().map(|one| one.content_range(size)).collect::<Vec<_>>().join(", ")
            }
        };
        assert_eq!(found, expected, "{header} of {size}");
    }

    #[test]
    fn one_range_is_a_part() {
        check("bytes=500-1499", 2048, "bytes 500-1499/2048");
        check("bytes=500-", 2048, "bytes 500-2047/2048");
        check("bytes=-500", 2048, "bytes 1548-2047/2048");
        check("bytes=2000-5000", 2048, "bytes 2000-2047/2048");
        check("bytes=-5000", 2048, "bytes 0-2047/2048");
        check("bytes=0-0", 1, "bytes 0-0/1");
        check("Bytes = 1 - 2 ", 9, "bytes 1-2/9");
        check("bytes=0-99999999999999999999999", 2048, "bytes 0-2047/2048");
        check("bytes=1-2,", 9, "bytes 1-2/9");
    }

    #[test]
    fn range_outside_the_blob_is_unsatisfiable() {
        for header in
            ["bytes=500-0", "bytes=5000-10000", "bytes=2048-", "bytes=-0", "bytes=99999999999999999999-"]
        {
            check(header, 2048, "bytes */2048");
        }
    }

    #[test]
    fn what_is_no_range_of_bytes_is_ignored() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=-",
            "bytes=a-b",
            "bytes=1",
            "lines=1-2",
            "bytes=+1-2",
            "bytes=1-2-3",
        ] {
            check(header, 2048, "whole");
        }
    }

    #[test]
    fn empty_blob_is_always_whole() {
        for header in ["bytes=0-", "bytes=-1", "bytes=0-0", "bytes=5-1"] {
            check(header, 0, "whole");
        }
    }

    #[test]
    fn several_ranges_are_never_refused() {
        check("bytes=0-1,4-5", 9, "bytes 0-1/9, bytes 4-5/9");
        check("bytes=4-5, 0-1 ,-1", 9, "bytes 4-5/9, bytes 0-1/9, bytes 8-8/9");
        check("bytes=0-1,50-60", 9, "bytes 0-1/9");
        check("bytes=50-60,70-80", 9, "whole");
        check("bytes=0-8,0-8", 9, "whole");
        check("bytes=0-1,x", 9, "whole");
        check(&format!("bytes=0-0{}", ",0-0".repeat(MAX_PARTS)), 1000, "whole");
        check(&format!("bytes=0-0{}", ",0-0".repeat(MAX_PARTS)), 2, "whole");
    }

    #[test]
    fn chunk_ranges_are_read_in_both_forms() {
        for text in ["5-9", " 5-9 ", "bytes 5-9/10", "bytes 5-9/*", "bytes=5-9", "5-9/10"] {
            assert_eq!(
                text.parse::<ContentRange>().map(|range| range.0),
                Ok(ByteRange { start: 5, end: 9 }),
                "{text}"
            );
        }
        for text in
            ["", "-", "5-", "-9", "9-5", "a-b", "0--1", "+1-2", "1", "0-18446744073709551615", "bytes */5"]
        {
            assert_eq!(text.parse::<ContentRange>(), Err(InvalidContentRange), "{text}");
        }
    }

    #[test]
    fn chunk_must_follow_and_be_as_long_as_it_says() {
        let range: ContentRange = "5-9".parse().unwrap();
        assert_eq!(range.check(5, Some(5)), Ok(()));
        assert_eq!(range.check(5, None), Ok(()));
        assert_eq!(range.check(5, Some(4)), Err(ChunkError::WrongLength { length: 4, range: 5 }));
        assert_eq!(range.check(0, Some(5)), Err(ChunkError::OutOfOrder { start: 5, offset: 0 }));
        assert_eq!(range.check(10, Some(5)), Err(ChunkError::OutOfOrder { start: 5, offset: 10 }));
    }

    #[test]
    fn progress_is_told_without_a_unit() {
        assert_eq!([received(0), received(1), received(2048)], ["0-0", "0-0", "0-2047"]);
    }
}
