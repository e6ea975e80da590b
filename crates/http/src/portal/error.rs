//! Errors as pages.

use axum::response::{Html, IntoResponse, Response};
use chrono::DateTime;
use grantry_ops::error::Error;
use grantry_ui::layout::{Bare, Theme, Visit};
use grantry_ui::pages::error::Error as ErrorPage;
use http::StatusCode;
use http::header::RETRY_AFTER;

use crate::observe::{Failure, RequestId};
use crate::problem::status;

/// The error of an operation, as a page.
pub(crate) fn respond(error: Error) -> Response {
    let code = status(&error);
    let mut response = page(code, &error.to_string());
    if matches!(error, Error::Throttled { .. } | Error::Unavailable { .. }) {
        response.headers_mut().insert(RETRY_AFTER, 1.into());
    }
    response.extensions_mut().insert(Failure::of(error));
    response
}

/// An error that no operation had a part in, as a page.
pub(crate) fn page(status: StatusCode, sentence: &str) -> Response {
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
    (status, Html(Bare { visit }.render(&page))).into_response()
}
