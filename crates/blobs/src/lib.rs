//! Bytes of blobs, in a folder or in an S3 bucket. The only place that knows object storage.
//!
//! Every fact about a blob (its digest, whose it is, whether it is still needed) is in the database; here are bytes under
//! [keys](key::Key) that say nothing. A key is never used twice, so deleting a blob and storing the same bytes anew can't
//! meet. The caller writes the blob first and the row after, and deletes the row first and the blob after: what a crash
//! leaves behind is a blob without a row, which [`Blobs::list`](blobs::Blobs::list) finds.

pub mod blobs;
pub mod content;
pub mod error;
mod folder;
pub mod growing;
mod hashing;
pub mod key;
mod s3;
pub mod setting;
pub mod writer;
