//! `/api/v1/organization`

use axum::extract::State;
use chrono::{DateTime, Utc};
use grantry_model::organization::Organization as Model;
use grantry_ops::Ops;
use grantry_ops::caller::Caller;
use grantry_ops::organization;
use grantry_ops::organization::artifacts::Changes;
use grantry_ops::organization::update::Decisions;
use grantry_wire::Time;
use grantry_wire::organization::{Organization, UpdateOrganizationRequest};
use grantry_wire::problem::Problem;

use crate::extract::{Api, Json as Body};
use crate::problem::ApiResult;
use crate::respond::Json;

pub(super) fn present(organization: &Model, caller: &Caller, now: DateTime<Utc>) -> Organization {
    let licensing = organization.subscription.includes_license_management(now);
    let features =
        [("licensing", licensing), ("artifact_version_mutable", organization.artifacts.tags_mutable)];
    let is_staff = caller.actor.customer.is_none();
    Organization {
        id: organization.id.0,
        created_at: Time(organization.created_at),
        name: organization.name.as_str().to_owned(),
        slug: organization.slug.as_str().to_owned(),
        features: features.iter().filter(|(_, has)| *has).map(|(name, _)| (*name).to_owned()).collect(),
        subscription_type: organization.subscription.plan.as_str().to_owned(),
        subscription_ends_at: organization.subscription.until.map(Time),
        artifact_version_mutable: organization.artifacts.tags_mutable,
        artifacts_restricted: is_staff.then_some(organization.artifacts.restricted),
        applications_restricted: is_staff.then_some(organization.applications_restricted),
    }
}

/// The organization
#[utoipa::path(get, operation_id = "organization_show",
    path = "/api/v1/organization", tag = "organization", security(("token" = [])),
    responses((status = 200, body = Organization)))]
pub(crate) async fn show(State(ops): State<Ops>, Api(caller): Api) -> ApiResult<Json<Organization>> {
    let found = organization::show(&ops, &caller).await?;
    Ok(Json(present(&found, &caller, ops.clock().now())))
}

/// Change the organization
///
/// What is absent stays, but for the name. Customers that are not restricted any more see every artifact, or every application.
#[utoipa::path(put, operation_id = "organization_update",
    path = "/api/v1/organization", tag = "organization", security(("token" = [])),
    request_body = UpdateOrganizationRequest,
    responses((status = 200, body = Organization), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Body(body): Body<UpdateOrganizationRequest>,
) -> ApiResult<Json<Organization>> {
    let artifacts =
        Changes { restricted: body.artifacts_restricted, tags_mutable: body.artifact_version_mutable };
    let decisions = Decisions { artifacts, applications_restricted: body.applications_restricted };
    let names = (body.name.as_str(), body.slug.as_deref());
    let changed = organization::update::update_with(&ops, &caller, names, decisions).await?;
    Ok(Json(present(&changed, &caller, ops.clock().now())))
}
