//! `POST /api/v1/agent/login`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_ops::Ops;
use grantry_ops::agent::login;
use grantry_wire::agent::LoginResponse;

use super::credential::Basic;
use super::target_id;
use crate::extract::Client;
use crate::problem::ApiProblem;
use crate::respond::Json;

/// Gives a token for a target's secret.
pub(super) async fn login(
    State(ops): State<Ops>,
    basic: Basic,
    Client(visitor): Client,
) -> Result<Json<LoginResponse>, Response> {
    let target = target_id(&basic.target)?;
    let token = login::login(&ops, target, &basic.secret, &visitor.address).await;
    let token = token.map_err(|error| ApiProblem::from(error).into_response())?;
    Ok(Json(LoginResponse { token, requires_mfa: false }))
}
