//! Names of uploads and of stored blobs.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The name of an upload session. The caller makes it and never uses one twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct UploadId(pub Uuid);

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// The name under which a blob is stored, such as `7f/0198c9a1d2b37a4c8e5f60718293a47f`.
///
/// It comes from the upload, not from the digest: the place is known before the digest is, and a blob that is being deleted
/// never stands in the way of the same bytes coming anew. It is the same in a folder and in S3, so blobs can be copied from
/// one to the other without touching the database. The two digits in front are the last two, the random ones, which spreads
/// blobs evenly over 256 folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Uuid);

impl Key {
    /// Where the blob of an upload is stored once the upload is finished.
    pub fn of(upload: UploadId) -> Self {
        Self(upload.0)
    }

    /// The number of its folder.
    pub(crate) fn shard(self) -> u8 {
        self.0.as_bytes()[15]
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}/{}", self.shard(), self.0.simple())
    }
}

/// The text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a key of the blob storage")]
pub struct NotAKey;

impl FromStr for Key {
    type Err = NotAKey;

    /// Parses exactly what `Display` writes.
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let name = text.get(3..).ok_or(NotAKey)?;
        let key = Self(Uuid::try_parse(name).map_err(|_| NotAKey)?);
        if key.to_string() == text { Ok(key) } else { Err(NotAKey) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_text_is_a_key() {
        let text = "7f/0198c9a1d2b37a4c8e5f60718293a47f";
        assert_eq!(text.parse::<Key>().map(|key| key.to_string()).as_deref(), Ok(text));
        for wrong in [
            "",
            "7f/",
            "é/",
            "7e/0198c9a1d2b37a4c8e5f60718293a47f",
            "7F/0198C9A1D2B37A4C8E5F60718293A47F",
            "7f/0198c9a1-d2b3-7a4c-8e5f-60718293a47f",
            "7f/../../../../../../../etc/passwd",
        ] {
            assert_eq!(wrong.parse::<Key>(), Err(NotAKey), "{wrong}");
        }
    }
}
