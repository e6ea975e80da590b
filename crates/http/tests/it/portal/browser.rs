//! A browser without script: it keeps cookies and sends forms.

use grantry_testkit::client::Client;
use grantry_testkit::reply::Reply;
use http::Method;
use http::header::SET_COOKIE;

/// The session cookie of a hub that is reached by HTTPS.
pub(super) const SESSION: &str = "__Host-grantry_session";

/// Somebody's browser.
#[derive(Clone)]
pub(super) struct Browser {
    client: Client,
    cookies: Vec<(String, String)>,
}

impl Browser {
    /// One that has never been at the hub.
    pub(super) fn new(client: Client) -> Self {
        Self { client, cookies: Vec::new() }
    }

    /// One that is signed in with this session.
    pub(super) fn signed_in(anonymous: Client, session: &Client) -> Self {
        let mut browser = Self::new(anonymous);
        browser.keep(SESSION, session.secret());
        browser
    }

    /// Puts a cookie in.
    pub(super) fn keep(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(kept, _)| kept != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The value of a cookie; empty if there is none.
    pub(super) fn cookie(&self, name: &str) -> &str {
        self.cookies.iter().find(|(kept, _)| kept == name).map_or("", |(_, value)| value)
    }

    /// Opens a page.
    pub(super) async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, ("", "")).await
    }

    /// Sends exactly these fields.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.send(Method::POST, path, (&body, "")).await
    }

    /// Sends these fields while the browser says this of the page that they are from.
    pub(super) async fn post_from(&mut self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.send(Method::POST, path, (&body, origin)).await
    }

    /// Opens the page `at`, and sends its form to `path` with these fields and the page's token.
    pub(super) async fn fill(&mut self, at: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.token(at).await;
        self.post(path, &with_token(fields, &token)).await
    }

    /// The token of the forms on a page.
    pub(super) async fn token(&mut self, at: &str) -> String {
        let page = self.get(at).await.expect(200);
        page.text().split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// Sends the form on a page as `multipart/form-data`, with the page's token, these fields and one file.
    pub(super) async fn upload(&mut self, at: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Reply {
        let token = self.token(at).await;
        self.send_parts(at, &with_token(fields, &token), file).await
    }

    /// The same without the token.
    pub(super) async fn upload_without_token(
        &mut self,
        at: &str,
        fields: &[(&str, &str)],
        file: (&str, &[u8]),
    ) -> Reply {
        self.send_parts(at, fields, file).await
    }

    async fn send_parts(&mut self, at: &str, fields: &[(&str, &str)], (name, bytes): (&str, &[u8])) -> Reply {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part =
                format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = format!(
            "--part\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.yaml\"\r\nContent-Type: application/yaml\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--part--\r\n");
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let call = self.client.request(Method::POST, at).header("host", "hub.test");
        let call = call.header("cookie", &cookies.join("; "));
        call.header("content-type", "multipart/form-data; boundary=part").body(body).send().await
    }

    async fn send(&mut self, method: Method, path: &str, (body, origin): (&str, &str)) -> Reply {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut call = self.client.request(method, path).header("host", "hub.test");
        if !cookies.is_empty() {
            call = call.header("cookie", &cookies.join("; "));
        }
        if let Some((name, value)) = origin.split_once(": ") {
            call = call.header(name, value);
        }
        if !body.is_empty() {
            call = call.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned());
        }
        let reply = call.send().await;
        for cookie in set_cookies(&reply) {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.keep(name, value);
        }
        reply
    }
}

/// The fields and, last, the token.
pub(super) fn with_token<'f>(fields: &[(&'f str, &'f str)], token: &'f str) -> Vec<(&'f str, &'f str)> {
    fields.iter().copied().chain([("csrf", token)]).collect()
}

/// The cookies that an answer sets.
pub(super) fn set_cookies(reply: &Reply) -> Vec<String> {
    let values = reply.headers.get_all(SET_COOKIE).iter();
    values.map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// Requires a page for people, with this status: not to be stored, and with nothing allowed that no page asks for.
#[track_caller]
pub(super) fn expect_page(reply: &Reply, status: u16) {
    assert_eq!(reply.status.as_u16(), status, "{reply}");
    assert!(reply.header("content-type").starts_with("text/html"), "{reply}");
    assert_eq!(reply.text().matches("<h1").count(), 1, "{reply}");
    assert_eq!(reply.header("cache-control"), "no-store", "{reply}");
    let policy = reply.header("content-security-policy");
    for rule in ["default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'"] {
        assert!(policy.split("; ").any(|found| found == rule), "{rule} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
}

/// Requires that the answer leads to this address.
#[track_caller]
pub(super) fn expect_led(reply: &Reply, to: &str) {
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, to), "{reply}");
}
