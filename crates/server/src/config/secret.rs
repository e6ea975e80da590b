//! Keys that the operator may give. Refusals never repeat them.

use grantry_license::SigningKey;
use grantry_store::seal::MasterKey;

use super::Refusal;

/// Reads the key that encrypts secrets at rest.
pub fn parse_master_key(text: &str) -> Result<MasterKey, Refusal> {
    MasterKey::parse(text).ok_or_else(|| {
        format!(
            "its {} characters are not a key of 32 bytes; write 64 hexadecimal digits or base64, for example from \
             `openssl rand -hex 32`",
            text.chars().count()
        )
    })
}

/// Reads the private key that signs license tokens: Ed25519, PKCS#8 PEM.
pub fn parse_license_key(text: &str) -> Result<SigningKey, Refusal> {
    SigningKey::from_pkcs8_pem(text)
        .map_err(|error| format!("{error}; write what `openssl genpkey -algorithm ed25519` prints"))
}
