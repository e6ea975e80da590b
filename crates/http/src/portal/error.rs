//! Errors as pages. An error is first a page of its own; [`in_shell`] puts it into the frame of who is signed in.

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use chrono::DateTime;
use grantry_model::field::{FieldError, Invalid};
use grantry_model::policy::Denied;
use grantry_ops::error::{Error, Kind};
use grantry_ui::layout::{Bare, Nav, Theme, Visit};
use grantry_ui::pages::error::Error as ErrorPage;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, RETRY_AFTER};

use crate::app::App;
use crate::extract::caller::{cookie, session_cookie};
use crate::observe::{Failure, RequestId};
use crate::portal::frame::Member;
use crate::portal::license::locked;
use crate::problem::status;

/// An error on its way to a reader.
#[derive(Debug)]
pub(crate) struct PageError(pub(crate) Error);

/// The result of a handler of the portals.
pub(crate) type PageResult = Result<Response, PageError>;

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        respond(self.0)
    }
}

/// Why a form comes back.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The status of the page that brings it back.
    pub(crate) status: StatusCode,
    /// What is wrong, by field; an empty field is the whole form.
    pub(crate) errors: Vec<FieldError>,
}

impl From<Vec<FieldError>> for Refusal {
    fn from(errors: Vec<FieldError>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, errors }
    }
}

/// The result of an operation that a form asked for: what it made, or what the form has to say. Only other errors are
/// pages of their own.
pub(crate) fn checked<T>(result: Result<T, Error>) -> Result<Result<T, Refusal>, PageError> {
    let error = match result {
        Ok(made) => return Ok(Ok(made)),
        Err(error) => error,
    };
    let status = status(&error);
    let whole = |code, message| vec![FieldError::new("", code, message)];
    match error {
        Error::Invalid(Invalid(errors)) => Ok(Err(errors.into())),
        Error::Conflict(conflict) => {
            Ok(Err(Refusal { status, errors: whole(conflict.code, conflict.message) }))
        }
        Error::Affects(affects) => Ok(Err(Refusal { status, errors: whole("in_use", affects.message) })),
        Error::Throttled { .. } => Ok(Err(Refusal { status, errors: whole("throttled", error.to_string()) })),
        other => Err(PageError(other)),
    }
}

/// What an error's page shows, kept beside the page so that it can be shown in a frame.
#[derive(Clone)]
struct Shown {
    page: ErrorPage,
    plan: bool,
}

/// The error of an operation, as a page.
#[expect(clippy::needless_pass_by_value, reason = "an error ends here, and so it fits `map_err`")]
pub(crate) fn respond(error: Error) -> Response {
    let code = status(&error);
    let sentence = match &error {
        Error::NotFound(Kind::Link) => {
            "This link was used already, has expired, or was replaced by a newer one. Ask for a new one."
                .to_owned()
        }
        other => other.to_string(),
    };
    let mut response = bare(code, &sentence, matches!(error, Error::Denied(Denied::Plan)));
    match &error {
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

/// An error that no operation had a part in, as a page.
pub(crate) fn page(status: StatusCode, sentence: &str) -> Response {
    bare(status, sentence, false)
}

fn bare(status: StatusCode, sentence: &str, plan: bool) -> Response {
    let request_id = RequestId::current().unwrap_or_default();
    let page = ErrorPage { sentence: sentence.to_owned(), ..ErrorPage::of(status.as_u16(), request_id) };
    // The page shows no time and has no form.
    let visit = Visit {
        now: DateTime::UNIX_EPOCH,
        csrf: String::new(),
        theme: Theme::System,
        path: "/".to_owned(),
        notice: None,
    };
    let mut response = (status, Html(Bare { visit }.render(&page))).into_response();
    response.extensions_mut().insert(Shown { page, plan });
    response
}

/// Shows an error's page in the frame of who is signed in, and a missing plan as the page that explains it.
pub(crate) async fn in_shell(State(app): State<App>, request: Request, next: Next) -> Response {
    let signed = cookie(request.headers(), session_cookie(&app)).is_some();
    let again = signed.then(|| {
        let mut copy = Request::new(());
        (*copy.method_mut(), *copy.uri_mut()) = (request.method().clone(), request.uri().clone());
        *copy.headers_mut() = request.headers().clone();
        copy.into_parts().0
    });
    let response = next.run(request).await;
    let (Some(mut parts), Some(shown)) = (again, response.extensions().get::<Shown>().cloned()) else {
        return response;
    };
    match Member::from_request_parts(&mut parts, &app).await {
        Ok(member) => framed(&app, member, shown, response).await,
        Err(_) => response,
    }
}

async fn framed(app: &App, member: Member, shown: Shown, bare: Response) -> Response {
    let status = bare.status();
    let page = match locked::page(app, &member, shown.plan).await {
        Some(locked) => member.page_as(status, Nav::Licenses, &locked),
        None => member.page_as(status, Nav::Account, &shown.page),
    };
    let (mut parts, _) = bare.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, page.into_body())
}
