//! Digests, and hashing while bytes pass.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::digest::common::hazmat::SerializableState;
use sha2::{Digest as _, Sha256, Sha512};

/// A hash function that content may be addressed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// SHA-256, what every client uses.
    Sha256,
    /// SHA-512, which the specification registers too.
    Sha512,
}

/// The address of content: `sha256:` with 64 or `sha512:` with 128 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Digest {
    /// A SHA-256 hash.
    Sha256([u8; 32]),
    /// A SHA-512 hash.
    Sha512([u8; 64]),
}

/// Why a text is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// No colon between algorithm and hash.
    #[error("digest is not <algorithm>:<hex>")]
    Malformed,
    /// Neither `sha256` nor `sha512`.
    #[error("digest algorithm is neither sha256 nor sha512")]
    UnknownAlgorithm,
    /// Not as many lower-case hexadecimal digits as the algorithm gives.
    #[error("{0} digest does not have {digits} lower-case hexadecimal digits", digits = .0.hex_digits())]
    WrongHash(Algorithm),
}

/// Content that is not what its digest says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("content has the digest {actual}")]
pub struct Mismatch {
    /// What it has instead.
    pub actual: Digest,
}

/// A stored state that is no state of the hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a state of the hash function")]
pub struct InvalidState;

/// Hashes bytes as they pass. Its state can be stored between the chunks of an upload.
#[derive(Clone)]
pub struct Hasher(Running);

#[derive(Clone)]
enum Running {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Algorithm {
    /// As written before the colon of a digest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn hex_digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

impl FromStr for Algorithm {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        match text {
            "sha256" => Ok(Self::Sha256),
            "sha512" => Ok(Self::Sha512),
            _ => Err(DigestError::UnknownAlgorithm),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Digest {
    /// The digest of bytes at hand.
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    /// The hash function used.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sha256(_) => Algorithm::Sha256,
            Self::Sha512(_) => Algorithm::Sha512,
        }
    }

    /// The hash.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha256(hash) => hash,
            Self::Sha512(hash) => hash,
        }
    }

    /// The hash in lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        hex::encode(self.as_bytes())
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (algorithm, hash) = text.split_once(':').ok_or(DigestError::Malformed)?;
        let algorithm: Algorithm = algorithm.parse()?;
        let wrong = DigestError::WrongHash(algorithm);
        // The decoder takes capitals too, which would give one content two addresses.
        if hash.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(wrong);
        }
        match algorithm {
            Algorithm::Sha256 => decode(hash).map(Self::Sha256).ok_or(wrong),
            Algorithm::Sha512 => decode(hash).map(Self::Sha512).ok_or(wrong),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm(), self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

impl Hasher {
    /// Begins with no bytes.
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match algorithm {
            Algorithm::Sha256 => Running::Sha256(Sha256::new()),
            Algorithm::Sha512 => Running::Sha512(Sha512::new()),
        })
    }

    /// Continues from a stored [`state`](Self::state).
    ///
    /// # Errors
    /// The bytes are no state of the algorithm.
    pub fn resume(algorithm: Algorithm, state: &[u8]) -> Result<Self, InvalidState> {
        Ok(Self(match algorithm {
            Algorithm::Sha256 => Running::Sha256(restore(state)?),
            Algorithm::Sha512 => Running::Sha512(restore(state)?),
        }))
    }

    /// What [`resume`](Self::resume) continues from. Holds up to a block of the content in clear.
    pub fn state(&self) -> Vec<u8> {
        match &self.0 {
            Running::Sha256(hash) => hash.serialize().to_vec(),
            Running::Sha512(hash) => hash.serialize().to_vec(),
        }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            Running::Sha256(hash) => hash.update(bytes),
            Running::Sha512(hash) => hash.update(bytes),
        }
    }

    /// The digest of all bytes taken.
    pub fn finish(self) -> Digest {
        match self.0 {
            Running::Sha256(hash) => Digest::Sha256(hash.finalize().into()),
            Running::Sha512(hash) => Digest::Sha512(hash.finalize().into()),
        }
    }

    /// Checks that all bytes taken have the digest that was promised. The hasher must be of its algorithm.
    ///
    /// # Errors
    /// They have another.
    pub fn verify(self, expected: Digest) -> Result<(), Mismatch> {
        let actual = self.finish();
        if actual == expected { Ok(()) } else { Err(Mismatch { actual }) }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Running::Sha256(_) => "Hasher(sha256)",
            Running::Sha512(_) => "Hasher(sha512)",
        })
    }
}

