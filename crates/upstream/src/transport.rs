//! Requests and redirections. The only place that knows the HTTP client.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use chrono::DateTime;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, DATE, HeaderMap, HeaderName, HeaderValue,
    LOCATION, RETRY_AFTER,
};
use reqwest::{Client, Method, Response, StatusCode, Url, redirect};

use crate::error::{Defect, Error, Outage, Refusal, Result};
use crate::guard::{self, Barred, Guard, Reach, Resolver, Unresolved};
use crate::upstream::Timeouts;

/// Most redirections of one request.
const MAX_REDIRECTS: usize = 5;

/// Connections to registries, their token servers and their storages.
#[derive(Debug)]
pub(crate) struct Transport {
    guard: Guard,
    /// Speaks TLS, with whatever the guard admits.
    secure: Client,
    /// Speaks no TLS, and only with the machine itself.
    local: Client,
}

/// What to ask for.
#[derive(Debug, Clone)]
pub(crate) struct Ask<'ask> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) accept: &'ask str,
}

/// The answer after all redirections.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    /// Who answered.
    pub(crate) host: String,
    /// Whether a redirection led away from who was asked.
    pub(crate) away: bool,
}

impl Transport {
    pub(crate) fn new(guard: Guard, timeouts: Timeouts) -> reqwest::Result<Self> {
        // An error means that a provider is installed already, which serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = |reach| {
            Client::builder()
                .user_agent(concat!("grantry/", env!("CARGO_PKG_VERSION")))
                .dns_resolver(Resolver { guard: guard.clone(), reach })
                // A proxy would resolve names itself, out of the guard's sight.
                .no_proxy()
                // Each redirection is judged in `follow`.
                .redirect(redirect::Policy::none())
                .referer(false)
                // Bytes are passed on as they are, whatever features another crate switches on.
                .no_gzip()
                .no_brotli()
                .no_zstd()
                .no_deflate()
                // A connection for each blob, so that a client who reads slowly stalls nobody else.
                .http1_only()
                .connect_timeout(timeouts.connect)
                .read_timeout(timeouts.idle)
        };
        let secure = client(Reach::Guarded).https_only(true).build()?;
        let local = client(Reach::Local).build()?;
        Ok(Self { guard, secure, local })
    }

    /// Whether TLS may be left out.
    pub(crate) fn admits_local(&self, url: &Url) -> bool {
        self.guard.admits_local(url)
    }

    /// Sends a request and follows its redirections. What is authorized is the server that is asked and no other.
    pub(crate) async fn follow(&self, ask: &Ask<'_>, authorization: Option<&HeaderValue>) -> Result<Answer> {
        let mut url = ask.url.clone();
        let mut away = false;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send(ask, &url, authorization.filter(|_| !away)).await?;
            let Some(next) = redirection(&response, &url)? else {
                return Ok(Answer { response, host: host_of(&url), away });
            };
            away |= next.origin() != ask.url.origin();
            url = next;
        }
        Err(malformed(&url, Defect::Redirect("it redirects too often")))
    }

    async fn send(&self, ask: &Ask<'_>, url: &Url, authorization: Option<&HeaderValue>) -> Result<Response> {
        if !self.guard.admits_url(url) {
            return Err(Error::Forbidden { host: host_of(url) });
        }
        let client = match url.scheme() {
            "https" => &self.secure,
            // Only what begins without TLS goes on without.
            "http" if ask.url.scheme() == "http" && guard::is_local(url) => &self.local,
            _ => return Err(malformed(url, Defect::Redirect("it redirects to a URL that is not https"))),
        };
        let mut request = client
            .request(ask.method.clone(), url.clone())
            .header(ACCEPT, ask.accept)
            .header(ACCEPT_ENCODING, "identity");
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        request.send().await.map_err(|error| failure(error, host_of(url)))
    }
}

impl Answer {
    /// The text of a header.
    pub(crate) fn header(&self, name: impl Into<HeaderName>) -> Option<&str> {
        self.response.headers().get(name.into())?.to_str().ok()
    }

    /// The texts of all headers of this name.
    pub(crate) fn headers(&self, name: HeaderName) -> impl Iterator<Item = &str> {
        self.response.headers().get_all(name).into_iter().filter_map(|value| value.to_str().ok())
    }

    /// Whether who was asked wants to know who asks.
    pub(crate) fn is_challenge(&self) -> bool {
        self.response.status() == StatusCode::UNAUTHORIZED && !self.away
    }

