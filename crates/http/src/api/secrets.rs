//! `/api/v1/secrets`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::id::{CustomerId, SecretId};
use grantry_model::secret::Secret;
use grantry_ops::Ops;
use grantry_ops::once::Once;
use grantry_ops::secret;
use grantry_wire::Time;
use grantry_wire::deployment::AffectedDeployments;
use grantry_wire::problem::Problem;
use grantry_wire::secret as wire;
use http::{StatusCode, Uri};
use serde::Deserialize;

use super::deployments::affected::{Confirm, present as affected};
use super::parameter;
use crate::extract::{Api, Creation, Json as Body, Paging, Path, Query};
use crate::problem::{ApiProblem, ApiResult};
use crate::respond::{self, Json, created};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Only secrets of this customer.
    #[param(value_type = Option<uuid::Uuid>)]
    customer_organization_id: Option<String>,
}

fn present(secret: &Secret) -> wire::Secret {
    wire::Secret {
        id: secret.id.0,
        created_at: Time(secret.created_at),
        updated_at: Time(secret.updated_at),
        updated_by: secret
            .updated_by
            .map(|user| wire::SecretAuthor { id: user.0, name: secret.updated_by_name.clone() }),
        customer_organization_id: secret.customer.map(|customer| customer.0),
        key: secret.key.as_str().to_owned(),
        reference: secret.reference(),
    }
}

/// Secrets
///
/// By key, without their values, which nobody is ever shown. A customer's member sees the customer's.
#[utoipa::path(get, operation_id = "secret_list",
    path = "/api/v1/secrets", tag = "secrets", security(("token" = [])),
    params(
        Params,
        ("q" = Option<String>, Query, description = "Only secrets whose key contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<wire::Secret>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    Query(params): Query<Params>,
    uri: Uri,
) -> Result<Response, Response> {
    let of: Option<CustomerId> =
        parameter::id("customerOrganizationId", params.customer_organization_id.as_deref())?;
    let found = secret::list(&ops, &caller, of, &page).await;
    let found = found.map_err(|error| ApiProblem::from(error).into_response())?;
    Ok(respond::list(&uri, found, |one| present(&one)))
}

/// Create a secret
///
/// Templates of deployments read it as `{{ .Secrets.KEY }}`.
#[utoipa::path(post, operation_id = "secret_create",
    path = "/api/v1/secrets", tag = "secrets", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer.")),
    request_body = wire::CreateSecretRequest,
    responses(
        (status = 201, body = wire::Secret),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 409, body = Problem, description = "The key is taken."),
    ))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    creation: Creation<wire::CreateSecretRequest>,
) -> ApiResult<Response> {
    let input = secret::create::Input {
        key: &creation.body.key,
        value: &creation.body.value,
        customer: creation.body.customer_organization_id.map(Into::into),
    };
    let answer = |secret: &_| serde_json::to_string(&present(secret)).unwrap_or_default();
    let once = Once { request: creation.request.clone(), answer: &answer };
    let outcome = secret::create::create(&ops, &caller, input, &once).await?;
    Ok(created(StatusCode::CREATED, outcome, answer))
}

/// Give a secret another value
///
/// Deployments that read it are redeployed with it.
#[utoipa::path(put, operation_id = "secret_update",
    path = "/api/v1/secrets/{id}", tag = "secrets", security(("token" = [])),
    params(("id" = Uuid, Path), Confirm), request_body = wire::UpdateSecretRequest,
    responses(
        (status = 200, body = wire::UpdateSecretResponse),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = AffectedDeployments, description = "Deployments read it: confirm that they are redeployed."),
    ))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<SecretId>,
    Query(confirm): Query<Confirm>,
    Body(body): Body<wire::UpdateSecretRequest>,
) -> ApiResult<Json<wire::UpdateSecretResponse>> {
    let updated = secret::update::update(&ops, &caller, id, &body.value, confirm.confirmation()).await?;
    Ok(Json(wire::UpdateSecretResponse {
        secret: present(&updated.secret),
        affected_deployments: affected(&updated.affected),
    }))
}

/// Delete a secret
///
/// If no deployment reads it.
#[utoipa::path(delete, operation_id = "secret_delete",
    path = "/api/v1/secrets/{id}", tag = "secrets", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = AffectedDeployments, description = "Deployments read it."),
    ))]
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<SecretId>,
) -> ApiResult<StatusCode> {
    secret::delete::delete(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
