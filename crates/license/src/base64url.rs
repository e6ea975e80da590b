//! Base64url as JOSE uses it: no padding, no white space, and no set bits after the data.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Encodes bytes without padding.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes the one canonical encoding of some bytes, and refuses every other text.
///
/// Being strict here matters: the signature covers the text, so a second text for the same signature bytes would make
/// two different tokens out of one.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn only_the_canonical_encoding_is_accepted() {
        assert_eq!(decode("_-8"), Some(vec![0xff, 0xef]));
        assert_eq!(encode([0xff, 0xef]), "_-8");
        for refused in ["_-8=", "_-9", "_-8 ", " _-8", "_-\n8", "/+8", "_", "_-8\0"] {
            assert_eq!(decode(refused), None, "{refused:?}");
        }
    }
}
