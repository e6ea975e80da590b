//! A session with the hub: its token, and how long it lasts.
//!
//! The token is read but not verified: that is for the hub. Its lifetime is measured by this process's own clock from the moment of the
//! login, so that a wrong clock on either side does not matter.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap};
use serde::Deserialize;
use tokio::time::Instant;

use crate::clock;
use crate::secret::Secret;

/// A token is replaced when less than this is left.
const MARGIN: Duration = Duration::from_secs(30);

/// What should be left of a token when a pull begins, which may take long.
const PULL: Duration = Duration::from_mins(30);

/// What counts for a token that is over by its own words: it may be used until the hub refuses it.
const SHORTEST: Duration = Duration::from_mins(1);

/// A logged-in session.
pub(super) struct Session {
    token: Secret,
    lifetime: Duration,
    ends: Instant,
}

/// What of the claims matters here.
#[derive(Deserialize)]
struct Claims {
    exp: f64,
    #[serde(default)]
    iat: Option<f64>,
}

impl Session {
    /// A session that began just now. `date` is the hub's time. `None` if the token is no JWT with `exp`.
    pub(super) fn open(token: String, date: Option<i64>, now: Instant) -> Option<Self> {
        let claims = read_claims(&token)?;
        let lifetime = lifetime(&claims, date);
        Some(Self { token: Secret::new(token), lifetime, ends: now + lifetime })
    }

    pub(super) fn token(&self) -> &Secret {
        &self.token
    }

    /// Whether it is good for a request.
    pub(super) fn is_fresh(&self, now: Instant) -> bool {
        // Of a short life half is used, so that there is not one login for each request.
        now + MARGIN.min(self.lifetime / 2) < self.ends
    }

    /// Whether it is good for a pull.
    pub(super) fn lasts_for_a_pull(&self, now: Instant) -> bool {
        now + PULL.min(self.lifetime / 2) < self.ends
    }
}

/// The hub's time by its `Date` header, in seconds since 1970.
pub(super) fn date(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get(DATE)?.to_str().ok()?;
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.timestamp())
}

fn read_claims(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims: Claims =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()?;
    claims.exp.is_finite().then_some(claims)
}

/// By the token alone if it says when it was issued, else by the hub's clock, else by ours.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a double")]
fn lifetime(claims: &Claims, date: Option<i64>) -> Duration {
    let ours = || clock::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let begin = claims.iat.or(date.map(|seconds| seconds as f64)).unwrap_or_else(ours);
    // A year is as good as for ever, and far from the end of what an `Instant` can hold.
    let longest = Duration::from_hours(24 * 365);
    Duration::try_from_secs_f64(claims.exp - begin).unwrap_or_default().clamp(SHORTEST, longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn the_lifetime_does_not_depend_on_our_clock() {
        let now = Instant::now();
        for (claims, date, seconds) in [
            (r#"{"iat":1000,"exp":4600}"#, None, 3_600),
            (r#"{"iat":1000,"exp":4600}"#, Some(9_999_999), 3_600),
            (r#"{"exp":4600}"#, Some(1_000), 3_600),
            (r#"{"exp":4600.5}"#, Some(4_500), 100),
            (r#"{"iat":1000,"exp":1000}"#, None, 60),
            (r#"{"iat":1000,"exp":10}"#, None, 60),
            (r#"{"exp":99999999999999}"#, Some(0), 365 * 24 * 3_600),
        ] {
            let session = Session::open(token(claims), date, now).unwrap();
            assert_eq!(session.lifetime.as_secs(), seconds, "{claims}");
        }
    }

    #[test]
    fn a_session_is_renewed_before_it_ends() {
        let now = Instant::now();
        let session = Session::open(token(r#"{"iat":0,"exp":86400}"#), None, now).unwrap();
        let at = |seconds| now + Duration::from_secs(seconds);
        assert!(session.is_fresh(at(86_369)) && !session.is_fresh(at(86_370)));
        assert!(session.lasts_for_a_pull(at(84_599)) && !session.lasts_for_a_pull(at(84_600)));
        let short = Session::open(token(r#"{"iat":0,"exp":60}"#), None, now).unwrap();
        assert!(short.is_fresh(at(29)) && !short.is_fresh(at(30)));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", "abc", "a.b.c", "e30.e30.c2ln", &token(r#"{"exp":null}"#), &token("[]")] {
            assert!(Session::open(text.to_owned(), None, Instant::now()).is_none(), "{text}");
        }
    }

    #[test]
    fn the_hubs_clock_is_read() {
        let headers = HeaderMap::from_iter([(DATE, "Tue, 24 Nov 2026 12:00:00 GMT".parse().unwrap())]);
        assert_eq!(date(&headers), Some(1_795_521_600));
        assert_eq!(date(&HeaderMap::new()), None);
    }
}
