//! `/api/v1/user-accounts`

use axum::extract::State;
use axum::response::Response;
use grantry_model::id::UserId;
use grantry_model::user::Member;
use grantry_ops::member;
use grantry_ops::member::invite::{self, Input, Invited};
use grantry_ops::once::Once;
use grantry_wire::Time;
use grantry_wire::problem::Problem;
use grantry_wire::user::{Invitation, InviteRequest, UpdateUserRequest, User};
use http::{StatusCode, Uri};

use crate::app::App;
use crate::extract::{Api, Creation, Json as Body, Paging, Path};
use crate::problem::ApiResult;
use crate::respond::{self, Json, created};

pub(super) fn present(member: &Member) -> User {
    User {
        id: member.user.id.0,
        created_at: Time(member.user.created_at),
        email: member.user.email.as_str().to_owned(),
        email_verified: member.user.active,
        name: Some(member.user.name.clone()).filter(|name| !name.is_empty()),
        mfa_enabled: false,
        user_role: member.role.as_str().to_owned(),
        joined_org_at: Time(member.joined_at),
        customer_organization_id: member.customer.map(|customer| customer.0),
    }
}

/// The address of a link by which somebody sets a password.
pub(crate) fn link_url(app: &App, invited: &Invited) -> String {
    invited.link.as_ref().map_or_else(String::new, |secret| {
        let token = grantry_ui::route::Segment(secret.reveal().to_owned());
        format!("{}{}", app.public_url(), grantry_ui::route::SetPassword { token })
    })
}

/// Members
///
/// By address: the vendor's staff sees all members of the organization, a customer's member those of the customer.
#[utoipa::path(get, operation_id = "user_list",
    path = "/api/v1/user-accounts", tag = "members", security(("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "Only members whose address or name contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<User>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Api(caller): Api,
    Paging(page): Paging,
    uri: Uri,
) -> ApiResult<Response> {
    let members = member::list(&app.ops, &caller, &page).await?;
    Ok(respond::list(&uri, members, |member| present(&member)))
}

/// Invite somebody
///
/// Answers with the link by which they set a password. It is shown this once; `…/invite` makes another one.
#[utoipa::path(post, operation_id = "user_invite",
    path = "/api/v1/user-accounts", tag = "members", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer, without the link.")),
    request_body = InviteRequest,
    responses((status = 200, body = Invitation), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn invite(
    State(app): State<App>,
    Api(caller): Api,
    creation: Creation<InviteRequest>,
) -> ApiResult<Response> {
    let body = &creation.body;
    let input = Input {
        email: &body.email,
        name: body.name.as_deref().unwrap_or(""),
        role: &body.user_role,
        customer: body.customer_organization_id.map(Into::into),
    };
    // The link is a secret, so the answer that is kept for a repeat has none.
    let answer = |invited: &Invited| text(&invited.member, String::new());
    let once = Once { request: creation.request.clone(), answer: &answer };
    let outcome = invite::invite(&app.ops, &caller, input, &once).await?;
    Ok(created(StatusCode::OK, outcome, |invited| text(&invited.member, link_url(&app, invited))))
}

fn text(member: &Member, invite_url: String) -> String {
    serde_json::to_string(&Invitation { user: present(member), invite_url }).unwrap_or_default()
}

/// Make another link for a member who has not set a password yet
///
/// The link before it stops working.
#[utoipa::path(post, operation_id = "user_invite_again",
    path = "/api/v1/user-accounts/{id}/invite", tag = "members", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Invitation), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn invite_again(
    State(app): State<App>,
    Api(caller): Api,
    Path(id): Path<UserId>,
) -> ApiResult<Json<Invitation>> {
    let invited = invite::invite_again(&app.ops, &caller, id).await?;
    let invite_url = link_url(&app, &invited);
    Ok(Json(Invitation { user: present(&invited.member), invite_url }))
}

/// Change a member's role
#[utoipa::path(patch, operation_id = "user_update",
    path = "/api/v1/user-accounts/{id}", tag = "members", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = UpdateUserRequest,
    responses((status = 200, body = User), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn update(
    State(app): State<App>,
    Api(caller): Api,
    Path(id): Path<UserId>,
    Body(body): Body<UpdateUserRequest>,
) -> ApiResult<Json<User>> {
    let member = member::update::update(&app.ops, &caller, id, &body.user_role).await?;
    Ok(Json(present(&member)))
}

/// Remove a member
///
/// With their access tokens of this organization. The account stays.
#[utoipa::path(delete, operation_id = "user_remove",
    path = "/api/v1/user-accounts/{id}", tag = "members", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn remove(
    State(app): State<App>,
    Api(caller): Api,
    Path(id): Path<UserId>,
) -> ApiResult<StatusCode> {
    member::remove::remove(&app.ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
