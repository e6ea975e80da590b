//! Uploads that are read while they go on.
//!
//! What came last is in memory. In a folder, what came before that is read from the file of the upload. A bucket shows nothing
//! of an object before it is whole: there, a reader that has fallen behind waits until it is and reads on from the bucket. A
//! temporary file would spare it the wait, but a hub that keeps its blobs in a bucket need not have a disk with room for
//! them. In either case no reader slows the upload down, and memory is bounded.
//!
//! Readers get their last byte only when the blob is kept. So no answer with a length ends cleanly before the digest of the
//! whole was verified, not even one of a part.

use std::collections::VecDeque;
use std::fs::File;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use grantry_oci::digest::Digest;
use tokio::sync::watch;

use crate::blobs::Blobs;
use crate::content::Content;
use crate::error::Error;
use crate::folder::read::read_open;
use crate::key::Key;
use crate::writer::{Stored, Writer};

/// Bytes that are kept in memory at most where there is no file.
const RECENT: usize = 8 << 20;
/// The same where there is one, beside those that it does not have yet: reading them from the file is cheap, too.
const RECENT_OF_FILE: usize = 1 << 20;

/// The writing end of an upload that is read while it goes on. If it is dropped before it was released, all readers fail.
#[must_use = "readers wait for the end"]
pub struct Growing {
    writer: Option<Writer>,
    trail: Arc<Trail>,
}

/// The reading end. Clones read the same.
#[derive(Clone)]
pub struct Follower(Arc<Trail>);

struct Trail {
    blobs: Blobs,
    size: u64,
    state: watch::Sender<State>,
    recent: Mutex<Recent>,
}

#[derive(Clone, Copy)]
struct State {
    received: u64,
    end: Option<End>,
}

#[derive(Clone, Copy)]
enum End {
    Kept(Key),
    Failed,
}

/// What came last, in order and without gaps.
#[derive(Default)]
struct Recent {
    pieces: VecDeque<(u64, Bytes)>,
    size: usize,
    /// Has everything before the first piece.
    file: Option<Arc<File>>,
}

/// Where the next bytes of a reader are.
enum Place {
    Memory(Bytes),
    /// In the file, so many at least.
    File(Arc<File>, u64),
    /// Neither: the reader has fallen behind.
    Gone,
}

impl Growing {
    /// Makes an upload readable that has not begun. `size` is how many bytes it will have.
    pub(crate) fn new(blobs: Blobs, writer: Writer, size: u64) -> (Self, Follower) {
        let state = watch::Sender::new(State { received: 0, end: None });
        let trail = Arc::new(Trail { blobs, size, state, recent: Mutex::default() });
        (Self { writer: Some(writer), trail: Arc::clone(&trail) }, Follower(trail))
    }

    /// Bytes received so far.
    pub fn received(&self) -> u64 {
        self.trail.state.borrow().received
    }

    /// How many are reading right now.
    pub fn readers(&self) -> usize {
        self.trail.state.receiver_count()
    }

    /// Takes the next bytes, which readers see at once. Waits while the storage is slower than the sender, never for readers.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if there are more bytes than were announced; others as of [`Writer::write`].
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        let received = self.received() + bytes.len() as u64;
        let writer = self.writer.as_mut().ok_or(Error::UploadLost)?;
        if received > self.trail.size {
            return Err(Error::TooLarge);
        }
        self.trail.recent().push(received - bytes.len() as u64, bytes.clone());
        self.trail.state.send_modify(|state| state.received = received);
        writer.write(bytes).await?;
        self.trail.recent().forget(writer.on_file());
        Ok(())
    }

    /// Verifies number and digest of the bytes and makes them a blob, as [`Writer::finish`] does. Readers wait on.
    ///
    /// # Errors
    /// [`Error::Truncated`] if bytes are missing; others as of [`Writer::finish`].
    pub async fn finish(&mut self, expected: &Digest) -> Result<Stored, Error> {
        let writer = self.writer.take().ok_or(Error::UploadLost)?;
        if self.received() != self.trail.size {
            return Err(Error::Truncated);
        }
        writer.finish(expected).await
    }

    /// Gives readers their last bytes: what was stored is known to the database now.
    pub fn release(self, stored: &Stored) {
        self.trail.end(End::Kept(stored.key));
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        // What was staged goes first.
        self.writer = None;
        self.trail.end(End::Failed);
    }
}

