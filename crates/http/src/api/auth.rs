//! `/api/v1/auth`: signing in and out by API. The token of a session goes into `Authorization: Bearer …`.

use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use grantry_ops::Ops;
use grantry_ops::account::accept_link::accept_link;
use grantry_ops::error::Error;
use grantry_ops::hub_secret::{Secret, SecretKind};
use grantry_ops::session::authenticate::{Identity, authenticate};
use grantry_ops::session::switch::switch;
use grantry_ops::session::{Opened, end, sign_in};
use grantry_wire::auth::{AcceptInvitationRequest, LoginRequest, LoginResponse, SwitchContextRequest};
use grantry_wire::problem::Problem;
use http::StatusCode;
use http::request::Parts;

use crate::app::App;
use crate::extract::address::client_address;
use crate::extract::caller::presented;
use crate::extract::{Client, Json as Body};
use crate::problem::{ApiProblem, ApiResult};
use crate::respond::Json;

fn present(opened: &Opened) -> Json<LoginResponse> {
    Json(LoginResponse { token: opened.secret.reveal().to_owned(), requires_mfa: false })
}

/// Sign in
#[utoipa::path(post, operation_id = "auth_login",
    path = "/api/v1/auth/login", tag = "account", request_body = LoginRequest,
    responses((status = 200, body = LoginResponse), (status = 400, body = Problem, description = "Address or password is wrong."),
        (status = 429, body = Problem)))]
pub(crate) async fn login(
    State(ops): State<Ops>,
    Client(visitor): Client,
    Body(body): Body<LoginRequest>,
) -> ApiResult<Json<LoginResponse>> {
    let opened = sign_in::sign_in(&ops, &body.email, &body.password, &visitor).await?;
    Ok(present(&opened))
}

/// The session that a client presents; its owner need not be a member of the session's organization any more.
pub(crate) struct OwnSession {
    identity: Identity,
    session: grantry_model::id::SessionId,
    address: String,
}

impl FromRequestParts<App> for OwnSession {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let refuse = |error: Error| ApiProblem::from(error).into_response();
        let secret = presented(parts, app).ok_or_else(|| refuse(Error::Unauthenticated))?;
        let identity = authenticate(&app.ops, &secret).await.map_err(refuse)?;
        let session = identity.session.ok_or_else(|| refuse(Error::Unauthenticated))?;
        let address = client_address(app, &parts.headers, &parts.extensions).to_string();
        Ok(Self { identity, session, address })
    }
}

/// Sign out
#[utoipa::path(post, operation_id = "auth_logout",
    path = "/api/v1/auth/logout", tag = "account", security(("token" = [])),
    responses((status = 204), (status = 401, body = Problem)))]
pub(crate) async fn logout(
    State(ops): State<Ops>,
    OwnSession { identity, address, .. }: OwnSession,
) -> ApiResult<StatusCode> {
    end::sign_out(&ops, identity, address).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Act in another organization
#[utoipa::path(post, operation_id = "auth_switch_context",
    path = "/api/v1/auth/switch-context", tag = "account", security(("token" = [])),
    request_body = SwitchContextRequest,
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn switch_context(
    State(ops): State<Ops>,
    OwnSession { identity, session, .. }: OwnSession,
    Body(body): Body<SwitchContextRequest>,
) -> ApiResult<StatusCode> {
    switch(&ops, identity.user, session, body.organization_id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The one-time secret of a link, as `Authorization: Bearer …`.
pub(crate) struct LinkSecret(Secret);

impl FromRequestParts<App> for LinkSecret {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let secret = presented(parts, app).filter(|secret| secret.kind() == SecretKind::Link);
        secret.map(Self).ok_or_else(|| ApiProblem::from(Error::Unauthenticated).into_response())
    }
}

/// Set a password by an invitation
///
/// The last part of the invitation's link is the bearer token. Answers with a session.
#[utoipa::path(post, operation_id = "auth_accept_invitation",
    path = "/api/v1/auth/invite/accept", tag = "account", security(("token" = [])),
    request_body = AcceptInvitationRequest,
    responses((status = 200, body = LoginResponse), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn accept_invitation(
    State(ops): State<Ops>,
    LinkSecret(secret): LinkSecret,
    Client(visitor): Client,
    Body(body): Body<AcceptInvitationRequest>,
) -> ApiResult<Json<LoginResponse>> {
    let name = body.name.as_deref().unwrap_or("");
    let opened = accept_link(&ops, &secret, name, &body.password, &visitor).await?;
    Ok(present(&opened))
}
