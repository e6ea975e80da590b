//! `/api/v1/applications`

use axum::extract::State;
use axum::response::Response;
use grantry_model::application as model;
use grantry_model::id::ApplicationId;
use grantry_ops::Ops;
use grantry_ops::application::{self, Detail, update::Input};
use grantry_ops::once::Once;
use grantry_wire::Time;
use grantry_wire::application::{
    Application, CreateApplicationRequest, PatchApplicationRequest, UpdateApplicationRequest,
};
use grantry_wire::file::ImageRequest;
use grantry_wire::problem::Problem;
use http::{StatusCode, Uri};

use super::{application_versions, files};
use crate::extract::{Api, Creation, Json as Body, Paging, Path};
use crate::problem::ApiResult;
use crate::respond::{self, Json, created};

/// The application with these of its versions.
pub(super) fn present(application: &model::Application, versions: &[model::Version]) -> Application {
    Application {
        id: application.id.0,
        created_at: Time(application.created_at),
        name: application.name.as_str().to_owned(),
        kind: application.kind.as_str().to_owned(),
        image_id: application.image.map(Into::into),
        image_url: application.image.map(files::url),
        versions: versions.iter().map(application_versions::present).collect(),
    }
}

fn present_detail(detail: &Detail) -> Application {
    present(&detail.application, &detail.versions)
}

/// Applications
///
/// By name, each with its versions. A customer's members see those that the customer is entitled to.
#[utoipa::path(get, operation_id = "application_list",
    path = "/api/v1/applications", tag = "applications", security(("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "Only applications whose name contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<Application>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    uri: Uri,
) -> ApiResult<Response> {
    let found = application::list(&ops, &caller, &page).await?;
    Ok(respond::list(&uri, found, |detail| present_detail(&detail)))
}

/// Create an application
#[utoipa::path(post, operation_id = "application_create",
    path = "/api/v1/applications", tag = "applications", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer.")),
    request_body = CreateApplicationRequest,
    responses(
        (status = 200, body = Application),
        (status = 400, body = Problem, description = "A field is not valid, or the name is taken."),
        (status = 403, body = Problem),
    ))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    creation: Creation<CreateApplicationRequest>,
) -> ApiResult<Response> {
    let answer = |made: &_| serde_json::to_string(&present(made, &[])).unwrap_or_default();
    let once = Once { request: creation.request, answer: &answer };
    let input = (creation.body.name.as_str(), creation.body.kind.as_str());
    let outcome = application::create::create(&ops, &caller, input, &once).await?;
    Ok(created(StatusCode::OK, outcome, answer))
}

/// One application
#[utoipa::path(get, operation_id = "application_show",
    path = "/api/v1/applications/{id}", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Application), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ApplicationId>,
) -> ApiResult<Json<Application>> {
    Ok(Json(present_detail(&application::show(&ops, &caller, id).await?)))
}

/// Rename an application
#[utoipa::path(put, operation_id = "application_update",
    path = "/api/v1/applications/{id}", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = UpdateApplicationRequest,
    responses(
        (status = 200, body = Application),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ApplicationId>,
    Body(body): Body<UpdateApplicationRequest>,
) -> ApiResult<Json<Application>> {
    let input = Input {
        id: body.id.map(Into::into),
        kind: body.kind.as_deref(),
        name: Some(&body.name),
        versions: &[],
    };
    Ok(Json(present_detail(&application::update::update(&ops, &caller, id, input).await?)))
}

/// Rename an application, archive versions or bring them back
///
/// All or nothing. What is absent stays.
#[utoipa::path(patch, operation_id = "application_patch",
    path = "/api/v1/applications/{id}", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = PatchApplicationRequest,
    responses(
        (status = 200, body = Application),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn patch(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ApplicationId>,
    Body(body): Body<PatchApplicationRequest>,
) -> ApiResult<Json<Application>> {
    let archived = |one: &grantry_wire::application::PatchVersionRequest| {
        (one.id.into(), one.archived_at.map(|time| time.0))
    };
    let versions: Vec<_> = body.versions.iter().flatten().map(archived).collect();
    let input = Input { id: None, kind: None, name: body.name.as_deref(), versions: &versions };
    Ok(Json(present_detail(&application::update::update(&ops, &caller, id, input).await?)))
}

/// Choose the image of an application
///
/// The one before is deleted if nothing else shows it.
#[utoipa::path(patch, operation_id = "application_image",
    path = "/api/v1/applications/{id}/image", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = ImageRequest,
    responses(
        (status = 200, body = Application),
        (status = 400, body = Problem, description = "There is no such file in the organization."),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn image(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ApplicationId>,
    Body(body): Body<ImageRequest>,
) -> ApiResult<Json<Application>> {
    let choice = body.image_id.map(Into::into).into();
    Ok(Json(present_detail(&application::image::choose(&ops, &caller, id, choice).await?)))
}

/// Delete an application
///
/// With its versions.
#[utoipa::path(delete, operation_id = "application_delete",
    path = "/api/v1/applications/{id}", tag = "applications", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "An entitlement or a deployment uses it."),
    ))]
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ApplicationId>,
) -> ApiResult<StatusCode> {
    application::delete::delete(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
