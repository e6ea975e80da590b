//! Bytes on the wire.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// Bytes, as standard base64 with padding. They may be a secret, so `Debug` tells only how many there are.
#[derive(Clone, PartialEq, Eq, Default, ToSchema)]
#[schema(value_type = String, format = Byte, example = "bmFtZTogc2hpcAo=")]
pub struct Base64(pub Vec<u8>);

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64({} bytes)", self.0.len())
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        // The text itself stays out of the error: it may be a secret.
        let refused =
            |_| D::Error::invalid_value(Unexpected::Other("other text"), &"standard base64 with padding");
        STANDARD.decode(text.as_bytes()).map(Self).map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_the_way_through() {
        for (text, bytes) in [("\"\"", &b""[..]), ("\"AA==\"", b"\0"), ("\"/+8=\"", b"\xff\xef")] {
            let read: Base64 = serde_json::from_str(text).unwrap();
            assert_eq!(read.0, bytes);
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }

    #[test]
    fn other_text_is_refused_without_repeating_it() {
        for text in ["\"s3cret!\"", "\"s3cret\"", "\"_-8=\"", "7"] {
            let error = serde_json::from_str::<Base64>(text).unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
