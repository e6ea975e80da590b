//! `/api/v1/applications/{id}/versions`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::application::draft::{ChartInput, ResourceInput, VersionInput};
use grantry_model::application::{self as model, VersionFiles};
use grantry_model::field::FieldError;
use grantry_model::id::ApplicationId;
use grantry_ops::Ops;
use grantry_ops::application_version;
use grantry_ops::once::Once;
use grantry_wire::Time;
use grantry_wire::application::{
    ApplicationVersion, ApplicationVersionResource, CreateVersionForm, CreateVersionRequest,
    UpdateVersionRequest,
};
use grantry_wire::problem::Problem;
use http::{HeaderMap, StatusCode};

use crate::extract::{Api, ApplicationVersionPath, Json as Body, Multipart, Path, json};
use crate::problem::{ApiProblem, ApiResult};
use crate::respond::{Json, cacheable, created};

pub(super) fn present(version: &model::Version) -> ApplicationVersion {
    let chart = version.chart.as_ref();
    ApplicationVersion {
        id: version.id.0,
        created_at: Time(version.created_at),
        archived_at: version.archived_at.map(Time),
        name: version.name.as_str().to_owned(),
        link_template: version.link_template.clone(),
        application_id: version.application.0,
        chart_type: chart.map(|chart| chart.kind.as_str().to_owned()),
        chart_name: chart.and_then(|chart| chart.name.clone()),
        chart_url: chart.map(|chart| chart.url.clone()),
        chart_version: chart.map(|chart| chart.version.clone()),
    }
}

/// Add a version to an application
///
/// A Docker application needs a `composefile`, a Kubernetes application the chart. Files are checked, and kept byte for byte.
#[utoipa::path(post, operation_id = "application_version_create",
    path = "/api/v1/applications/{id}/versions", tag = "applications", security(("token" = [])),
    params(
        ("id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer."),
    ),
    request_body(content = CreateVersionForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = ApplicationVersion),
        (status = 400, body = Problem, description = "A field or file is not valid, with line and column; or the name is taken."),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 413, body = Problem, description = "A file is larger than 100 KiB."),
        (status = 415, body = Problem, description = "The body is no form, or a file's content type is not YAML or JSON."),
    ))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(application): Path<ApplicationId>,
    mut form: Multipart,
) -> Result<Response, Response> {
    let version: CreateVersionRequest = json::parse(&form.require("applicationversion")?)?;
    let files = VersionFiles {
        compose: form.file("composefile")?.map(Into::into),
        values: form.file("valuesfile")?.map(Into::into),
        template: form.file("templatefile")?.map(Into::into),
    };
    let answer = |made: &_| serde_json::to_string(&present(made)).unwrap_or_default();
    let once = Once { request: form.request, answer: &answer };
    let input = (application, input(&version, files));
    let outcome = application_version::create::create(&ops, &caller, input, &once).await;
    let outcome = outcome.map_err(|error| ApiProblem::from(error).into_response())?;
    Ok(created(StatusCode::OK, outcome, answer))
}

fn input(version: &CreateVersionRequest, files: VersionFiles) -> VersionInput<'_> {
    let resources = version.resources.iter().flatten().map(|one| ResourceInput {
        name: &one.name,
        content: &one.content,
        visible_to_customers: one.visible_to_customers,
    });
    VersionInput {
        name: &version.name,
        link_template: version.link_template.as_deref().unwrap_or_default(),
        chart: ChartInput {
            kind: version.chart_type.as_deref(),
            name: version.chart_name.as_deref(),
            url: version.chart_url.as_deref(),
            version: version.chart_version.as_deref(),
        },
        files,
        resources: resources.collect(),
    }
}

/// One version of an application
#[utoipa::path(get, operation_id = "application_version_show",
    path = "/api/v1/applications/{id}/versions/{version}", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path), ("version" = Uuid, Path)),
    responses((status = 200, body = ApplicationVersion), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(ops): State<Ops>,
    Api(caller): Api,
    ApplicationVersionPath(at): ApplicationVersionPath,
) -> ApiResult<Json<ApplicationVersion>> {
    Ok(Json(present(&application_version::show(&ops, &caller, at).await?)))
}

