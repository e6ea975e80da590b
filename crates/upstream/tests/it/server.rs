//! HTTP servers in this process: a registry and what may stand around it.

use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
}

/// A server that answers as the test says, and remembers what it was asked.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    _running: JoinSet<()>,
}

/// A port that nobody must connect to.
pub(crate) struct Trap(StdListener);

impl Seen {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn authorization(&self) -> Option<&str> {
        self.header(AUTHORIZATION.as_str())
    }

    /// The URL of a path on the server that is asked, by the name it is asked under.
    pub(crate) fn here(&self, path: &str) -> String {
        format!("http://{}{path}", self.header(HOST.as_str()).unwrap())
    }
}

impl Server {
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0", answer).await
    }

    pub(crate) async fn start_at(
        address: &str,
        answer: impl Fn(&Seen) -> Response + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), Arc::clone(&seen));
        let router = Router::new().fallback(move |request: Request| {
            let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
            async move {
                let (parts, _) = request.into_parts();
                let seen =
                    Seen { method: parts.method, target: parts.uri.to_string(), headers: parts.headers };
                log.lock().unwrap().push(seen.clone());
                answer(&seen)
            }
        });
        let mut running = JoinSet::new();
        running.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, seen, _running: running }
    }

    /// What it was asked, in order.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The paths it was asked, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.seen().iter().map(|one| one.path().to_owned()).collect()
    }

    pub(crate) fn count(&self, path: &str) -> usize {
        self.paths().iter().filter(|one| *one == path).count()
    }
}

impl Trap {
    pub(crate) fn set(address: &str) -> Self {
        let listener = StdListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Nobody connected: a connection would be waiting to be accepted.
    pub(crate) fn assert_untouched(&self) {
        assert!(self.0.accept().is_err(), "somebody connected");
    }
}

/// A server that sends these bytes to everyone and then falls silent, or hangs up.
pub(crate) async fn raw(bytes: &'static [u8], then: Then) -> (SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut running = JoinSet::new();
    running.spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            let read = connection.read(&mut [0; 4096]).await;
            if read.is_ok() && connection.write_all(bytes).await.is_ok() && then == Then::Silence {
                open.push(connection);
            }
        }
    });
    (address, running)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Silence,
    HangUp,
}

pub(crate) fn status(code: u16) -> Response {
    answer(code, &[], "")
}

pub(crate) fn not_found() -> Response {
    status(404)
}

pub(crate) fn answer(code: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut response = Response::builder().status(StatusCode::from_u16(code).unwrap());
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

pub(crate) fn json(body: impl Into<Body>) -> Response {
    answer(200, &[(CONTENT_TYPE.as_str(), "application/json")], body)
}

pub(crate) fn redirect(to: &str) -> Response {
    answer(307, &[(LOCATION.as_str(), to)], "")
}

/// A 401 that wants a token from this server.
pub(crate) fn wants_token(realm: &str) -> Response {
    let wanted =
        format!(r#"Bearer realm="{realm}",service="registry.test",scope="repository:acme/ship:pull""#);
    answer(401, &[(WWW_AUTHENTICATE.as_str(), &wanted)], "")
}

pub(crate) fn token(text: &str) -> Response {
    json(format!(r#"{{"token":"{text}","expires_in":300}}"#))
}

/// A registry that gives the token `good` to everyone, and its content to who has it.
pub(crate) fn with_token(seen: &Seen, content: impl Fn(&Seen) -> Response) -> Response {
    match (seen.path(), seen.authorization()) {
        ("/token", _) => token("good"),
        (_, Some("Bearer good")) => content(seen),
        _ => wants_token(&seen.here("/token")),
    }
}
