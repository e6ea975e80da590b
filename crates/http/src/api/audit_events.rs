//! `/api/v1/audit-events`

use axum::extract::State;
use axum::response::Response;
use grantry_model::audit::{AuditFilter, Entry};
use grantry_ops::Ops;
use grantry_ops::audit;
use grantry_wire::Time;
use grantry_wire::audit::{AuditActor, AuditEvent, AuditSubject};
use grantry_wire::problem::Problem;
use http::Uri;
use serde::Deserialize;

use super::parameter;
use crate::extract::{Api, Paging, Query};
use crate::problem::ApiResult;
use crate::respond;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Only entries whose actor's name contains this.
    actor: Option<String>,
    /// Only entries about a thing whose name or id contains this.
    subject: Option<String>,
    /// Only entries of this kind, or of all kinds that start with it, such as `license_key.`.
    kind: Option<String>,
    /// Only entries from this moment on, RFC 3339.
    from: Option<String>,
    /// Only entries before this moment, RFC 3339.
    until: Option<String>,
}

fn present(entry: &Entry) -> AuditEvent {
    AuditEvent {
        id: entry.id.0,
        seq: entry.seq,
        at: Time(entry.at),
        kind: entry.kind.clone(),
        sentence: entry.sentence(),
        actor: AuditActor {
            user_id: entry.user.map(|user| user.0),
            name: entry.author.clone(),
            credential: entry.credential.clone(),
            address: entry.address.clone(),
        },
        subject: AuditSubject {
            kind: entry.subject_kind.clone(),
            id: entry.subject_id.clone(),
            name: entry.subject_name.clone(),
        },
        customer_organization_id: entry.customer.map(|customer| customer.0),
        details: serde_json::from_str(&entry.details).ok(),
        hash: entry.hash.clone(),
    }
}

/// The audit log
///
/// The newest entries first, 50 in a part unless `limit` says otherwise.
#[utoipa::path(get, operation_id = "audit_event_list",
    path = "/api/v1/audit-events", tag = "organization", security(("token" = [])),
    params(
        Params,
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; 50 without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<AuditEvent>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    Query(params): Query<Params>,
    uri: Uri,
) -> Result<Response, Response> {
    let filter = AuditFilter {
        from: parameter::time("from", params.from.as_deref())?,
        until: parameter::time("until", params.until.as_deref())?,
        author: params.actor,
        subject: params.subject,
        kind: params.kind,
    };
    answer(&ops, &caller, &filter, &page, &uri).await.map_err(axum::response::IntoResponse::into_response)
}

async fn answer(
    ops: &Ops,
    caller: &grantry_ops::caller::Caller,
    filter: &AuditFilter,
    page: &grantry_model::page::PageRequest,
    uri: &Uri,
) -> ApiResult<Response> {
    let entries = audit::list(ops, caller, filter, page.after.as_ref(), page.limit).await?;
    Ok(respond::list(uri, entries, |entry| present(&entry)))
}
