//! `/api/v1/files`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::field::FieldError;
use grantry_model::file as model;
use grantry_model::id::FileId;
use grantry_ops::Ops;
use grantry_ops::file;
use grantry_ops::once::Once;
use grantry_wire::Time;
use grantry_wire::file::{File, UploadForm};
use grantry_wire::problem::Problem;
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};

use crate::extract::{Api, Multipart, Paging, Path};
use crate::problem::{ApiProblem, ApiResult};
use crate::respond::{self, cacheable, created};

/// Where a file is.
pub(crate) fn url(id: FileId) -> String {
    format!("/api/v1/files/{id}")
}

fn present((file, in_use): &(model::File, bool)) -> File {
    File {
        id: file.id.0,
        created_at: Time(file.created_at),
        content_type: file.kind.media_type().to_owned(),
        size: file.size,
        url: url(file.id),
        in_use: *in_use,
    }
}

/// Files
///
/// Those of the organization, the newest first.
#[utoipa::path(get, operation_id = "file_list",
    path = "/api/v1/files", tag = "files", security(("token" = [])),
    params(
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<File>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    uri: Uri,
) -> ApiResult<Response> {
    let found = file::list(&ops, &caller, &page).await?;
    Ok(respond::list(&uri, found, |one| present(&one)))
}

/// Upload an image
///
/// PNG, JPEG, GIF or WebP, at most 100 KiB and 2048 pixels a side; what it is, its bytes say. The answer is the file's id. An
/// organization has at most 1000 files, with 50 MiB together. What shows an image lets go of it: then it is deleted, unless something
/// else shows it.
#[utoipa::path(post, operation_id = "file_create",
    path = "/api/v1/files", tag = "files", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer.")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = Uuid),
        (status = 400, body = Problem, description = "It is no image that is taken."),
        (status = 403, body = Problem),
        (status = 409, body = Problem, description = "The organization has as many files as it may have."),
        (status = 413, body = Problem, description = "It is larger than 100 KiB."),
        (status = 415, body = Problem, description = "The body is no form."),
    ))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    mut form: Multipart,
) -> Result<Response, Response> {
    let bytes = form.image("file")?;
    let (scope, public) = (form.word("scope")?, form.word("public")?);
    let failed = |error| ApiProblem::from(error).into_response();
    refuse_others(scope.as_deref(), public.as_deref()).map_err(|error| failed(error.into()))?;
    let answer = |made: &model::File| format!("\"{}\"", made.id);
    let once = Once { request: form.request, answer: &answer };
    let outcome = file::create::create(&ops, &caller, &bytes, &once).await.map_err(failed)?;
    Ok(created(StatusCode::OK, outcome, answer))
}

/// Files are the organization's, for its members: nothing here shows one to everybody.
fn refuse_others(scope: Option<&str>, public: Option<&str>) -> Result<(), FieldError> {
    if scope.is_some_and(|scope| scope != "organization") {
        let message = "Files belong to the organization. Send “organization” as the scope, or none.";
        return Err(FieldError::new("scope", "scope_unsupported", message));
    }
    if public.is_some_and(|public| public != "false") {
        let message = "Files are shown to members of the organization only. Leave “public” out.";
        return Err(FieldError::new("public", "public_unsupported", message));
    }
    Ok(())
}

/// The bytes of an image
///
/// Any member of the organization may see it, also with the session cookie of the portals.
#[utoipa::path(get, operation_id = "file_show",
    path = "/api/v1/files/{id}", tag = "files", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, content((String = "image/png"), (String = "image/jpeg"), (String = "image/gif"), (String = "image/webp"))),
        (status = 304),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn show(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<FileId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let (file, bytes) = file::show(&ops, &caller, id).await?;
    Ok(image(&headers, file.kind, bytes))
}

/// The bytes of an image, as the API and the portals answer with them.
pub(crate) fn image(headers: &HeaderMap, kind: model::ImageKind, bytes: Vec<u8>) -> Response {
    static RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
    // A file never changes, but it is for the members of the organization.
    let mut response = cacheable(headers, kind.media_type(), "private, max-age=31536000, immutable", bytes);
    let headers = response.headers_mut();
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    // Opened by itself it is an image and nothing else, whatever a browser takes it for.
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(RESOURCE_POLICY.clone(), HeaderValue::from_static("same-origin"));
    response
}

/// Delete an image
///
/// What showed it shows none from then on.
#[utoipa::path(delete, operation_id = "file_delete",
    path = "/api/v1/files/{id}", tag = "files", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<FileId>,
) -> ApiResult<StatusCode> {
    file::delete::delete(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
