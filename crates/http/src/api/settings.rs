//! `/api/v1/settings/user`

use axum::extract::State;
use grantry_ops::Ops;
use grantry_ops::account;
use grantry_ops::account::update::{Input, NewPassword};
use grantry_ops::member;
use grantry_wire::problem::Problem;
use grantry_wire::user::{UpdateAccountRequest, User};

use super::users;
use crate::extract::{Api, Json as Body};
use crate::problem::ApiResult;
use crate::respond::Json;

/// Change the own name or password
///
/// A new password needs the current one and a session, and ends the other sessions.
#[utoipa::path(post, operation_id = "account_update",
    path = "/api/v1/settings/user", tag = "account", security(("token" = [])),
    request_body = UpdateAccountRequest,
    responses((status = 200, body = User), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Body(body): Body<UpdateAccountRequest>,
) -> ApiResult<Json<User>> {
    let current = body.current_password.as_deref().unwrap_or("");
    let password = body.password.as_deref().map(|new| NewPassword { current, new });
    account::update::update(&ops, &caller, Input { name: body.name.as_deref(), password }).await?;
    let member = member::show(&ops, &caller, caller.actor.user).await?;
    Ok(Json(users::present(&member)))
}
