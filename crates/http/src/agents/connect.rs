//! `GET /api/v1/connect`, by which an agent is started, and `GET /api/v1/agent/manifest`, by which it replaces itself.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_ops::Ops;
use grantry_ops::agent::connect::{self, Connection};
use grantry_ops::error::{Error, Result};
use http::header::CONTENT_TYPE;
use serde::Deserialize;

use super::credential::Known;
use super::manifest::{Place, manifest};
use super::target_id;
use crate::extract::{Client, Query};
use crate::problem::{ApiProblem, ApiResult};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Params {
    #[serde(default)]
    target_id: String,
    #[serde(default)]
    target_secret: String,
}

/// The manifest, for who has the target's secret. It stands in the query because the command that a person runs is one line; the
/// hub logs no query, and no connected agent ever sends it so.
pub(super) async fn connect(
    State(ops): State<Ops>,
    Query(params): Query<Params>,
    Client(visitor): Client,
) -> std::result::Result<Response, Response> {
    let found = find(&ops, &params, &visitor.address).await?;
    Ok(yaml(manifest(&found, &Place::of(&ops), Some(&params.target_secret))))
}

/// The same as a shell script that runs it.
pub(super) async fn pre_connect(
    State(ops): State<Ops>,
    Query(params): Query<Params>,
    Client(visitor): Client,
) -> std::result::Result<Response, Response> {
    let found = find(&ops, &params, &visitor.address).await?;
    let command = connect::command(&ops, &found.target, &params.target_secret);
    let script = format!("#!/bin/sh\nset -e\n{command}\n");
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], script).into_response())
}

/// The manifest for an agent that is connected, which knows its secret.
pub(super) async fn again(State(ops): State<Ops>, known: Known) -> ApiResult<Response> {
    let session = known.enter(&ops).await?;
    let found = connect::reconnect(&ops, session).await?;
    Ok(yaml(manifest(&found, &Place::of(&ops), None)))
}

async fn find(ops: &Ops, params: &Params, address: &str) -> std::result::Result<Connection, Response> {
    let target = target_id(&params.target_id)?;
    let found: Result<_> = if params.target_secret.is_empty() {
        Err(Error::Unauthenticated)
    } else {
        connect::connect(ops, target, &params.target_secret, address).await
    };
    found.map_err(|error| ApiProblem::from(error).into_response())
}

fn yaml(text: String) -> Response {
    ([(CONTENT_TYPE, "application/yaml")], text).into_response()
}
