//! Reading blobs from files.

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream};

use crate::content::Content;
use crate::error::Error;
use crate::folder::error::{missing_is_not_found, storage_error};
use crate::folder::pread::{read_at, read_cached};
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
    /// A blob of one read, and the beginning of any other, costs one visit to the disk's threads; what follows is read in
    /// place if the kernel has it in memory.
    pub(crate) async fn read(&self, key: Key, range: Range<u64>) -> Result<Content, Error> {
        let path = self.0.blob(key);
        let size = range.end.saturating_sub(range.start);
        let reader = on_disk(move || {
            let file = File::open(path).map_err(missing_is_not_found)?;
            if file.metadata().map_err(storage_error)?.len() < range.end {
                return Err(Error::Truncated);
            }
            let first = read_at(&file, range.start, piece(&range)).map_err(storage_error)?;
            Ok(Reader { file: Arc::new(file), first: Some(first), range })
        });
        Ok(Content::new(size, reader.await?.stream()))
    }
}

/// How much of the rest to read next.
fn piece(range: &Range<u64>) -> usize {
    usize::try_from(range.end.saturating_sub(range.start).min(READ)).unwrap_or(0)
}

impl Reader {
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
