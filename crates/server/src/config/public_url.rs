//! The hub's public URL.

use std::fmt;
use std::net::SocketAddr;

use super::Refusal;

/// The hub's public base URL in canonical form: scheme, host, and the port if it is not the scheme's own. No
/// trailing slash, path, query, fragment or user name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Reads `http://host` or `https://host`, with an optional port. Only the canonical spelling is accepted, because
    /// the text itself is what tokens carry and what verifiers compare.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        const EXAMPLE: &str = "write it like https://licenses.example.com";
        let Ok(url) = reqwest::Url::parse(text) else {
            return Err(format!("{text:?} is not a URL; {EXAMPLE}"));
        };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("{text:?} does not start with http:// or https://; {EXAMPLE}"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!("the URL carries a user name or a password; {EXAMPLE}"));
        }
        let canonical = url.origin().ascii_serialization();
        if canonical == text {
            return Ok(Self(canonical));
        }
        let problem = if url.query().is_some() || url.fragment().is_some() {
            "has a query or a fragment"
        } else if !matches!(url.path(), "" | "/") {
            "has a path"
        } else if text.ends_with('/') {
            "ends with a slash"
        } else {
            "is not in its canonical form"
        };
        Err(format!("{text:?} {problem}; write {canonical}"))
    }

    /// The URL of a hub that listens at `listen` and is called directly. An unspecified address such as 0.0.0.0 is
    /// no address to call, so `localhost` stands for it.
    #[must_use]
    pub fn of_listener(listen: SocketAddr) -> Self {
        let port = if listen.port() == 80 { String::new() } else { format!(":{}", listen.port()) };
        Self(match listen {
            _ if listen.ip().is_unspecified() => format!("http://localhost{port}"),
            SocketAddr::V4(v4) => format!("http://{}{port}", v4.ip()),
            SocketAddr::V6(v6) => format!("http://[{}]{port}", v6.ip()),
        })
    }

    /// The exact text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
