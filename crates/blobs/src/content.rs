//! Bytes of a blob on their way out.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::{BoxStream, Stream, StreamExt};

use crate::error::Error;

/// A range of a blob as a stream. Ends with an error rather than short.
pub struct Content {
    remaining: u64,
    stream: BoxStream<'static, Result<Bytes, Error>>,
}

impl Content {
    pub(crate) fn new(size: u64, stream: impl Stream<Item = Result<Bytes, Error>> + Send + 'static) -> Self {
        Self { remaining: size, stream: stream.boxed() }
    }

    /// Bytes still to come; at the beginning, the size of the range.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Reads to the end; for blobs whose size is known to be small.
    ///
    /// # Errors
    /// As of the stream.
    pub async fn read_to_end(mut self) -> Result<Bytes, Error> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next().await.transpose()? {
            if self.remaining == 0 && whole.is_empty() {
                return Ok(piece);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.into())
    }
}

impl Stream for Content {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.remaining == 0 {
            return Poll::Ready(None);
        }
        let item = std::task::ready!(self.stream.poll_next_unpin(context));
        let item = match item {
            Some(Ok(piece)) if piece.len() as u64 <= self.remaining => {
                self.remaining -= piece.len() as u64;
                return Poll::Ready(Some(Ok(piece)));
            }
            Some(Err(error)) => error,
            Some(Ok(_)) | None => Error::Truncated,
        };
        self.remaining = 0;
        Poll::Ready(Some(Err(item)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::from(self.remaining > 0), None)
    }
}