fn decode<const BYTES: usize>(hash: &str) -> Option<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    hex::decode_to_slice(hash, &mut bytes).ok()?;
    Some(bytes)
}

fn restore<H: SerializableState>(state: &[u8]) -> Result<H, InvalidState> {
    let state = state.try_into().map_err(|_| InvalidState)?;
    H::deserialize(state).map_err(|_| InvalidState)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn check(text: &str, expected: Result<(), DigestError>) {
        assert_eq!(
            text.parse::<Digest>().map(|digest| assert_eq!(digest.to_string(), text)),
            expected,
            "{text:?}"
        );
    }

    #[test]
    fn digests_are_told_from_other_texts() {
        check(EMPTY, Ok(()));
        check(&format!("sha512:{}", "0a".repeat(64)), Ok(()));
        check("", Err(DigestError::Malformed));
        check("latest", Err(DigestError::Malformed));
        check("sha256-aa", Err(DigestError::Malformed));
        check("md5:aa", Err(DigestError::UnknownAlgorithm));
        check("SHA256:aa", Err(DigestError::UnknownAlgorithm));
        check("sha256+b64u:aa", Err(DigestError::UnknownAlgorithm));
        check("sha256:totallywrong", Err(DigestError::WrongHash(Algorithm::Sha256)));
        check("sha256:", Err(DigestError::WrongHash(Algorithm::Sha256)));
        check(&format!("{EMPTY}00"), Err(DigestError::WrongHash(Algorithm::Sha256)));
        check(&EMPTY[..70], Err(DigestError::WrongHash(Algorithm::Sha256)));
        check(&EMPTY.replace('b', "B"), Err(DigestError::WrongHash(Algorithm::Sha256)));
        check(&EMPTY.replace("sha256", "sha512"), Err(DigestError::WrongHash(Algorithm::Sha512)));
        check(&format!("{}é", &EMPTY[..69]), Err(DigestError::WrongHash(Algorithm::Sha256)));
    }

    #[test]
    fn known_contents_have_their_known_digests() {
        let of = |algorithm, text: &str| Digest::of(algorithm, text.as_bytes()).to_string();
        assert_eq!(of(Algorithm::Sha256, ""), EMPTY);
        assert_eq!(
            of(Algorithm::Sha256, "{}"),
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
        assert!(of(Algorithm::Sha512, "abc").starts_with("sha512:ddaf35a193617abacc417349ae204131"));
    }

    #[test]
    fn hashing_in_pieces_gives_the_same_digest_across_a_stored_state() {
        let content: Vec<u8> = (0..10_000_u32).map(|one| one.to_le_bytes()[0]).collect();
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            for cut in [0, 1, 63, 64, 65, 127, 128, 129, 9_999, 10_000] {
                let mut first = Hasher::new(algorithm);
                first.update(&content[..cut]);
                let mut second = Hasher::resume(algorithm, &first.state()).unwrap();
                second.update(&content[cut..]);
                assert_eq!(second.verify(Digest::of(algorithm, &content)), Ok(()), "{algorithm} {cut}");
            }
        }
    }

    #[test]
    fn other_content_is_a_mismatch() {
        let expected = EMPTY.parse().unwrap();
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(b"x");
        let actual = Digest::of(Algorithm::Sha256, b"x");
        assert_eq!(hasher.verify(expected), Err(Mismatch { actual }));
    }

    #[test]
    fn foreign_states_are_refused() {
        let state = Hasher::new(Algorithm::Sha256).state();
        assert_eq!(Hasher::resume(Algorithm::Sha512, &state).err(), Some(InvalidState));
        assert_eq!(Hasher::resume(Algorithm::Sha256, &state[1..]).err(), Some(InvalidState));
        assert_eq!(Hasher::resume(Algorithm::Sha256, &vec![0xff; state.len()]).err(), Some(InvalidState));
    }
}
