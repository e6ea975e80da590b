//! Builds tokens, right or wrong: every part can be replaced by something that no sound library would write.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use grantry_license::SigningKey;
use sha2::{Digest as _, Sha256};

use super::case::{ISSUER, ORGANIZATION, usual_key};

/// The license key of the usual claims.
pub(super) const LICENSE_KEY: &str = "0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0b02";
/// The revision of the usual claims.
pub(super) const REVISION: &str = "0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0c03";
/// From when on the usual claims hold.
pub(super) const NOT_BEFORE: i64 = 1_750_000_000;
/// Until when the usual claims hold.
pub(super) const EXPIRES_AT: i64 = 1_781_536_000;

/// The members of an object as they will be written: names and values are JSON text, and names may repeat.
#[derive(Clone)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn new(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| (format!("{name:?}"), (*value).to_owned())).collect())
    }

    /// The claims of a usual token; `lic` is the last one, and a payload follows with [`add`](Self::add).
    pub(super) fn usual() -> Self {
        let times = [NOT_BEFORE, NOT_BEFORE, EXPIRES_AT].map(|time| time.to_string());
        Self::new(&[
            ("iss", &quote(ISSUER)),
            ("sub", &quote(LICENSE_KEY)),
            ("aud", r#"["license-key"]"#),
            ("iat", &times[0]),
            ("nbf", &times[1]),
            ("exp", &times[2]),
            ("jti", &quote(REVISION)),
            ("org", &quote(ORGANIZATION)),
            ("lic", r#"{"seq":3,"grace":0,"name":"Example"}"#),
        ])
    }

    /// The claims that Distr writes: no revision, no `lic`.
    pub(super) fn distr() -> Self {
        Self::usual().without("jti").without("lic").add("edition", r#""pro""#)
    }

    /// Replaces the value of a member.
    pub(super) fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        let quoted = format!("{name:?}");
        let field = self.0.iter_mut().find(|(name, _)| *name == quoted).expect("there is such a member");
        field.1 = value.into();
        self
    }

    /// Adds a member at the end, also if there is one of that name.
    pub(super) fn add(self, name: &str, value: impl Into<String>) -> Self {
        self.add_raw(&format!("{name:?}"), value)
    }

    /// Adds a member whose name is given as JSON text, with its quotes.
    pub(super) fn add_raw(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// Leaves a member out.
    pub(super) fn without(mut self, name: &str) -> Self {
        let quoted = format!("{name:?}");
        self.0.retain(|(name, _)| *name != quoted);
        self
    }

    /// The object without white space.
    pub(super) fn text(&self) -> String {
        let members: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}:{value}")).collect();
        format!("{{{}}}", members.join(","))
    }
}

/// The header of a usual token under this key.
pub(super) fn header(key: &SigningKey) -> Fields {
    Fields::new(&[("alg", r#""EdDSA""#), ("typ", r#""JWT""#), ("kid", &quote(key.key_id()))])
}

/// A usual token with these claims.
pub(super) fn token(claims: &Fields) -> String {
    signed(header(&usual_key()).text(), claims.text(), &usual_key())
}

/// A usual token whose header is this.
pub(super) fn token_with_header(header: &Fields) -> String {
    signed(header.text(), Fields::usual().text(), &usual_key())
}

/// A token of this header and these claims, whatever they are, rightly signed.
pub(super) fn signed(header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>, key: &SigningKey) -> String {
    sign_input(&format!("{}.{}", encode(header), encode(claims)), key)
}

/// Signs what stands before the last dot, whatever it is.
pub(super) fn sign_input(input: &str, key: &SigningKey) -> String {
    with_signature(input, key.sign_bytes(input.as_bytes()))
}

/// Puts these bytes where the signature belongs.
pub(super) fn with_signature(input: &str, signature: impl AsRef<[u8]>) -> String {
    format!("{input}.{}", encode(signature))
}

/// What the signature of a token covers.
pub(super) fn input(token: &str) -> &str {
    token.rsplit_once('.').map_or(token, |(input, _)| input)
}

/// The bytes of a token's signature.
pub(super) fn signature(token: &str) -> Vec<u8> {
    let text = token.rsplit_once('.').map_or("", |(_, signature)| signature);
    URL_SAFE_NO_PAD.decode(text).expect("the token was built here")
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `text` as a JSON string.
pub(super) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Sets the lowest bit of the last character of a part, which carries no data: the part decodes to the same bytes.
pub(super) fn with_trailing_bit(part: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = part.split_at(part.len() - 1);
    let index = ALPHABET.iter().position(|byte| last.as_bytes() == [*byte]).expect("a part is base64url");
    assert!(!part.len().is_multiple_of(4) && index.is_multiple_of(4), "the last character has bits to spare");
    format!("{rest}{}", char::from(ALPHABET[index + 1]))
}

/// HMAC-SHA-256 (RFC 2104), for the attack that takes a public key for a shared secret.
pub(super) fn hmac_sha256(secret: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    match secret.len() {
        0..=64 => block[..secret.len()].copy_from_slice(secret),
        _ => block[..32].copy_from_slice(&Sha256::digest(secret)),
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::hmac_sha256;

    #[test]
    fn hmac_matches_rfc_4231() {
        let mac = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(mac[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
        let mac = hmac_sha256(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(mac[..8], [0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f]);
    }
}
