//! `/api/v1/artifact-pulls` and the dashboard of pulls.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::id::ArtifactId;
use grantry_model::page::PageRequest;
use grantry_model::pull::{Pull, PullFilter, PullOption};
use grantry_ops::Ops;
use grantry_ops::pulls::{self, Series};
use grantry_ops::{customer, error};
use grantry_wire::Time;
use grantry_wire::problem::Problem;
use grantry_wire::pull::{
    ArtifactPull, ArtifactsByCustomer, LatestPull, PullFilterOption, PullFilterOptions, PullSeries,
    PulledArtifact, PulledVersion, SeriesPart,
};
use http::Uri;
use serde::Deserialize;

use super::{customers, parameter};
use crate::csv;
use crate::extract::{Api, Paging, Query};
use crate::problem::{ApiProblem, ApiResult};
use crate::respond::{self, Json};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Only pulls before this moment, RFC 3339.
    before: Option<String>,
    /// Only pulls from this moment on, RFC 3339.
    after: Option<String>,
    /// Only pulls by members of this customer.
    #[param(value_type = Option<uuid::Uuid>)]
    customer_organization_id: Option<String>,
    /// Only pulls by this user.
    #[param(value_type = Option<uuid::Uuid>)]
    user_account_id: Option<String>,
    /// Only pulls from this network address.
    remote_address: Option<String>,
    /// Only pulls of this artifact.
    #[param(value_type = Option<uuid::Uuid>)]
    artifact_id: Option<String>,
    /// Only pulls of this version, or by this tag.
    #[param(value_type = Option<uuid::Uuid>)]
    artifact_version_id: Option<String>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Count {
    /// At most so many, 1 to 1000; 50 without.
    #[param(value_type = Option<usize>)]
    count: Option<String>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct OfArtifact {
    /// The artifact.
    #[param(value_type = Option<uuid::Uuid>)]
    artifact_id: Option<String>,
    /// How many days up to today, 1 to 366; 30 without.
    #[param(value_type = Option<u32>)]
    days: Option<String>,
}

fn filter(params: Params) -> Result<PullFilter, Response> {
    Ok(PullFilter {
        before: parameter::time("before", params.before.as_deref())?,
        after: parameter::time("after", params.after.as_deref())?,
        customer: parameter::id("customerOrganizationId", params.customer_organization_id.as_deref())?,
        user: parameter::id("userAccountId", params.user_account_id.as_deref())?,
        address: None,
        whole_address: params.remote_address.filter(|text| !text.is_empty()),
        artifact: parameter::id("artifactId", params.artifact_id.as_deref())?,
        version: parameter::id("artifactVersionId", params.artifact_version_id.as_deref())?,
    })
}

fn failed(error: error::Error) -> Response {
    ApiProblem::from(error).into_response()
}

fn present_artifact(pull: &Pull) -> PulledArtifact {
    PulledArtifact {
        id: pull.artifact.0,
        created_at: pull.artifact_created_at.map(Time),
        name: pull.artifact_name.clone(),
    }
}

fn present(pull: &Pull) -> ArtifactPull {
    ArtifactPull {
        id: pull.id.0,
        created_at: Time(pull.at),
        remote_address: pull.address.clone(),
        user_agent: pull.user_agent.clone(),
        user_account_id: pull.user.map(|user| user.0),
        user_account_name: pull.user_name.clone(),
        user_account_email: pull.user_email.clone(),
        customer_organization_id: pull.customer.map(|customer| customer.0),
        customer_organization_name: pull.customer_name.clone(),
        artifact: present_artifact(pull),
        artifact_version: PulledVersion {
            id: pull.manifest.0,
            created_at: pull.pushed_at.map(Time),
            updated_at: None,
            name: pull.reference.clone(),
            manifest_blob_digest: pull.digest.clone(),
            manifest_content_type: pull.media_type.clone(),
            artifact_id: pull.artifact.0,
        },
    }
}

fn present_options(options: Vec<PullOption>) -> Vec<PullFilterOption> {
    options.into_iter().map(|option| PullFilterOption { id: option.id, name: option.name }).collect()
}

/// Pulls
///
/// The newest first. A pull is counted once, for the manifest that was asked for, and stays when what it names is deleted.
#[utoipa::path(get, operation_id = "artifact_pull_list",
    path = "/api/v1/artifact-pulls", tag = "artifacts", security(("token" = [])),
    params(
        Params, Count,
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<ArtifactPull>), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    query: (Query<Params>, Query<Count>),
    uri: Uri,
) -> Result<Response, Response> {
    let (Query(params), Query(count)) = query;
    let filter = filter(params)?;
    let count = parameter::number("count", count.count.as_deref())?.or(page.limit);
    let found = pulls::list(&ops, &caller, &filter, (page.after.as_ref(), count)).await.map_err(failed)?;
    Ok(respond::list(&uri, found, |pull| present(&pull)))
}

