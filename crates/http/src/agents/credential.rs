//! Agents' credentials, as requests show them.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use grantry_ops::Ops;
use grantry_ops::agent::logs;
use grantry_ops::agent::session::{self, Bearer, Session};
use grantry_ops::agent::version::AgentVersion;
use grantry_ops::error::{Error, Result};
use http::header::{AUTHORIZATION, USER_AGENT};
use http::request::Parts;

use crate::app::App;
use crate::problem::ApiProblem;

/// An agent with a token that the hub gave. Whether it is let in is asked by [`Known::enter`], once its body has been read: nothing
/// of the database is held while somebody sends slowly.
pub(super) struct Known {
    bearer: Bearer,
    version: Option<String>,
}

impl FromRequestParts<App> for Known {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<Self, Response> {
        let token = credential(parts, "bearer").ok_or(Error::Unauthenticated);
        let bearer = token.and_then(|token| session::bear(&app.ops, token));
        let bearer = bearer.map_err(|error| ApiProblem::from(error).into_response())?;
        Ok(Self { bearer, version: version(parts) })
    }
}

impl Known {
    /// Lets the agent in.
    pub(super) async fn enter(&self, ops: &Ops) -> Result<Session> {
        session::enter(ops, self.bearer, self.version.as_deref()).await
    }
}

/// An agent that may send logs now. One that sent too many is refused before its body is read.
pub(super) struct LogSender(pub(super) Known);

impl FromRequestParts<App> for LogSender {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<Self, Response> {
        let known = Known::from_request_parts(parts, app).await?;
        logs::check(&app.ops, known.bearer).map_err(|error| ApiProblem::from(error).into_response())?;
        Ok(Self(known))
    }
}

/// The version that the agent says it has.
fn version(parts: &Parts) -> Option<String> {
    let user_agent = parts.headers.get(USER_AGENT)?.to_str().ok()?;
    AgentVersion::of_user_agent(user_agent).map(str::to_owned)
}

/// A target's id and secret, by Basic. The id is text still: one that is malformed is another error than a wrong one.
pub(super) struct Basic {
    pub(super) target: String,
    pub(super) secret: String,
}

impl FromRequestParts<App> for Basic {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> std::result::Result<Self, Response> {
        let read = || {
            let decoded = STANDARD.decode(credential(parts, "basic")?).ok()?;
            let (target, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
            Some(Self { target: target.to_owned(), secret: secret.to_owned() })
        };
        read().ok_or_else(|| ApiProblem::from(Error::Unauthenticated).into_response())
    }
}

fn credential<'p>(parts: &'p Parts, wanted: &str) -> Option<&'p str> {
    let (scheme, credential) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then(|| credential.trim())
}
