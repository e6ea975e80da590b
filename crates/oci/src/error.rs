//! Error codes of the registry and the body that carries them.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// An error code that clients know. Others are never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// No such blob in the repository, or none that the caller may know of.
    BlobUnknown,
    /// A chunk does not fit its upload.
    BlobUploadInvalid,
    /// No such upload session of the caller.
    BlobUploadUnknown,
    /// A digest is malformed, or the content has another.
    DigestInvalid,
    /// A manifest refers to what its repository does not have.
    ManifestBlobUnknown,
    /// A manifest, or the tag it is pushed under, is not valid.
    ManifestInvalid,
    /// No such manifest in the repository, or none that the caller may know of.
    ManifestUnknown,
    /// No repository can have this name.
    NameInvalid,
    /// No such repository, or none that the caller may know of.
    NameUnknown,
    /// Content is too large, or not as long as it says.
    SizeInvalid,
    /// Nobody, or nobody that is known, asks.
    Unauthorized,
    /// The caller is known and may not do this.
    Denied,
    /// The registry does not do this.
    Unsupported,
    /// The caller asks too often.
    TooManyRequests,
}

/// What there is to know about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// As sent.
    pub text: &'static str,
    /// The HTTP status it goes with, where the situation asks for no other (a range out of order is a 416).
    pub status: u16,
    /// What it says, for want of something more precise.
    pub meaning: &'static str,
}

/// A body with one error: `{"errors":[{"code":…,"message":…,"detail":…}]}`, of type `application/json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorBody {
    errors: [Entry; 1],
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Entry {
    code: ErrorCode,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Value>,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 14] = [
        Self::BlobUnknown,
        Self::BlobUploadInvalid,
        Self::BlobUploadUnknown,
        Self::DigestInvalid,
        Self::ManifestBlobUnknown,
        Self::ManifestInvalid,
        Self::ManifestUnknown,
        Self::NameInvalid,
        Self::NameUnknown,
        Self::SizeInvalid,
        Self::Unauthorized,
        Self::Denied,
        Self::Unsupported,
        Self::TooManyRequests,
    ];

    /// The table.
    pub fn descriptor(self) -> Descriptor {
        let (text, status, meaning) = match self {
            Self::BlobUnknown => ("BLOB_UNKNOWN", 404, "blob unknown to registry"),
            Self::BlobUploadInvalid => ("BLOB_UPLOAD_INVALID", 400, "blob upload invalid"),
            Self::BlobUploadUnknown => ("BLOB_UPLOAD_UNKNOWN", 404, "upload session unknown to registry"),
            Self::DigestInvalid => ("DIGEST_INVALID", 400, "digest invalid, or not that of the content"),
            Self::ManifestBlobUnknown => {
                ("MANIFEST_BLOB_UNKNOWN", 400, "manifest refers to content unknown to repository")
            }
            Self::ManifestInvalid => ("MANIFEST_INVALID", 400, "manifest invalid"),
            Self::ManifestUnknown => ("MANIFEST_UNKNOWN", 404, "manifest unknown to registry"),
            Self::NameInvalid => ("NAME_INVALID", 400, "repository name invalid"),
            Self::NameUnknown => ("NAME_UNKNOWN", 404, "repository unknown to registry"),
            Self::SizeInvalid => ("SIZE_INVALID", 400, "size invalid"),
            Self::Unauthorized => ("UNAUTHORIZED", 401, "authentication required"),
            Self::Denied => ("DENIED", 403, "access denied"),
            Self::Unsupported => ("UNSUPPORTED", 405, "operation unsupported"),
            // Nothing but a 429 may carry it: the conformance suite of 1.1.1 does not know it.
            Self::TooManyRequests => ("TOOMANYREQUESTS", 429, "too many requests"),
        };
        Descriptor { text, status, meaning }
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.descriptor().text)
    }
}

impl ErrorBody {
    /// A body that says what the code means.
    pub fn new(code: ErrorCode) -> Self {
        Self::saying(code, code.descriptor().meaning)
    }

    /// A body with a message of its own. Clients print it.
    pub fn saying(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { errors: [Entry { code, message: message.into(), detail: None }] }
    }

    /// The same body with details for programs.
    #[must_use]
    pub fn with_detail(mut self, detail: Value) -> Self {
        let [entry] = &mut self.errors;
        entry.detail = Some(detail);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_specification() {
        let texts = ErrorCode::ALL.map(|code| code.descriptor().text);
        let expected = "BLOB_UNKNOWN BLOB_UPLOAD_INVALID BLOB_UPLOAD_UNKNOWN DIGEST_INVALID MANIFEST_BLOB_UNKNOWN \
                        MANIFEST_INVALID MANIFEST_UNKNOWN NAME_INVALID NAME_UNKNOWN SIZE_INVALID UNAUTHORIZED DENIED \
                        UNSUPPORTED TOOMANYREQUESTS";
        assert_eq!(texts.join(" "), expected);
    }

    #[test]
    fn only_a_429_carries_too_many_requests() {
        for code in ErrorCode::ALL {
            assert_eq!(code.descriptor().status == 429, code == ErrorCode::TooManyRequests);
        }
    }

    #[test]
    fn body_is_that_of_the_specification() {
        let body = ErrorBody::new(ErrorCode::BlobUnknown);
        let expected = r#"{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]}"#;
        assert_eq!(serde_json::to_string(&body).unwrap(), expected);
        let body = ErrorBody::saying(ErrorCode::Denied, "tag is immutable").with_detail(Value::from("v1"));
        let expected = r#"{"errors":[{"code":"DENIED","message":"tag is immutable","detail":"v1"}]}"#;
        assert_eq!(serde_json::to_string(&body).unwrap(), expected);
    }
}
