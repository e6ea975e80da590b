//! Keys that the operator may give. Refusals never repeat them.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use grantry_license::SigningKey;
use zeroize::Zeroizing;

use super::Refusal;

/// The key that encrypts secrets at rest: 32 bytes, wiped from memory when dropped, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Reads 64 hexadecimal digits, or 32 bytes in base64 of either alphabet, padded or not.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let bytes = Zeroizing::new(decode_key(text).unwrap_or_default());
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| {
            format!(
                "its {} characters are not a key of 32 bytes; write 64 hexadecimal digits or base64, for example \
                 from `openssl rand -hex 32`",
                text.chars().count()
            )
        })?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// A key of these bytes, which must come from a source of randomness.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes of the key.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn decode_key(text: &str) -> Option<Vec<u8>> {
    if text.len() == 64 {
        return hex::decode(text).ok();
    }
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [alphabet::STANDARD, alphabet::URL_SAFE]
        .iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(text).ok())
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(****)")
    }
}

/// Reads the private key that signs license tokens: Ed25519, PKCS#8 PEM. `SigningKey` shows nothing of itself and is
/// wiped from memory when dropped.
pub fn parse_license_key(text: &str) -> Result<SigningKey, Refusal> {
    SigningKey::from_pkcs8_pem(text)
        .map_err(|error| format!("{error}; write what `openssl genpkey -algorithm ed25519` prints"))
}
