//! `/api/v1/settings/tokens`

use axum::extract::State;
use axum::response::Response;
use grantry_model::access_token::AccessToken as Token;
use grantry_model::id::AccessTokenId;
use grantry_model::role::Role;
use grantry_ops::Ops;
use grantry_ops::access_token;
use grantry_ops::access_token::create::{Input, Made};
use grantry_ops::once::Once;
use grantry_wire::Time;
use grantry_wire::access_token::{AccessToken, CreateAccessTokenRequest, CreatedAccessToken};
use grantry_wire::problem::Problem;
use http::StatusCode;

use crate::extract::{Api, Creation, Path};
use crate::problem::ApiResult;
use crate::respond::{Json, created};

fn present(token: &Token) -> AccessToken {
    AccessToken {
        id: token.id.0,
        created_at: Time(token.created_at),
        expires_at: token.expires_at.map(Time),
        last_used_at: token.last_used_at.map(Time),
        label: Some(token.label.clone()).filter(|label| !label.is_empty()),
        user_role: token.role.map(|role| Role::as_str(role).to_owned()),
    }
}

/// Own access tokens
#[utoipa::path(get, operation_id = "access_token_list",
    path = "/api/v1/settings/tokens", tag = "account", security(("token" = [])),
    responses((status = 200, body = Vec<AccessToken>)))]
pub(crate) async fn list(State(ops): State<Ops>, Api(caller): Api) -> ApiResult<Json<Vec<AccessToken>>> {
    let tokens = access_token::list(&ops, &caller).await?;
    Ok(Json(tokens.iter().map(present).collect()))
}

/// Make an access token
///
/// Its secret, `key`, is shown this once. It never does more than its maker can now.
#[utoipa::path(post, operation_id = "access_token_create",
    path = "/api/v1/settings/tokens", tag = "account", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer, without the secret.")),
    request_body = CreateAccessTokenRequest,
    responses((status = 200, body = CreatedAccessToken), (status = 400, body = Problem)))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    creation: Creation<CreateAccessTokenRequest>,
) -> ApiResult<Response> {
    let body = &creation.body;
    let input = Input {
        label: body.label.as_deref().unwrap_or(""),
        role: body.user_role.as_deref(),
        expires_at: body.expires_at.map(|time| time.0),
    };
    let answer = |made: &Made| text(&made.token, None);
    let once = Once { request: creation.request.clone(), answer: &answer };
    let outcome = access_token::create::create(&ops, &caller, input, &once).await?;
    Ok(created(StatusCode::OK, outcome, |made| text(&made.token, Some(made.secret.reveal().to_owned()))))
}

fn text(token: &Token, key: Option<String>) -> String {
    serde_json::to_string(&CreatedAccessToken { token: present(token), key }).unwrap_or_default()
}

/// Delete an access token
///
/// It is refused from the next request on.
#[utoipa::path(delete, operation_id = "access_token_delete",
    path = "/api/v1/settings/tokens/{id}", tag = "account", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<AccessTokenId>,
) -> ApiResult<StatusCode> {
    access_token::delete::delete(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
