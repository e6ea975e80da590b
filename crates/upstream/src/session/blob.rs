//! Blobs.

use std::fmt;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use grantry_oci::digest::Digest;
use reqwest::Method;
use reqwest::header::CONTENT_LENGTH;

use super::Session;
use super::manifest;
use crate::error::Result;
use crate::transport::{Answer, failure};

/// The bytes of a blob as they come. They are what the registry sends: who stores them verifies their digest.
///
/// A stream that ends without an error has as many bytes as were announced. One that is dropped ends the transfer.
pub struct BlobStream {
    /// How many bytes there are, if the registry says so.
    pub size: Option<u64>,
    /// The bytes.
    pub stream: BoxStream<'static, Result<Bytes>>,
}

impl Session {
    /// Begins to fetch a blob. It may take as long as bytes keep coming.
    ///
    /// # Errors
    /// See [`Session`]; the same in the stream, when the transfer breaks off.
    pub async fn blob(&self, digest: &Digest) -> Result<Option<BlobStream>> {
        let url = self.url("blobs", &digest.to_string());
        let Some(answer) = self.exchange(Method::GET, url, "*/*").await? else { return Ok(None) };
        manifest::check_announced(&answer, digest)?;
        let size = answer.header(CONTENT_LENGTH).and_then(|text| text.parse().ok());
        // The HTTP client fails at a body that ends before its announced length.
        let stream = stream::try_unfold(answer, next_chunk).boxed();
        Ok(Some(BlobStream { size, stream }))
    }
}

async fn next_chunk(mut answer: Answer) -> Result<Option<(Bytes, Answer)>> {
    match answer.response.chunk().await {
        Ok(chunk) => Ok(chunk.map(|chunk| (chunk, answer))),
        Err(error) => Err(failure(error, answer.host)),
    }
}

impl fmt::Debug for BlobStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobStream").field("size", &self.size).finish_non_exhaustive()
    }
}
