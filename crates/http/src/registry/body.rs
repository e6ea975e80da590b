//! Bodies of requests.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use grantry_oci::error::ErrorCode;
use grantry_ops::registry::error::Error;
use grantry_ops::registry::upload::Chunk;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use http_body_util::{LengthLimitError, Limited};
use tokio::sync::oneshot;

use super::error::{Failed, Result};

/// A client that sends nothing for so long is taken to be gone. There is no limit to the whole: slow lines are slow.
const SILENCE: Duration = Duration::from_secs(60);

/// Why a body ended too early.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// The connection failed.
    #[error("the connection broke off")]
    Connection(#[source] axum::Error),
    /// Nothing came for too long.
    #[error("the client was silent for {} seconds", SILENCE.as_secs())]
    Silent,
}

/// The body as a stream that ends with an error when the client is silent for too long.
pub(super) fn stream(body: Body) -> impl Stream<Item = std::result::Result<Bytes, Broken>> + Send {
    let data = body.into_data_stream();
    stream::unfold(Some(data), |data| async {
        let mut data = data?;
        match tokio::time::timeout(SILENCE, data.next()).await {
            Err(_) => Some((Err(Broken::Silent), None)),
            Ok(None) => None,
            Ok(Some(Err(error))) => Some((Err(Broken::Connection(error)), None)),
            Ok(Some(Ok(bytes))) => Some((Ok(bytes), Some(data))),
        }
    })
}

/// The whole body, of `most` bytes at most.
pub(super) async fn whole(body: Body, headers: &HeaderMap, most: usize) -> Result<Bytes> {
    if length(headers).is_some_and(|length| length > most as u64) {
        return Err(Failed::too_large());
    }
    let limited = Body::new(Limited::new(body, most));
    let mut whole = Vec::new();
    let mut data = std::pin::pin!(stream(limited));
    while let Some(bytes) = data.next().await {
        match bytes {
            Ok(bytes) => whole.extend_from_slice(&bytes),
            Err(Broken::Connection(error)) if is_too_large(&error) => return Err(Failed::too_large()),
            Err(error) => {
                let message = format!("The manifest did not come whole: {error}.");
                return Err(Error::Refused { code: ErrorCode::ManifestInvalid, message }.into());
            }
        }
    }
    Ok(whole.into())
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut source = Some(error as &(dyn std::error::Error + 'static));
    while let Some(error) = source {
        if error.is::<LengthLimitError>() {
            return true;
        }
        source = error.source();
    }
    false
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// What the headers say of the bytes that come.
pub(super) fn chunk(headers: &HeaderMap) -> Result<Chunk> {
    let range =
        headers.get(CONTENT_RANGE).map(|value| value.to_str().ok().and_then(|text| text.parse().ok()));
    let range = match range {
        None => None,
        Some(Some(range)) => Some(range),
        Some(None) => {
            let message = "Content-Range is not <start>-<end>.".to_owned();
            return Err(Error::Refused { code: ErrorCode::BlobUploadInvalid, message }.into());
        }
    };
    Ok(Chunk { range, length: length(headers) })
}

/// What of a refused body is still taken, so that a client that sends without looking hears why it was refused.
const MOST_DRAINED: usize = 64 << 20;
/// How long that may last.
const DRAIN_FOR: Duration = Duration::from_secs(10);

/// A body that gives back what was not read of it.
struct Returning {
    data: Option<BodyDataStream>,
    back: Option<oneshot::Sender<BodyDataStream>>,
}

/// What was not read of a body.
pub(super) struct Rest(oneshot::Receiver<BodyDataStream>);

/// The same body, and what is not read of it once it was dropped.
pub(super) fn returning(body: Body) -> (Body, Rest) {
    let (back, rest) = oneshot::channel();
    if body.is_end_stream() {
        return (body, Rest(rest));
    }
    let returning = Returning { data: Some(body.into_data_stream()), back: Some(back) };
    (Body::from_stream(returning), Rest(rest))
}

impl Stream for Returning {
    type Item = std::result::Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(data) = &mut self.data else { return Poll::Ready(None) };
        let item = std::task::ready!(data.poll_next_unpin(context));
        if !matches!(item, Some(Ok(_))) {
            // Nothing more comes.
            self.data = None;
        }
        Poll::Ready(item)
    }
}

impl Drop for Returning {
    fn drop(&mut self) {
        if let (Some(data), Some(back)) = (self.data.take(), self.back.take()) {
            // Nobody takes it if the request was served.
            let _ = back.send(data);
        }
    }
}

impl Rest {
    /// Reads on to the end. Whether it came: not, if there is too much or it takes too long.
    pub(super) async fn drain(mut self) -> bool {
        let Ok(mut data) = self.0.try_recv() else { return true };
        let reading = async {
            let mut taken = 0;
            while let Some(bytes) = data.next().await {
                let Ok(bytes) = bytes else { return false };
                taken += bytes.len();
                if taken > MOST_DRAINED {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(DRAIN_FOR, reading).await.unwrap_or(false)
    }
}
