//! The hub as the agent sees it: logs in, asks what should run, reports.

mod resolver;
mod session;

use std::time::Duration;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use grantry_wire::agent::{
    AgentMetrics, AgentResource, AgentStatus, LogRecord, LoginResponse, TargetLogRecord,
};
use reqwest::header::{ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::config::Config;
use crate::secret::Secret;
use session::Session;

const CONNECT_LIMIT: Duration = Duration::from_secs(10);
const REQUEST_LIMIT: Duration = Duration::from_mins(1);

/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// The longest complaint of a hub that is repeated, in characters.
const LONGEST_COMPLAINT: usize = 300;

/// A hub, and this agent's session with it.
pub(crate) struct Hub {
    http: reqwest::Client,
    base: Url,
    target: Uuid,
    secret: Secret,
    session: Mutex<Login>,
}

/// The session, and how long not to try for another one.
struct Login {
    session: Option<Session>,
    backoff: Backoff,
}

/// What the hub answered to the question what should run.
pub(crate) enum Answer {
    /// The same as before.
    Unchanged,
    /// This, with the tag to ask by next time.
    Resource(Box<AgentResource>, Option<HeaderValue>),
}

/// Why a request brought nothing.
#[derive(Debug, Error)]
pub(crate) enum Trouble {
    #[error("the hub can't be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the hub refuses the target's secret; was it replaced?")]
    Unauthorized,
    #[error("the hub refused the last logins; the next one is tried later")]
    LoginTooSoon,
    #[error("the hub answered {status}: {complaint}")]
    Refused { status: StatusCode, retry_after: Option<Duration>, complaint: String },
    #[error("the hub's answer makes no sense: {0}")]
    Malformed(String),
}

impl Trouble {
    /// How long the hub wants to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        if let Self::Refused { retry_after, .. } = self { *retry_after } else { None }
    }

    /// Whether the same request will never be accepted.
    pub(crate) fn is_final(&self) -> bool {
        let again = [StatusCode::UNAUTHORIZED, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        matches!(self, Self::Refused { status, .. } if status.is_client_error() && !again.contains(status))
    }
}

impl Hub {
    /// A hub at the configured address; asks nothing yet.
    ///
    /// # Errors
    /// No client can be made: the machine's trusted roots or its name servers can't be read.
    pub(crate) fn new(config: &Config) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("grantry-agent/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_LIMIT)
            .timeout(REQUEST_LIMIT)
            // A credential goes to the configured hub and nowhere else.
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(2)
            .dns_resolver(resolver::Resolver::new())
            .build()
            .context("can't make an HTTP client")?;
        let backoff = Backoff::new(Duration::from_secs(5), Duration::from_mins(1));
        Ok(Self {
            http,
            base: config.url.clone(),
            target: config.target,
            secret: config.secret.clone(),
            session: Mutex::new(Login { session: None, backoff }),
        })
    }

    /// Asks what should run.
    pub(crate) async fn resources(&self, known: Option<&HeaderValue>) -> Result<Answer, Trouble> {
        let mut headers = HeaderMap::new();
        known.map(|tag| headers.insert(IF_NONE_MATCH, tag.clone()));
        let response = self.send(Method::GET, "resources", headers, None).await?;
        match response.status() {
            StatusCode::NOT_MODIFIED if known.is_some() => Ok(Answer::Unchanged),
            StatusCode::OK => {
                let tag = response.headers().get(ETAG).cloned();
                Ok(Answer::Resource(Box::new(read(response).await?), tag))
            }
            _ => Err(refusal(response).await),
        }
    }

    /// Reports how a deployment is.
    pub(crate) async fn report(&self, status: &AgentStatus) -> Result<(), Trouble> {
        self.deliver(Method::POST, "status", status).await
    }

    /// Reports how busy the machine is.
    pub(crate) async fn measure(&self, metrics: &AgentMetrics) -> Result<(), Trouble> {
        self.deliver(Method::POST, "metrics", metrics).await
    }

    /// Delivers lines of deployments' logs.
    pub(crate) async fn log(&self, lines: &[LogRecord]) -> Result<(), Trouble> {
        self.deliver(Method::PUT, "logs", lines).await
    }

    /// Delivers lines of the agent's own log.
    pub(crate) async fn log_own(&self, lines: &[TargetLogRecord]) -> Result<(), Trouble> {
        self.deliver(Method::PUT, "deployment-target-logs", lines).await
    }

    /// A token that lasts long enough to begin a pull from the hub's registry: it is the password there.
    pub(crate) async fn registry_token(&self) -> Result<Secret, Trouble> {
        self.token(Session::lasts_for_a_pull).await
    }

    async fn deliver<T: Serialize + ?Sized>(
        &self,
        method: Method,
        path: &str,
        content: &T,
    ) -> Result<(), Trouble> {
        let body = serde_json::to_vec(content).map_err(|error| Trouble::Malformed(error.to_string()))?;
        let response = self.send(method, path, HeaderMap::new(), Some(body.into())).await?;
        if response.status().is_success() { Ok(()) } else { Err(refusal(response).await) }
    }

    /// Sends a request with the session's token. If the hub no longer accepts that, logs in anew and repeats it once.
    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Option<bytes::Bytes>,
    ) -> Result<Response, Trouble> {
        let mut token = self.token(Session::is_fresh).await?;
        for last in [false, true] {
            let mut request = self.http.request(method.clone(), self.address(path)?).headers(headers.clone());
            request = request.bearer_auth(token.reveal()).header("Content-Type", "application/json");
            if let Some(body) = &body {
                request = request.body(body.clone());
            }
            let response = request.send().await.map_err(unreachable)?;
            if response.status() != StatusCode::UNAUTHORIZED || last {
                return Ok(response);
            }
            self.discard(&token).await;
            token = self.token(Session::is_fresh).await?;
        }
        Err(Trouble::Unauthorized)
    }

    /// Forgets a token that was refused, unless another request has replaced it already.
    async fn discard(&self, token: &Secret) {
        let mut login = self.session.lock().await;
        if login.session.as_ref().is_some_and(|session| session.token().reveal() == token.reveal()) {
            login.session = None;
        }
    }

    async fn token(&self, good_enough: fn(&Session, Instant) -> bool) -> Result<Secret, Trouble> {
        let mut login = self.session.lock().await;
        let now = Instant::now();
        if let Some(session) = login.session.as_ref().filter(|session| good_enough(session, now)) {
            return Ok(session.token().clone());
        }
        if !login.backoff.is_over(now) {
            return Err(Trouble::LoginTooSoon);
        }
        match self.log_in().await {
            Ok(session) => {
                login.backoff.reset();
                Ok(login.session.insert(session).token().clone())
            }
            Err(trouble) => {
                // A hub limits how often a target may log in.
                login.backoff.fail(Instant::now(), trouble.retry_after());
                Err(trouble)
            }
        }
    }

    async fn log_in(&self) -> Result<Session, Trouble> {
        let request = self.http.post(self.address("login")?);
        let request = request.basic_auth(self.target, Some(self.secret.reveal()));
        let response = request.send().await.map_err(unreachable)?;
        match response.status() {
            StatusCode::OK => {
                let date = session::date(response.headers());
                let answer: LoginResponse = read(response).await?;
                Session::open(answer.token, date, Instant::now())
                    .ok_or_else(|| Trouble::Malformed("its token is no JWT with exp".to_owned()))
            }
            StatusCode::UNAUTHORIZED => Err(Trouble::Unauthorized),
            _ => Err(refusal(response).await),
        }
    }

    fn address(&self, path: &str) -> Result<Url, Trouble> {
        let full = format!("api/v1/agent/{path}");
        self.base.join(&full).map_err(|error| Trouble::Malformed(error.to_string()))
    }
}

fn unreachable(error: reqwest::Error) -> Trouble {
    Trouble::Unreachable(error.without_url())
}

/// Reads the whole of an answer; one that is cut short is an error.
async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Trouble> {
    let body = read_body(response, LARGEST_ANSWER).await?;
    // The decoder's words may repeat a value, which may be a secret, so only the place is told.
    serde_json::from_slice(&body).map_err(|error| {
        Trouble::Malformed(format!("no JSON as expected, line {} column {}", error.line(), error.column()))
    })
}

async fn read_body(response: Response, limit: usize) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(unreachable)?;
        if body.len() + piece.len() > limit {
            return Err(Trouble::Malformed(format!("it is longer than {limit} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

async fn refusal(response: Response) -> Trouble {
    let status = response.status();
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let body = read_body(response, 64 * 1024).await.unwrap_or_default();
    let complaint = String::from_utf8_lossy(&body).trim().chars().take(LONGEST_COMPLAINT).collect();
    Trouble::Refused { status, retry_after: seconds.map(Duration::from_secs), complaint }
}
