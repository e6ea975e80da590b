//! The form in which the engine sends what a container prints.
//!
//! Without a terminal it comes in frames: one byte for the stream, three of nothing, four for the length, big-endian, then that many
//! bytes, which are a line or a part of a long one. With a terminal it is plain lines.

/// The longest line that is kept, in bytes; the rest of it is dropped.
const LONGEST: usize = 32 * 1024;

const HEADER: usize = 8;
const STANDARD_ERROR: u8 = 2;

/// A line, with its time in front.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) is_error: bool,
    pub(super) text: String,
}

/// Puts lines together from pieces of any size.
pub(super) struct Frames {
    terminal: bool,
    header: Vec<u8>,
    /// Bytes of the frame that are yet to come.
    left: usize,
    line: Vec<u8>,
}

impl Frames {
    pub(super) fn new(terminal: bool) -> Self {
        Self { terminal, header: Vec::with_capacity(HEADER), left: 0, line: Vec::new() }
    }

    /// Takes a piece and gives the lines that it completes.
    pub(super) fn feed(&mut self, piece: &[u8]) -> Vec<Output> {
        let mut lines = Vec::new();
        if self.terminal {
            for byte in piece {
                match byte {
                    b'\n' => lines.extend(self.take()),
                    byte => self.push(std::slice::from_ref(byte)),
                }
            }
            return lines;
        }
        let mut rest = piece;
        while !rest.is_empty() {
            if self.header.len() < HEADER {
                let (taken, after) = rest.split_at(rest.len().min(HEADER - self.header.len()));
                self.header.extend_from_slice(taken);
                rest = after;
                if let [_, _, _, _, a, b, c, d] = self.header[..] {
                    self.left = u32::from_be_bytes([a, b, c, d]) as usize;
                }
            }
            if self.header.len() == HEADER {
                let (taken, after) = rest.split_at(rest.len().min(self.left));
                self.push(taken);
                self.left -= taken.len();
                rest = after;
                if self.left == 0 {
                    lines.extend(self.take());
                    self.header.clear();
                }
            }
        }
        lines
    }

    /// What is left of a stream that ended without a line break.
    pub(super) fn end(&mut self) -> Option<Output> {
        self.take()
    }

    fn push(&mut self, bytes: &[u8]) {
        let room = LONGEST.saturating_sub(self.line.len());
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn take(&mut self) -> Option<Output> {
        let text = String::from_utf8_lossy(&self.line).trim_end_matches(['\n', '\r']).to_owned();
        self.line.clear();
        let is_error = self.header.first() == Some(&STANDARD_ERROR);
        (!text.is_empty()).then_some(Output { is_error, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(stream: u8, text: &[u8]) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        [&[stream, 0, 0, 0][..], &length, text].concat()
    }

    fn read(terminal: bool, bytes: &[u8], size: usize) -> Vec<(bool, String)> {
        let mut frames = Frames::new(terminal);
        let mut found: Vec<_> = bytes.chunks(size).flat_map(|piece| frames.feed(piece)).collect();
        found.extend(frames.end());
        found.into_iter().map(|output| (output.is_error, output.text)).collect()
    }

    #[test]
    fn lines_come_out_whole_whatever_the_size_of_the_pieces() {
        let bytes =
            [frame(1, b"t one\n"), frame(2, b"t two\r\n"), frame(1, b""), frame(1, "t drei ü\n".as_bytes())]
                .concat();
        let expected = [(false, "t one"), (true, "t two"), (false, "t drei ü")]
            .map(|(error, text)| (error, text.to_owned()));
        for size in 1..=bytes.len() {
            assert_eq!(read(false, &bytes, size), expected, "{size}");
        }
    }

    #[test]
    fn a_terminal_sends_plain_lines() {
        for size in 1..12 {
            let expected = ["t one", "t two"].map(|text| (false, text.to_owned()));
            assert_eq!(read(true, b"t one\r\nt two", size), expected);
        }
    }

    #[test]
    fn a_line_without_end_takes_no_more_than_its_share() {
        let found = read(true, &vec![b'x'; 10 * LONGEST], 4096);
        assert_eq!(found[0].1.len(), LONGEST);
        let found = read(false, &frame(1, &vec![b'y'; 3 * LONGEST]), 1000);
        assert_eq!((found.len(), found[0].1.len()), (1, LONGEST));
    }

    #[test]
    fn rubbish_is_survived() {
        assert_eq!(read(false, &[0xff; 100], 7).len(), 1);
        assert_eq!(read(false, b"", 1), []);
    }
}