    /// Tells what was found from what does not exist and from failures. `refusal` is what a 401 means.
    pub(crate) fn judge(self, refusal: Refusal) -> Result<Option<Self>> {
        let status = self.response.status();
        let host = self.host.clone();
        Err(match status {
            StatusCode::OK => {
                let encoding =
                    self.header(CONTENT_ENCODING).filter(|text| !text.eq_ignore_ascii_case("identity"));
                match encoding.map(str::to_owned) {
                    None => return Ok(Some(self)),
                    Some(encoding) => self.malformed(Defect::Encoded(encoding)),
                }
            }
            StatusCode::NOT_FOUND => return Ok(None),
            // What a storage refuses was signed by the registry; nobody's settings are wrong.
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if self.away => {
                Error::Unavailable { host, reason: Outage::Storage(status.as_u16()), source: None }
            }
            StatusCode::UNAUTHORIZED => Error::Refused { host, reason: refusal },
            StatusCode::FORBIDDEN => Error::Refused { host, reason: Refusal::Denied },
            StatusCode::TOO_MANY_REQUESTS => {
                Error::RateLimited { host, retry_after: retry_after(self.response.headers()) }
            }
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Error::Unavailable { host, reason: Outage::Status(status.as_u16()), source: None }
            }
            status => self.malformed(Defect::Status(status.as_u16())),
        })
    }

    /// The error that this answer is.
    pub(crate) fn malformed(&self, reason: Defect) -> Error {
        Error::Malformed { host: self.host.clone(), reason }
    }
}

/// Host and port, for messages: the rest of a URL may be a secret.
pub(crate) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether a URL has a user name or a password in it, which the HTTP client would send as our credentials.
pub(crate) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// What the HTTP client ran into.
pub(crate) fn failure(error: reqwest::Error, host: String) -> Error {
    if find::<Barred>(&error).is_some() {
        return Error::Forbidden { host };
    }
    let reason = if find::<Unresolved>(&error).is_some() {
        Outage::Unresolved
    } else if find::<rustls::Error>(&error).is_some() {
        Outage::Insecure
    } else if error.is_timeout() {
        Outage::TimedOut
    } else if error.is_connect() {
        Outage::Unreachable
    } else {
        Outage::Interrupted
    };
    Error::Unavailable { host, reason, source: Some(error.without_url().into()) }
}

/// The error of this type among the causes. What an I/O error wraps is not among its own causes.
fn find<'error, T: StdError + 'static>(error: &'error (dyn StdError + 'static)) -> Option<&'error T> {
    let mut next = Some(error);
    while let Some(one) = next {
        if let Some(found) = one.downcast_ref() {
            return Some(found);
        }
        let wrapped = one.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|inner| find(inner)) {
            return Some(found);
        }
        next = one.source();
    }
    None
}

fn malformed(url: &Url, reason: Defect) -> Error {
    Error::Malformed { host: host_of(url), reason }
}

/// Where an answer sends us, if it does.
fn redirection(response: &Response, from: &Url) -> Result<Option<Url>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let next = location.and_then(|text| from.join(text).ok()).filter(Url::has_host);
    let next = next.ok_or_else(|| malformed(from, Defect::Redirect("it redirects to nowhere")))?;
    if has_credentials(&next) {
        return Err(malformed(from, Defect::Redirect("it redirects to a URL with credentials in it")));
    }
    Ok(Some(next))
}

/// How long a server wants to be left alone. A date is measured by the server's own clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let value = text(RETRY_AFTER)?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let [until, now] = [value, text(DATE)?].map(DateTime::parse_from_rfc2822);
    Some((until.ok()? - now.ok()?).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        let check = |value: &'static str, date: Option<&'static str>, expected: Option<u64>| {
            let mut headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
            headers.extend(date.map(|date| (DATE, HeaderValue::from_static(date))));
            assert_eq!(retry_after(&headers), expected.map(Duration::from_secs), "{value:?}");
        };
        let now = Some("Tue, 24 Nov 2026 10:00:00 GMT");
        check("120", None, Some(120));
        check("Tue, 24 Nov 2026 10:01:30 GMT", now, Some(90));
        check("Tue, 24 Nov 2026 09:00:00 GMT", now, Some(0));
        check("Tue, 24 Nov 2026 10:01:30 GMT", None, None);
        check("-5", now, None);
        check("soon", now, None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }

    #[test]
    fn cause_is_found_also_within_an_io_error() {
        let inner = io::Error::other(io::Error::other(Barred));
        assert!(find::<Barred>(&inner).is_some());
        assert!(find::<Unresolved>(&inner).is_none());
    }

    #[tokio::test]
    async fn what_begins_with_tls_does_not_go_on_without() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let plain: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let guard = Guard::allowing(["private".parse().unwrap()]);
        let transport = Transport::new(guard, Timeouts::default()).unwrap();
        let ask = Ask { method: Method::GET, url: "https://ghcr.io/".parse().unwrap(), accept: "*/*" };
        let result = transport.send(&ask, &plain, None).await;
        assert!(matches!(result, Err(Error::Malformed { reason: Defect::Redirect(_), .. })), "{result:?}");
        assert!(listener.accept().is_err(), "somebody connected");
    }
}
