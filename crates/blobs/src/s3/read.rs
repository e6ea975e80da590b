//! Reading blobs from a bucket.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};

use crate::content::Content;
use crate::error::Error;
use crate::key::Key;
use crate::s3::error::missing_is_not_found;
use crate::s3::{Inner, S3};

/// How often in a row a broken connection is replaced without a byte having come.
const ATTEMPTS: u32 = 3;

struct Reader {
    inner: Arc<Inner>,
    key: Key,
    range: Range<u64>,
    body: BoxStream<'static, object_store::Result<Bytes>>,
    failed: u32,
}

impl S3 {
    /// One request for the whole range, so that a large blob needs no more memory than a small one. Servers drop a
    /// connection whose other end is slow; then another request goes on from there.
    pub(crate) async fn read(&self, key: Key, range: Range<u64>) -> Result<Content, Error> {
        let size = range.end.saturating_sub(range.start);
        if size == 0 {
            // An empty range can't be asked for.
            return match self.size(key).await? {
                found if found < range.end => Err(Error::Truncated),
                _ => Ok(Content::new(0, stream::empty())),
            };
        }
        let body = self.0.get(key, range.clone()).await?;
        let reader = Reader { inner: Arc::clone(&self.0), key, range, body, failed: 0 };
        Ok(Content::new(size, reader.stream()))
    }
}

impl Inner {
    pub(super) async fn get(
        &self,
        key: Key,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, object_store::Result<Bytes>>, Error> {
        let options = GetOptions { range: Some(GetRange::Bounded(range.clone())), ..GetOptions::default() };
        let found = match self.store.get_opts(&self.blob(key), options).await {
            Ok(found) => found,
            Err(error) => return Err(self.explain(key, &range, missing_is_not_found(error)).await),
        };
        if found.range != range {
            return Err(Error::Truncated);
        }
        Ok(found.into_stream().boxed())
    }

    /// A range that begins behind the end is refused in words that differ from server to server; the size says all.
    async fn explain(&self, key: Key, range: &Range<u64>, error: Error) -> Error {
        if matches!(error, Error::NotFound) {
            return error;
        }
        let size = self.store.head(&self.blob(key)).await.map(|found| found.size);
        if size.is_ok_and(|size| size < range.end) { Error::Truncated } else { error }
    }
}

impl Reader {
    fn stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        stream::try_unfold(self, |mut reader| async move {
            let piece = reader.next().await?;
            Ok(piece.map(|piece| (piece, reader)))
        })
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        while !self.range.is_empty() {
            match self.body.next().await {
                Some(Ok(piece)) => {
                    self.range.start += piece.len() as u64;
                    self.failed = 0;
                    return Ok(Some(piece));
                }
                Some(Err(error)) if self.failed >= ATTEMPTS => return Err(missing_is_not_found(error)),
                _ => {
                    self.failed += 1;
                    if self.failed > ATTEMPTS {
                        return Err(Error::Truncated);
                    }
                    self.body = self.inner.get(self.key, self.range.clone()).await?;
                }
            }
        }
        Ok(None)
    }
}