/// Pulls as a file
///
/// Comma-separated values with a line of names, the newest pulls first, at most 10,000.
#[utoipa::path(get, operation_id = "artifact_pull_export",
    path = "/api/v1/artifact-pulls/export", tag = "artifacts", security(("token" = [])),
    params(Params),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
    ))]
pub(crate) async fn export(
    State(ops): State<Ops>,
    Api(caller): Api,
    Query(params): Query<Params>,
) -> Result<Response, Response> {
    let filter = filter(params)?;
    let found = pulls::export(&ops, &caller, &filter).await.map_err(failed)?;
    Ok(csv::pulls(&found))
}

/// What pulls can be filtered by
#[utoipa::path(get, operation_id = "artifact_pull_filter_options",
    path = "/api/v1/artifact-pulls/filter-options", tag = "artifacts", security(("token" = [])),
    responses((status = 200, body = PullFilterOptions), (status = 403, body = Problem)))]
pub(crate) async fn filter_options(
    State(ops): State<Ops>,
    Api(caller): Api,
) -> ApiResult<Json<PullFilterOptions>> {
    let options = pulls::filter_options(&ops, &caller).await?;
    Ok(Json(PullFilterOptions {
        customer_organizations: present_options(options.customers),
        user_accounts: present_options(options.users),
        artifacts: present_options(options.artifacts),
        remote_addresses: options.addresses,
    }))
}

/// Which versions of an artifact pulls can be filtered by
#[utoipa::path(get, operation_id = "artifact_pull_version_options",
    path = "/api/v1/artifact-pulls/filter-options/versions", tag = "artifacts", security(("token" = [])),
    params(("artifactId" = Uuid, Query, description = "The artifact.")),
    responses((status = 200, body = Vec<PullFilterOption>), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn version_options(
    State(ops): State<Ops>,
    Api(caller): Api,
    Query(params): Query<OfArtifact>,
) -> Result<Json<Vec<PullFilterOption>>, Response> {
    let artifact: Option<ArtifactId> = parameter::id("artifactId", params.artifact_id.as_deref())?;
    let artifact = parameter::required("artifactId", artifact)?;
    let found = pulls::version_options(&ops, &caller, artifact).await.map_err(failed)?;
    Ok(Json(present_options(found)))
}

/// Pulls day by day
///
/// Of one artifact or of all, by customer.
#[utoipa::path(get, operation_id = "artifact_pull_series",
    path = "/api/v1/artifact-pulls/series", tag = "artifacts", security(("token" = [])),
    params(OfArtifact),
    responses((status = 200, body = PullSeries), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn series(
    State(ops): State<Ops>,
    Api(caller): Api,
    Query(params): Query<OfArtifact>,
) -> Result<Json<PullSeries>, Response> {
    let artifact = parameter::id("artifactId", params.artifact_id.as_deref())?;
    let days = parameter::number("days", params.days.as_deref())?.unwrap_or(30);
    let found = pulls::series(&ops, &caller, artifact, days).await.map_err(failed)?;
    Ok(Json(present_series(&found)))
}

fn present_series(series: &Series) -> PullSeries {
    let parts = series.pullers.iter().enumerate().map(|(index, puller)| SeriesPart {
        id: puller.customer.map(|customer| customer.0),
        name: puller.name.clone(),
        counts: series.days.iter().map(|(_, counts)| counts[index]).collect(),
    });
    PullSeries {
        customer_organizations: parts.collect(),
        days: series.days.iter().map(|(date, _)| date.to_string()).collect(),
    }
}

/// Artifacts by customer
///
/// Every customer, by name, with the last pull of each artifact.
#[utoipa::path(get, operation_id = "dashboard_artifacts_by_customer",
    path = "/api/v1/dashboard/artifacts-by-customer", tag = "artifacts", security(("token" = [])),
    responses((status = 200, body = Vec<ArtifactsByCustomer>), (status = 403, body = Problem)))]
pub(crate) async fn by_customer(
    State(ops): State<Ops>,
    Api(caller): Api,
) -> ApiResult<Json<Vec<ArtifactsByCustomer>>> {
    let pulls = pulls::last_by_customer(&ops, &caller).await?;
    let customers = customer::list(&ops, &caller, &PageRequest::default()).await?;
    let rows = customers.items.iter().map(|(customer, _)| {
        let own = pulls.iter().filter(|pull| pull.customer == Some(customer.id));
        let artifacts = own.map(|pull| LatestPull {
            artifact: present_artifact(pull),
            latest_pulled_version: pull.reference.clone(),
            latest_pulled_at: Time(pull.at),
        });
        ArtifactsByCustomer { customer: customers::present(customer), artifacts: artifacts.collect() }
    });
    Ok(Json(rows.collect()))
}
