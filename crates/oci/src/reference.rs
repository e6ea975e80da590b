//! What a manifest is asked for by: a tag or a digest.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::digest::{Algorithm, Digest, DigestError};

/// Most characters of a tag.
pub const MAX_TAG: usize = 128;

/// Most hexadecimal digits of the digest in a tag that stands for referrers.
const TAGGED_DIGITS: usize = 64;

/// A tag: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

/// A text that is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "tag is not made of up to {MAX_TAG} letters, digits, '_', '.' and '-', the first neither '.' nor '-'"
)]
pub struct InvalidTag;

/// A tag or a digest. What holds a colon is meant as a digest, since no tag can.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// A name that may move.
    Tag(Tag),
    /// The content itself.
    Digest(Digest),
}

/// Why a text is no reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Neither, without a colon.
    #[error(transparent)]
    Tag(#[from] InvalidTag),
    /// Neither, with a colon.
    #[error(transparent)]
    Digest(#[from] DigestError),
}

/// What a tag of the form `sha256-<hex>…` says it is attached to.
///
/// Clients that don't know the referrers endpoint keep an index of referrers under `sha256-<hex>`; cosign keeps its
/// signatures under `sha256-<hex>.sig`. Who may pull the subject may pull what such a tag holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment<'tag> {
    /// What is attached.
    pub kind: AttachmentKind,
    algorithm: Algorithm,
    digits: &'tag str,
}

/// What is attached by a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentKind {
    /// An index of referrers: no suffix.
    Referrers,
    /// Signatures: `.sig`.
    Signature,
    /// Attestations: `.att`.
    Attestation,
    /// A bill of materials: `.sbom`.
    Sbom,
}

impl Tag {
    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What this tag is attached to, if its form says so.
    pub fn attachment(&self) -> Option<Attachment<'_>> {
        let (algorithm, rest) = self.0.split_once('-')?;
        let algorithm = algorithm.parse().ok()?;
        let kind = AttachmentKind::ALL.into_iter().rev().find(|kind| rest.ends_with(kind.suffix()))?;
        let digits = rest.strip_suffix(kind.suffix())?;
        let hex = digits.bytes().all(|one| one.is_ascii_digit() || (b'a'..=b'f').contains(&one));
        (digits.len() == TAGGED_DIGITS && hex).then_some(Attachment { kind, algorithm, digits })
    }

    /// The tags that are attached to a manifest by their form, one for each kind.
    pub fn attached_to(subject: &Digest) -> [Self; 4] {
        let mut digits = subject.hex();
        digits.truncate(TAGGED_DIGITS);
        AttachmentKind::ALL.map(|kind| Self(format!("{}-{digits}{}", subject.algorithm(), kind.suffix())))
    }
}

impl FromStr for Tag {
    type Err = InvalidTag;

    fn from_str(text: &str) -> Result<Self, InvalidTag> {
        let word = |one: u8| one.is_ascii_alphanumeric() || one == b'_';
        let begins = text.bytes().next().is_some_and(word);
        let rest = text.bytes().all(|one| word(one) || matches!(one, b'.' | b'-'));
        if begins && rest && text.len() <= MAX_TAG { Ok(Self(text.to_owned())) } else { Err(InvalidTag) }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Tag {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if text.contains(':') { Ok(Self::Digest(text.parse()?)) } else { Ok(Self::Tag(text.parse()?)) }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(f),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

impl Attachment<'_> {
    /// Whether a manifest is the subject. A SHA-512 digest is cut in the tag, so that only its beginning is compared.
    pub fn is_of(&self, subject: &Digest) -> bool {
        subject.algorithm() == self.algorithm && subject.hex().starts_with(self.digits)
    }

    /// The subject, when the tag holds all of its digest.
    pub fn subject(&self) -> Option<Digest> {
        format!("{}:{}", self.algorithm, self.digits).parse().ok()
    }
}

impl AttachmentKind {
    const ALL: [Self; 4] = [Self::Referrers, Self::Signature, Self::Attestation, Self::Sbom];

    fn suffix(self) -> &'static str {
        match self {
            Self::Referrers => "",
            Self::Signature => ".sig",
            Self::Attestation => ".att",
            Self::Sbom => ".sbom",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_from_other_texts() {
        let longest = "t".repeat(MAX_TAG);
        for text in ["a", "_", "1.0", "v1.2.3-rc.1", "Latest", "a_b", "_.-", &longest] {
            assert_eq!(text.parse::<Tag>().map(|tag| tag.to_string()).as_deref(), Ok(text));
        }
        let too_long = "t".repeat(MAX_TAG + 1);
        for text in
            ["", ".a", "-a", ".INVALID_MANIFEST_NAME", "a+b", "a b", "a:b", "a/b", "é", "a\n", &too_long]
        {
            assert_eq!(text.parse::<Tag>(), Err(InvalidTag), "{text:?}");
        }
    }

    #[test]
    fn colon_makes_a_digest() {
        let digest = Digest::of(Algorithm::Sha256, b"");
        assert_eq!(digest.to_string().parse(), Ok(Reference::Digest(digest)));
        assert_eq!("latest".parse(), Ok(Reference::Tag(Tag("latest".to_owned()))));
        assert_eq!("sha256:bad".parse::<Reference>(), Err(DigestError::WrongHash(Algorithm::Sha256).into()));
        assert_eq!(".bad".parse::<Reference>(), Err(InvalidTag.into()));
    }

    #[test]
    fn attached_tags_name_their_subject() {
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let subject = Digest::of(algorithm, b"a");
            let tags = Tag::attached_to(&subject);
            for (tag, kind) in tags.iter().zip(AttachmentKind::ALL) {
                assert_eq!(tag.as_str().parse::<Tag>().as_ref(), Ok(tag), "is a tag");
                let attachment = tag.attachment().unwrap();
                assert_eq!(attachment.kind, kind, "{tag}");
                assert!(attachment.is_of(&subject));
                assert!(!attachment.is_of(&Digest::of(algorithm, b"b")));
                assert_eq!(attachment.subject(), Some(subject).filter(|_| algorithm == Algorithm::Sha256));
            }
        }
    }

    #[test]
    fn other_tags_are_attached_to_nothing() {
        let hex = Digest::of(Algorithm::Sha256, b"a").hex();
        for text in [
            "latest",
            "sha256-",
            "sha256-abc.sig",
            &format!("md5-{hex}"),
            &format!("sha256-{hex}.cosign"),
            &format!("sha256-{hex}0"),
            &format!("sha256-{}", hex.to_uppercase()),
        ] {
            assert_eq!(text.parse::<Tag>().unwrap().attachment(), None, "{text}");
        }
    }
}
