//! Secrets that the hub makes for people and programs. Only their hash is kept.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use grantry_store::session::SecretHash;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// What a secret opens. The prefix tells it to readers, and to scanners that look for leaked ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// An access token.
    AccessToken,
    /// A session.
    Session,
    /// A one-time link.
    Link,
}

impl SecretKind {
    const ALL: [Self; 3] = [Self::AccessToken, Self::Session, Self::Link];

    fn prefix(self) -> &'static str {
        match self {
            Self::AccessToken => "grantry_pat_",
            Self::Session => "grantry_ses_",
            Self::Link => "grantry_lnk_",
        }
    }
}

/// A secret: a prefix and 32 random bytes. Shown once to who it is for.
#[derive(Clone)]
pub struct Secret {
    kind: SecretKind,
    text: Zeroizing<String>,
}

impl Secret {
    /// A new one.
    pub(crate) fn generate(kind: SecretKind) -> Result<Self> {
        let mut random = Zeroizing::new([0; 32]);
        getrandom::fill(random.as_mut_slice()).map_err(Error::internal)?;
        let text = format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(random.as_slice()));
        Ok(Self { kind, text: Zeroizing::new(text) })
    }

    /// Reads a secret that somebody presents; `None` if the hub can't have made it.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, random) =
            SecretKind::ALL.iter().find_map(|kind| Some((kind, text.strip_prefix(kind.prefix())?)))?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(random).ok()?);
        (bytes.len() == 32).then(|| Self { kind: *kind, text: Zeroizing::new(text.to_owned()) })
    }

    /// What it opens.
    pub fn kind(&self) -> SecretKind {
        self.kind
    }

    /// The secret itself, to be shown or sent once.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What is kept of it. It has 256 random bits, so a plain hash can't be turned back.
    pub fn hash(&self) -> SecretHash {
        Sha256::digest(self.text.as_bytes()).into()
    }

    /// A value that only the holder of the secret can name, bound to `purpose`; a form's CSRF token.
    pub fn derive(&self, purpose: &str) -> String {
        let mut hasher = Sha256::new();
        hasher.update(purpose.as_bytes());
        hasher.update([0]);
        hasher.update(self.text.as_bytes());
        URL_SAFE_NO_PAD.encode(hasher.finalize())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({:?}, …)", self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_and_never_printed() {
        let secret = Secret::generate(SecretKind::AccessToken).unwrap();
        assert!(secret.reveal().starts_with("grantry_pat_"));
        let again = Secret::parse(secret.reveal()).unwrap();
        assert_eq!((again.kind(), again.hash()), (SecretKind::AccessToken, secret.hash()));
        assert!(!format!("{secret:?}").contains(secret.reveal()));
    }

    #[test]
    fn what_the_hub_did_not_make_is_not_a_secret() {
        for text in ["", "grantry_pat_", "grantry_pat_AAAA", "distr-0123", "grantry_pat_é"] {
            assert!(Secret::parse(text).is_none(), "{text}");
        }
    }
}