impl Trail {
    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first end counts.
    fn end(&self, end: End) {
        self.state.send_modify(|state| {
            state.end.get_or_insert(end);
        });
    }
}

impl Recent {
    fn push(&mut self, offset: u64, piece: Bytes) {
        self.size += piece.len();
        if !piece.is_empty() {
            self.pieces.push_back((offset, piece));
        }
    }

    /// Drops what is too much, as far as the file has it; all that is too much, if there is no file.
    fn forget(&mut self, on_file: Option<(Arc<File>, u64)>) {
        let (file, written) = on_file.map_or((None, u64::MAX), |(file, written)| (Some(file), written));
        if file.is_some() {
            self.file = file;
        }
        let most = if self.file.is_some() { RECENT_OF_FILE } else { RECENT };
        while self.size > most
            && let Some((offset, piece)) = self.pieces.front()
            && offset + piece.len() as u64 <= written
        {
            self.size -= piece.len();
            self.pieces.pop_front();
        }
    }

    fn find(&self, range: &Range<u64>) -> Place {
        let after = self.pieces.partition_point(|(offset, _)| *offset <= range.start);
        let found = after.checked_sub(1).and_then(|index| self.pieces.get(index));
        let Some((offset, piece)) = found else {
            let first = self.pieces.front().map_or(range.end, |(offset, _)| *offset).min(range.end);
            return match &self.file {
                Some(file) => Place::File(Arc::clone(file), first.saturating_sub(range.start)),
                None => Place::Gone,
            };
        };
        let place = |at: u64| usize::try_from(at - offset).unwrap_or(usize::MAX).min(piece.len());
        Place::Memory(piece.slice(place(range.start)..place(range.end)))
    }
}

impl Follower {
    /// How many bytes there will be.
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// Waits until the blob is kept.
    ///
    /// # Errors
    /// [`Error::Unfinished`]: it never will be.
    pub async fn settled(&self) -> Result<(), Error> {
        let mut states = self.0.state.subscribe();
        let state = states.wait_for(|state| state.end.is_some()).await.map_err(|_| Error::Unfinished)?;
        match state.end {
            Some(End::Kept(_)) => Ok(()),
            _ => Err(Error::Unfinished),
        }
    }

    /// Reads a range as it comes.
    pub fn read(&self, range: Range<u64>) -> Content {
        let size = range.end.saturating_sub(range.start);
        let states = self.0.state.subscribe();
        let reader = Reader { trail: Arc::clone(&self.0), states, range, rest: None };
        let stream = stream::try_unfold(reader, |mut reader| async move {
            let piece = reader.next().await?;
            Ok(piece.map(|piece| (piece, reader)))
        });
        Content::new(size, stream)
    }
}

/// One who reads.
struct Reader {
    trail: Arc<Trail>,
    states: watch::Receiver<State>,
    range: Range<u64>,
    /// From the storage, where the rest could not be read from the upload.
    rest: Option<Content>,
}

impl Reader {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if let Some(rest) = &mut self.rest {
                return rest.next().await.transpose();
            }
            if self.range.is_empty() {
                return Ok(None);
            }
            let State { received, end } = *self.states.borrow_and_update();
            let until = match end {
                Some(End::Failed) => return Err(Error::Unfinished),
                Some(End::Kept(_)) => self.range.end,
                None => received.min(self.range.end - 1),
            };
            if self.range.start < until {
                let place = self.trail.recent().find(&(self.range.start..until));
                match (place, end) {
                    (Place::Memory(piece), _) => return Ok(Some(self.take(piece))),
                    (Place::File(file, size), _) => {
                        let piece = read_open(&file, self.range.start, size).await?;
                        return Ok(Some(self.take(piece)));
                    }
                    (Place::Gone, Some(End::Kept(key))) => {
                        self.rest = Some(self.trail.blobs.read(key, self.range.clone()).await?);
                        continue;
                    }
                    (Place::Gone, _) => {}
                }
            }
            self.states.changed().await.map_err(|_| Error::Unfinished)?;
        }
    }

    fn take(&mut self, piece: Bytes) -> Bytes {
        self.range.start += piece.len() as u64;
        piece
    }
}
