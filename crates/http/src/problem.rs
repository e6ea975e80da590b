//! Errors of the API: problem documents as in RFC 9457. The one place that knows which answer has which status.

use axum::response::{IntoResponse, Response};
use grantry_model::field::{FieldError, Invalid};
use grantry_ops::error::Error;
use grantry_wire::problem::{FieldProblem, Problem};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use crate::api::deployments;
use crate::observe::{Failure, RequestId};
use crate::respond::Json;

/// An error on its way to a client of the API.
#[derive(Debug)]
pub(crate) struct ApiProblem(Error);

/// The result of a handler of the API.
pub(crate) type ApiResult<T> = Result<T, ApiProblem>;

impl<E: Into<Error>> From<E> for ApiProblem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The status of an error, for all surfaces.
pub(crate) fn status(error: &Error) -> StatusCode {
    match error {
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Denied(_) => StatusCode::FORBIDDEN,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        Error::Conflict(_) | Error::Affects(_) => StatusCode::CONFLICT,
        Error::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn code(error: &Error) -> &'static str {
    use grantry_model::policy::Denied;
    match error {
        Error::Unauthenticated => "unauthenticated",
        Error::Denied(Denied::Plan) => "plan_required",
        Error::Denied(_) => "forbidden",
        Error::NotFound(_) => "not_found",
        Error::Invalid(Invalid(errors)) => errors.first().map_or("invalid", |error| error.code),
        Error::Conflict(conflict) => conflict.code,
        Error::Affects(_) => "in_use",
        Error::Throttled { .. } => "throttled",
        Error::Unavailable { .. } => "unavailable",
        Error::Internal(_) => "internal",
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let error = self.0;
        let status = status(&error);
        if let Error::Affects(affects) = &error {
            let body = Json(deployments::affected::present_all(&affects.deployments));
            let mut response = (status, body).into_response();
            response.extensions_mut().insert(Failure::of(&error));
            return response;
        }
        let errors = match &error {
            Error::Invalid(Invalid(errors)) => errors.iter().map(field_problem).collect(),
            _ => Vec::new(),
        };
        let problem = Problem { errors, ..problem(status, code(&error), error.to_string()) };
        let mut response = respond(status, problem);
        match &error {
            Error::Unauthenticated => {
                response
                    .headers_mut()
                    .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Grantry\""));
            }
            Error::Throttled { retry_after } => {
                response.headers_mut().insert(RETRY_AFTER, retry_after.as_secs().max(1).into());
            }
            Error::Unavailable { .. } => {
                response.headers_mut().insert(RETRY_AFTER, 1.into());
            }
            _ => {}
        }
        response.extensions_mut().insert(Failure::of(&error));
        response
    }
}

fn field_problem(error: &FieldError) -> FieldProblem {
    FieldProblem { field: error.field.to_owned(), code: error.code.to_owned(), detail: error.message.clone() }
}

fn problem(status: StatusCode, code: &str, detail: String) -> Problem {
    Problem {
        kind: "about:blank",
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        code: code.to_owned(),
        detail,
        field: None,
        errors: Vec::new(),
        request_id: None,
    }
}

/// A problem that no operation had a part in: a request that can't be read, a path that leads nowhere.
pub(crate) fn plain(status: StatusCode, code: &str, detail: impl Into<String>) -> Response {
    respond(status, problem(status, code, detail.into()))
}

/// A problem of one field that could not even be read.
pub(crate) fn of_field(field: &str, code: &str, detail: impl Into<String>) -> Response {
    let mut problem = problem(StatusCode::BAD_REQUEST, code, detail.into());
    let detail = problem.detail.clone();
    problem.errors = vec![FieldProblem { field: field.to_owned(), code: code.to_owned(), detail }];
    respond(StatusCode::BAD_REQUEST, problem)
}

fn respond(status: StatusCode, mut problem: Problem) -> Response {
    problem.field = problem.errors.first().map(|error| error.field.clone()).filter(|field| !field.is_empty());
    if status.is_server_error() {
        problem.request_id = RequestId::current();
    }
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response()
}
