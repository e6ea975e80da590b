//! Who we are to a registry.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

/// A user name and a password, or a token in the place of one.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name. No colon can be in it.
    pub username: String,
    /// The password.
    pub password: Zeroizing<String>,
}

impl Credentials {
    /// The value of an `Authorization` header that sends them as they are (RFC 7617).
    pub(crate) fn basic(&self) -> HeaderValue {
        let pair = Zeroizing::new(format!("{}:{}", self.username, *self.password));
        let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
        let mut value = HeaderValue::from_str(&text).expect("base64 is fit for a header");
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_in_no_debug_output() {
        let credentials =
            Credentials { username: "robot".to_owned(), password: Zeroizing::new("hunter2".to_owned()) };
        assert_eq!(format!("{credentials:?}"), r#"Credentials { username: "robot", .. }"#);
        assert_eq!(format!("{:?}", credentials.basic()), "Sensitive");
        assert_eq!(credentials.basic(), "Basic cm9ib3Q6aHVudGVyMg==");
    }
}
