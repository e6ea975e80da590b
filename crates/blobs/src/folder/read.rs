//! Reading blobs from files.

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream};

use crate::content::Content;
use crate::error::Error;
use crate::folder::error::{missing_is_not_found, storage_error};
use crate::folder::pread::{open_cached, read_at, read_cached};
use crate::folder::{Folder, on_disk};
use crate::key::Key;

/// Bytes per read: large enough that the call is cheap, small enough that many readers fit in memory.
const READ: u64 = 256 << 10;

struct Reader {
    file: Arc<File>,
    first: Option<Bytes>,
    range: Range<u64>,
}

impl Folder {
    /// What the kernel has in memory is read in place. Otherwise a blob of one read, and the beginning of any other, costs
    /// one visit to the threads that may wait for the disk.
    pub(crate) async fn read(&self, key: Key, range: Range<u64>) -> Result<Content, Error> {
        let path = self.0.blob(key);
        let size = range.end.saturating_sub(range.start);
        let reader = match Reader::open_cached(&path, &range) {
            Some(reader) => reader,
            None => on_disk(move || Reader::open(&path, range)).await?,
        };
        Ok(Content::new(size, reader.stream()))
    }
}

/// Reads up to `size` bytes of an open file, at most one piece.
pub(crate) async fn read_open(file: &Arc<File>, offset: u64, size: u64) -> Result<Bytes, Error> {
    let size = piece(&(0..size));
    if let Some(bytes) = read_cached(file, offset, size) {
        return Ok(bytes);
    }
    let file = Arc::clone(file);
    let bytes = on_disk(move || read_at(&file, offset, size).map_err(storage_error)).await?;
    if bytes.is_empty() { Err(Error::Truncated) } else { Ok(bytes) }
}

/// How much of the rest to read next.
fn piece(range: &Range<u64>) -> usize {
    usize::try_from(range.end.saturating_sub(range.start).min(READ)).unwrap_or(0)
}

impl Reader {
    fn open(path: &Path, range: Range<u64>) -> Result<Self, Error> {
        let file = File::open(path).map_err(missing_is_not_found(path))?;
        if file.metadata().map_err(storage_error)?.len() < range.end {
            return Err(Error::Truncated);
        }
        let first = read_at(&file, range.start, piece(&range)).map_err(storage_error)?;
        Ok(Self { file: Arc::new(file), first: Some(first), range })
    }

    /// The same without waiting; none if that does not work, whatever the reason.
    fn open_cached(path: &Path, range: &Range<u64>) -> Option<Self> {
        let file = open_cached(path)?;
        if file.metadata().ok()?.len() < range.end {
            return None;
        }
        let first = Some(read_cached(&file, range.start, piece(range))?);
        Some(Self { file: Arc::new(file), first, range: range.clone() })
    }

    fn stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        stream::try_unfold(self, |mut reader| async move {
            let bytes = reader.next().await?;
            reader.range.start += bytes.len() as u64;
            Ok((!bytes.is_empty()).then_some((bytes, reader)))
        })
    }

    async fn next(&mut self) -> Result<Bytes, Error> {
        let (offset, size) = (self.range.start, piece(&self.range));
        if let Some(bytes) = self.first.take().or_else(|| read_cached(&self.file, offset, size)) {
            return Ok(bytes);
        }
        let file = Arc::clone(&self.file);
        on_disk(move || read_at(&file, offset, size).map_err(storage_error)).await
    }
}
