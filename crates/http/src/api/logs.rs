//! What lists of logs and histories have in common: what can be asked for, and files.

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use grantry_ops::error::Error;
use grantry_ops::log_line::{MAX_EXPORT, Part, Wanted, WantedInput};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;
use uuid::Uuid;

use super::parameter;
use crate::problem::ApiProblem;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// At most so many, 1 to 100; 25 without.
    #[param(value_type = Option<usize>)]
    limit: Option<String>,
    /// Only what is before this moment, RFC 3339.
    before: Option<String>,
    /// Only what is after this moment, RFC 3339.
    after: Option<String>,
    /// Only what this regular expression finds something in.
    filter: Option<String>,
    /// `DESC`, the newest first, or `ASC`; `DESC` without.
    order: Option<String>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportParams {
    /// Only what is before this moment, RFC 3339.
    before: Option<String>,
    /// Only what is after this moment, RFC 3339.
    after: Option<String>,
    /// Only what this regular expression finds something in.
    filter: Option<String>,
}

pub(super) fn failed(error: impl Into<Error>) -> Response {
    ApiProblem::from(error.into()).into_response()
}

impl Params {
    pub(super) fn wanted(&self) -> Result<Wanted, Response> {
        let input = WantedInput {
            after: parameter::time("after", self.after.as_deref())?,
            before: parameter::time("before", self.before.as_deref())?,
            filter: self.filter.as_deref(),
            order: self.order.as_deref(),
            limit: parameter::number("limit", self.limit.as_deref())?,
        };
        Wanted::parse(&input).map_err(failed)
    }
}

impl ExportParams {
    pub(super) fn wanted(&self) -> Result<Wanted, Response> {
        let input = WantedInput {
            after: parameter::time("after", self.after.as_deref())?,
            before: parameter::time("before", self.before.as_deref())?,
            filter: self.filter.as_deref(),
            ..WantedInput::default()
        };
        let wanted = Wanted::parse(&input).map_err(failed)?;
        Ok(Wanted { limit: MAX_EXPORT, order: Wanted::everything().order, ..wanted })
    }
}

/// The values of a parameter that may come several times.
pub(super) fn values(query: Option<&str>, name: &str) -> Vec<String> {
    let pairs = serde_urlencoded::from_str::<Vec<(String, String)>>(query.unwrap_or_default());
    let values =
        pairs.unwrap_or_default().into_iter().filter(|(key, value)| key == name && !value.is_empty());
    values.map(|(_, value)| value).collect()
}

/// A text file.
pub(super) fn file(name: &str, body: impl Into<Body>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers =
        [(CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)];
    (headers, body.into()).into_response()
}

/// A text file of a log, sent as it is read. Its first part decides whether there is one.
pub(super) async fn log_file<F>(
    name: &str,
    read: impl Fn(Uuid) -> F + Send + 'static,
) -> Result<Response, Response>
where
    F: Future<Output = Result<Part, Error>> + Send + 'static,
{
    let first = read(Uuid::nil()).await.map_err(failed)?;
    let state = (Some(first), read, 0);
    let rest = stream::try_unfold(state, |(part, read, sent)| async move {
        let Some(Part { mut lines, next }) = part else { return Ok::<_, Error>(None) };
        lines.truncate(MAX_EXPORT - sent);
        let sent = sent + lines.len();
        let text: String = lines.iter().map(line).collect();
        let part = match next.filter(|_| sent < MAX_EXPORT) {
            Some(next) => Some(read(next).await?),
            None => None,
        };
        Ok(Some((Bytes::from(text), (part, read, sent))))
    });
    Ok(file(name, Body::from_stream(rest.boxed())))
}

fn line(line: &grantry_model::log_line::LogLine) -> String {
    use grantry_model::log_line::LogSource;
    let at = grantry_wire::Time(line.at);
    let (severity, body) = (&line.severity, &line.body);
    match &line.source {
        LogSource::Deployment { resource, .. } => format!("{at} {resource} {severity} {body}\n"),
        LogSource::Agent(_) => format!("{at} {severity} {body}\n"),
    }
}
