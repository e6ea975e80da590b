//! `/api/v1/settings/sessions`

use axum::extract::State;
use grantry_model::actor::Credential;
use grantry_model::id::SessionId;
use grantry_ops::Ops;
use grantry_ops::session;
use grantry_wire::Time;
use grantry_wire::problem::Problem;
use grantry_wire::session::Session;
use http::StatusCode;

use crate::extract::{Api, Path};
use crate::problem::ApiResult;
use crate::respond::Json;

/// Own sessions
///
/// The last used first.
#[utoipa::path(get, operation_id = "session_list",
    path = "/api/v1/settings/sessions", tag = "account", security(("token" = [])),
    responses((status = 200, body = Vec<Session>)))]
pub(crate) async fn list(State(ops): State<Ops>, Api(caller): Api) -> ApiResult<Json<Vec<Session>>> {
    let sessions = session::list(&ops, &caller).await?;
    let present = |session: grantry_model::session::Session| Session {
        id: session.id.0,
        created_at: Time(session.created_at),
        last_used_at: Time(session.last_used_at),
        expires_at: Time(session.expires_at),
        current: caller.actor.credential == Credential::Session(session.id),
        address: session.address,
        user_agent: session.user_agent,
    };
    Ok(Json(sessions.into_iter().map(present).collect()))
}

/// End a session
#[utoipa::path(delete, operation_id = "session_end",
    path = "/api/v1/settings/sessions/{id}", tag = "account", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn end(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<SessionId>,
) -> ApiResult<StatusCode> {
    session::end::end(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
