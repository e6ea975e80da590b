//! Bodies that are read whole.

use bytes::{Bytes, BytesMut};
use reqwest::header::CONTENT_LENGTH;

use crate::error::{Defect, Result};
use crate::transport::{Answer, failure};

/// Reads a body of at most `limit` bytes, and gives it up as soon as it is longer, whatever length it announces.
pub(crate) async fn read(answer: &mut Answer, limit: usize) -> Result<Bytes> {
    let announced = answer.header(CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(answer.malformed(Defect::TooLarge { limit }));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) =
        answer.response.chunk().await.map_err(|error| failure(error, answer.host.clone()))?
    {
        if body.len() + chunk.len() > limit {
            return Err(answer.malformed(Defect::TooLarge { limit }));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
