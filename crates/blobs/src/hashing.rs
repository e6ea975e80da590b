//! Hashing a blob while its bytes pass.

use bytes::Bytes;
use grantry_oci::digest::{Algorithm, Digest, Hasher};
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::writer::Digests;

/// Up to this size hashing costs less than handing the bytes to another thread.
const INLINE: usize = 32 << 10;

/// Hash functions in the middle of a blob.
#[derive(Clone)]
pub(crate) struct Hashing {
    sha256: Hasher,
    /// Only if the client said at the beginning that it will name this algorithm: it is three times as slow.
    sha512: Option<Hasher>,
}

/// The same, as it is saved between requests; hexadecimal.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct SavedHashing {
    sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha512: Option<String>,
}

impl Hashing {
    pub(crate) fn new(hint: Algorithm) -> Self {
        let sha512 = (hint == Algorithm::Sha512).then(|| Hasher::new(Algorithm::Sha512));
        Self { sha256: Hasher::new(Algorithm::Sha256), sha512 }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some(sha512) = &mut self.sha512 {
            sha512.update(bytes);
        }
    }

    pub(crate) fn save(&self) -> SavedHashing {
        SavedHashing {
            sha256: hex::encode(self.sha256.state()),
            sha512: self.sha512.as_ref().map(|hasher| hex::encode(hasher.state())),
        }
    }

    pub(crate) fn restore(saved: &SavedHashing) -> Result<Self, Error> {
        let sha512 = saved.sha512.as_ref().map(|state| restore(Algorithm::Sha512, state)).transpose()?;
        Ok(Self { sha256: restore(Algorithm::Sha256, &saved.sha256)?, sha512 })
    }

    pub(crate) fn finish(self) -> Digests {
        Digests { sha256: self.sha256.finish(), sha512: self.sha512.map(Hasher::finish) }
    }
}

fn restore(algorithm: Algorithm, state: &str) -> Result<Hasher, Error> {
    let state = hex::decode(state).map_err(|_| Error::Progress)?;
    Hasher::resume(algorithm, &state).map_err(|_| Error::Progress)
}

/// Whether the digest of what came is the one that the client named.
pub(crate) fn verify(expected: Digest, actual: Digest) -> Result<(), Error> {
    if expected == actual { Ok(()) } else { Err(Error::DigestMismatch { actual }) }
}

/// Hashes one piece after the other on a thread of its own, while the caller goes on.
pub(crate) enum HashJob {
    Idle(Box<Hashing>),
    Running(JoinHandle<Box<Hashing>>, usize),
    Lost,
}

impl HashJob {
    pub(crate) fn new(hashing: Hashing) -> Self {
        Self::Idle(Box::new(hashing))
    }

    /// Bytes that are not hashed yet.
    pub(crate) fn buffered(&self) -> usize {
        match self {
            Self::Running(job, size) if !job.is_finished() => *size,
            _ => 0,
        }
    }

    /// Hashes the next piece. Waits for the piece before it, so at most one is held here.
    pub(crate) async fn feed(&mut self, piece: Bytes) -> Result<(), Error> {
        let mut hashing = self.settle().await?;
        *self = if piece.len() <= INLINE {
            hashing.update(&piece);
            Self::Idle(hashing)
        } else {
            let size = piece.len();
            let job = tokio::task::spawn_blocking(move || {
                hashing.update(&piece);
                hashing
            });
            Self::Running(job, size)
        };
        Ok(())
    }

    /// Waits until all is hashed and takes the result out.
    pub(crate) async fn settle(&mut self) -> Result<Box<Hashing>, Error> {
        match std::mem::replace(self, Self::Lost) {
            Self::Idle(hashing) => Ok(hashing),
            Self::Running(job, _) => job.await.map_err(|_| Error::UploadLost),
            Self::Lost => Err(Error::UploadLost),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saved_state_continues_at_every_offset() {
        let text: Vec<u8> = (0..=255).collect();
        for cut in [0, 1, 63, 64, 65, 127, 128, 129, 255, 256] {
            let mut first = Hashing::new(Algorithm::Sha512);
            first.update(&text[..cut]);
            let mut second = Hashing::restore(&first.save()).unwrap();
            second.update(&text[cut..]);
            let digests = second.finish();
            assert_eq!(digests.sha256, Digest::of(Algorithm::Sha256, &text), "{cut}");
            assert_eq!(digests.sha512, Some(Digest::of(Algorithm::Sha512, &text)), "{cut}");
        }
    }

    #[test]
    fn damaged_state_is_refused() {
        let saved = Hashing::new(Algorithm::Sha256).save();
        let longer = format!("{}00", saved.sha256);
        let filled = "ff".repeat(saved.sha256.len() / 2);
        for sha256 in [String::new(), "zz".to_owned(), longer, filled] {
            let damaged = SavedHashing { sha256, sha512: None };
            assert!(matches!(Hashing::restore(&damaged), Err(Error::Progress)), "{damaged:?}");
        }
    }
}
