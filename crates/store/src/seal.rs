//! Secrets at rest: encrypted with the master key, bound to the row and column that they belong to.
//!
//! A sealed value is a version byte, 32 random bytes, and ChaCha20-Poly1305's ciphertext with its tag. Each value has a
//! key of its own, derived by HKDF-SHA-256 from the master key, the random bytes (as salt) and the context, so a nonce is
//! never used twice with one key: it is constant. The context also is associated data.
//!
//! From the same master key, codes (HMAC-SHA-256) are made over what the hub says and wants to recognize.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac;
use zeroize::Zeroizing;

use crate::error::Error;

const VERSION: u8 = 1;
const SALT: usize = 32;

/// The key that all secrets at rest are encrypted with: 32 random bytes, kept outside of the database.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads a key from 64 hex digits or from base64 of 32 bytes; space around it is ignored. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut bytes = Zeroizing::new([0; 32]);
        if text.len() == 64 {
            hex::decode_to_slice(text, bytes.as_mut()).ok()?;
        } else {
            // Room for the padding's estimate of the decoder.
            let mut decoded = Zeroizing::new([0; 36]);
            if STANDARD.decode_slice(text, decoded.as_mut()).ok()? != bytes.len() {
                return None;
            }
            bytes.copy_from_slice(&decoded[..32]);
        }
        Some(Self(bytes))
    }

    /// The key as 64 hex digits, to be written to a file.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_ref()))
    }

    /// Encrypts `plain` for the place named by `context` (table, column, id). The same value never looks the same twice.
    ///
    /// # Errors
    /// [`Error::Database`] if the operating system has no randomness.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut sealed = vec![VERSION; 1 + SALT];
        getrandom::fill(&mut sealed[1..]).map_err(|error| Error::Database(Box::new(error)))?;
        let key = self.subkey(&sealed[1..], context)?;
        let mut body = Zeroizing::new(plain.to_vec());
        let tag = key
            .seal_in_place_separate_tag(nonce(), Aad::from(context), &mut body)
            .map_err(|_| Error::Sealed)?;
        sealed.extend_from_slice(&body);
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Decrypts what [`MasterKey::seal`] made for the same context.
    ///
    /// # Errors
    /// [`Error::Sealed`] for another key, another context or changed bytes.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (version, rest) = sealed.split_first().ok_or(Error::Sealed)?;
        let (salt, body) = rest.split_at_checked(SALT).ok_or(Error::Sealed)?;
        if *version != VERSION {
            return Err(Error::Sealed);
        }
        let key = self.subkey(salt, context)?;
        let mut body = Zeroizing::new(body.to_vec());
        let plain =
            key.open_in_place(nonce(), Aad::from(context), &mut body).map_err(|_| Error::Sealed)?.len();
        body.truncate(plain);
        Ok(body)
    }

    /// A code over `message` that only a holder of the master key can make, for the purpose named by `context`.
    ///
    /// # Errors
    /// [`Error::Sealed`] never happens: the length of the derived key is fixed.
    pub fn mac(&self, context: &str, message: &[u8]) -> Result<[u8; 32], Error> {
        let tag = hmac::sign(&self.mac_key(context)?, message);
        tag.as_ref().try_into().map_err(|_| Error::Sealed)
    }

    /// Whether [`MasterKey::mac`] made this code over this message for the same purpose; compared in constant time.
    ///
    /// # Errors
    /// [`Error::Sealed`] never happens: the length of the derived key is fixed.
    pub fn verify_mac(&self, context: &str, message: &[u8], code: &[u8]) -> Result<bool, Error> {
        Ok(hmac::verify(&self.mac_key(context)?, message, code).is_ok())
    }

    fn mac_key(&self, context: &str) -> Result<hmac::Key, Error> {
        let material = Salt::new(HKDF_SHA256, &[]).extract(self.0.as_ref());
        let info = [b"grantry message code 1\0".as_slice(), context.as_bytes()];
        material.expand(&info, hmac::HMAC_SHA256).map(hmac::Key::from).map_err(|_| Error::Sealed)
    }

    fn subkey(&self, salt: &[u8], context: &str) -> Result<LessSafeKey, Error> {
        let material = Salt::new(HKDF_SHA256, salt).extract(self.0.as_ref());
        let info = [b"grantry sealed value 1\0".as_slice(), context.as_bytes()];
        let key = material.expand(&info, &CHACHA20_POLY1305).map(UnboundKey::from);
        key.map(LessSafeKey::new).map_err(|_| Error::Sealed)
    }
}

/// Each key encrypts one value only.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> MasterKey {
        MasterKey::from_bytes([byte; 32])
    }

    #[test]
    fn a_sealed_value_opens_in_its_place_only() {
        for plain in [&b""[..], b"secret", &[0; 5000]] {
            let sealed = key(1).seal("signing_key.secret.7", plain).unwrap();
            assert_eq!(key(1).open("signing_key.secret.7", &sealed).unwrap().as_slice(), plain);
            assert!(matches!(key(1).open("signing_key.secret.8", &sealed), Err(Error::Sealed)));
            assert!(matches!(key(2).open("signing_key.secret.7", &sealed), Err(Error::Sealed)));
        }
    }

    #[test]
    fn a_changed_byte_or_length_is_refused() {
        let sealed = key(1).seal("c", b"secret").unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(matches!(key(1).open("c", &changed), Err(Error::Sealed)), "byte {index}");
            assert!(matches!(key(1).open("c", &sealed[..index]), Err(Error::Sealed)), "length {index}");
        }
    }

    #[test]
    fn a_code_holds_for_its_key_purpose_and_message_only() {
        let code = key(1).mac("agent token", b"m").unwrap();
        assert_eq!(code, key(1).mac("agent token", b"m").unwrap());
        assert!(key(1).verify_mac("agent token", b"m", &code).unwrap());
        assert!(!key(1).verify_mac("agent token", b"n", &code).unwrap());
        assert!(!key(1).verify_mac("other", b"m", &code).unwrap());
        assert!(!key(2).verify_mac("agent token", b"m", &code).unwrap());
        assert!(!key(1).verify_mac("agent token", b"m", &code[..31]).unwrap());
    }

    #[test]
    fn the_same_value_never_looks_the_same() {
        assert_ne!(key(1).seal("c", b"x").unwrap(), key(1).seal("c", b"x").unwrap());
    }

    #[test]
    fn a_master_key_is_read_from_hex_and_base64() {
        let hex = "00".repeat(31) + "ff";
        let base64 = STANDARD.encode(hex::decode(&hex).unwrap());
        for text in [hex.clone(), format!(" {base64}\n")] {
            assert_eq!(*MasterKey::parse(&text).unwrap().to_hex(), hex);
        }
        for text in
            ["", "00", &"0".repeat(63), &"g".repeat(64), &STANDARD.encode([0; 31]), &STANDARD.encode([0; 33])]
        {
            assert!(MasterKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_key_is_not_in_its_debug_text() {
        assert_eq!(format!("{:?}", key(0x41)), "MasterKey(…)");
    }
}