/// Rename a version, archive it or bring it back
#[utoipa::path(put, operation_id = "application_version_update",
    path = "/api/v1/applications/{id}/versions/{version}", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path), ("version" = Uuid, Path)), request_body = UpdateVersionRequest,
    responses(
        (status = 200, body = ApplicationVersion),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "The name would take the version out of a range that grants it."),
    ))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    ApplicationVersionPath(at): ApplicationVersionPath,
    Body(body): Body<UpdateVersionRequest>,
) -> ApiResult<Json<ApplicationVersion>> {
    if body.id.is_some_and(|id| id != at.1.0) {
        let message = "The id in the body is not the one of the address. Leave it out, or correct it.";
        return Err(FieldError::new("id", "id_mismatch", message).into());
    }
    let to = (body.name.as_str(), body.archived_at.map(|time| time.0));
    Ok(Json(present(&application_version::update::update(&ops, &caller, at, to).await?)))
}

/// The Compose file of a version
///
/// As it was uploaded; empty if there is none.
#[utoipa::path(get, operation_id = "application_version_compose_file",
    path = "/api/v1/applications/{id}/versions/{version}/compose-file", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path), ("version" = Uuid, Path)),
    responses(
        (status = 200, body = String, content_type = "application/yaml"),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn compose_file(
    State(ops): State<Ops>,
    Api(caller): Api,
    ApplicationVersionPath(at): ApplicationVersionPath,
    headers: HeaderMap,
) -> ApiResult<Response> {
    Ok(file(&headers, application_version::files(&ops, &caller, at).await?.compose))
}

/// The base values of a version
///
/// As they were uploaded; empty if there are none.
#[utoipa::path(get, operation_id = "application_version_values_file",
    path = "/api/v1/applications/{id}/versions/{version}/values-file", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path), ("version" = Uuid, Path)),
    responses(
        (status = 200, body = String, content_type = "application/yaml"),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn values_file(
    State(ops): State<Ops>,
    Api(caller): Api,
    ApplicationVersionPath(at): ApplicationVersionPath,
    headers: HeaderMap,
) -> ApiResult<Response> {
    Ok(file(&headers, application_version::files(&ops, &caller, at).await?.values))
}

/// What a deployment's env file or values start from
///
/// As it was uploaded; empty if there is none.
#[utoipa::path(get, operation_id = "application_version_template_file",
    path = "/api/v1/applications/{id}/versions/{version}/template-file", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path), ("version" = Uuid, Path)),
    responses(
        (status = 200, body = String, content_type = "application/yaml"),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn template_file(
    State(ops): State<Ops>,
    Api(caller): Api,
    ApplicationVersionPath(at): ApplicationVersionPath,
    headers: HeaderMap,
) -> ApiResult<Response> {
    Ok(file(&headers, application_version::files(&ops, &caller, at).await?.template))
}

/// A file never changes, but who may read it does.
fn file(headers: &HeaderMap, bytes: Option<Vec<u8>>) -> Response {
    cacheable(headers, "application/yaml", "max-age=300, private", bytes.unwrap_or_default())
}

/// The Markdown documents of a version
///
/// By name; a customer's members read those that are visible to customers.
#[utoipa::path(get, operation_id = "application_version_resources",
    path = "/api/v1/applications/{id}/versions/{version}/resources", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path), ("version" = Uuid, Path)),
    responses(
        (status = 200, body = Vec<ApplicationVersionResource>),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn resources(
    State(ops): State<Ops>,
    Api(caller): Api,
    ApplicationVersionPath(at): ApplicationVersionPath,
) -> ApiResult<Json<Vec<ApplicationVersionResource>>> {
    let found = application_version::resources(&ops, &caller, at).await?;
    let presented = found.into_iter().map(|resource| ApplicationVersionResource {
        id: resource.id.0,
        application_version_id: at.1.0,
        name: resource.name.as_str().to_owned(),
        content: resource.content,
        visible_to_customers: resource.visible_to_customers,
    });
    Ok(Json(presented.collect()))
}
