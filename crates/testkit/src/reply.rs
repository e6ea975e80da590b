//! What a hub answered.

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, LINK, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::redact::redact;

/// The headers that say something about one answer; all others are the same everywhere.
const TELLING: [HeaderName; 9] = [
    CONTENT_TYPE,
    CACHE_CONTROL,
    ETAG,
    LINK,
    LOCATION,
    ALLOW,
    RETRY_AFTER,
    WWW_AUTHENTICATE,
    HeaderName::from_static("idempotent-replayed"),
];

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Reply {
    /// The body as text.
    ///
    /// # Panics
    /// If it is not UTF-8.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is something else.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// A header's value; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// The text at a place in the JSON body, by JSON pointer (RFC 6901).
    ///
    /// # Panics
    /// If there is none.
    pub fn field(&self, pointer: &str) -> String {
        let json = self.json();
        let found = json.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {pointer} in {self}")).to_owned()
    }

    /// The id of what the answer is about.
    ///
    /// # Panics
    /// If it names none.
    pub fn id(&self) -> String {
        self.field("/id")
    }

    /// The answer, which has to have this status.
    ///
    /// # Panics
    /// If it has another one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self}");
        self
    }

    /// Requires an error: its status, `code` and `field` (empty if none), in a problem document.
    ///
    /// # Panics
    /// If the answer is something else.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str, field: &str) {
        assert_eq!(self.status.as_u16(), status, "{self}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self}");
        let json = self.json();
        let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
        assert_eq!((text("code").as_str(), text("field").as_str()), (code, field), "{self}");
        assert_eq!(json.get("status"), Some(&Value::from(status)), "{self}");
        assert!(text("detail").ends_with('.'), "the detail is a sentence: {self}");
    }

    /// The answer as a text that is the same in every run: status, telling headers, and the body, JSON laid out.
    pub fn redacted(&self) -> String {
        redact(&self.to_string())
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.status)?;
        for name in TELLING {
            for value in self.headers.get_all(&name) {
                writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
            }
        }
        if self.body.is_empty() {
            return Ok(());
        }
        let json =
            serde_json::from_slice::<Value>(&self.body).and_then(|json| serde_json::to_string_pretty(&json));
        let body = json.unwrap_or_else(|_| String::from_utf8_lossy(&self.body).into_owned());
        write!(f, "\n{body}")
    }
}
