//! `/api/v1/context` and `/api/v1/organizations`

use axum::extract::State;
use grantry_model::user::Membership;
use grantry_ops::Ops;
use grantry_ops::session::switch::list_memberships;
use grantry_ops::{member, organization as ops_organization};
use grantry_wire::Time;
use grantry_wire::organization::{Context, OrganizationWithUserRole};
use grantry_wire::problem::Problem;

use super::{customers, organization, users};
use crate::extract::Api;
use crate::problem::ApiResult;
use crate::respond::Json;

fn present(membership: &Membership) -> OrganizationWithUserRole {
    let customer = membership.customer.as_ref();
    OrganizationWithUserRole {
        id: membership.organization.0,
        name: membership.organization_name.as_str().to_owned(),
        user_role: membership.role.as_str().to_owned(),
        customer_organization_id: customer.map(|(id, _)| id.0),
        customer_organization_name: customer.map(|(_, name)| name.as_str().to_owned()),
        joined_org_at: Time(membership.joined_at),
    }
}

/// Who the caller is, and where
#[utoipa::path(get, operation_id = "context_show",
    path = "/api/v1/context", tag = "account", security(("token" = [])),
    responses((status = 200, body = Context), (status = 401, body = Problem)))]
pub(crate) async fn show(State(ops): State<Ops>, Api(caller): Api) -> ApiResult<Json<Context>> {
    let member = member::show(&ops, &caller, caller.actor.user).await?;
    let found = ops_organization::show(&ops, &caller).await?;
    let memberships = list_memberships(&ops, caller.actor.user).await?;
    let customer = grantry_ops::customer::own(&ops, &caller).await?;
    Ok(Json(Context {
        user: users::present(&member),
        organization: organization::present(&found, &caller, ops.clock().now()),
        customer_organization: customer.as_ref().map(customers::present),
        available_contexts: memberships.iter().map(present).collect(),
        can_create_organization: false,
    }))
}

/// Where the caller is a member
#[utoipa::path(get, operation_id = "context_list_organizations",
    path = "/api/v1/organizations", tag = "account", security(("token" = [])),
    responses((status = 200, body = Vec<OrganizationWithUserRole>)))]
pub(crate) async fn list_organizations(
    State(ops): State<Ops>,
    Api(caller): Api,
) -> ApiResult<Json<Vec<OrganizationWithUserRole>>> {
    let memberships = list_memberships(&ops, caller.actor.user).await?;
    Ok(Json(memberships.iter().map(present).collect()))
}
