//! What agents report: how deployments are, measurements, logs.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::deployment::StatusKind;
use grantry_model::id::{DeploymentId, DeploymentRevisionId};
use grantry_model::target_metric::Disk;
use grantry_ops::Ops;
use grantry_ops::agent::logs::SentLine;
use grantry_ops::agent::metrics::Measured;
use grantry_ops::agent::session::Session;
use grantry_ops::agent::{logs, metrics, status as statuses};
use grantry_ops::error::Error;
use grantry_wire::agent::{
    AgentMetrics, AgentStatus, DeploymentStatusType, DiskMetric, LogRecord, TargetLogRecord,
};
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::body::Body;
use super::credential::{Known, LogSender};
use crate::problem::{ApiProblem, of_field};

/// Most lines in a batch; agents send a thousand.
const MAX_LINES: usize = 10_000;

fn failed(error: Error) -> Response {
    ApiProblem::from(error).into_response()
}

/// Lets the agent in, and reads what it sent. Whether it may come in is answered first: one that has to sign in again must not drop
/// what it wanted to say.
async fn read<T: DeserializeOwned>(ops: &Ops, known: &Known, body: &Body) -> Result<(Session, T), Response> {
    let parsed = body.parse();
    let session = known.enter(ops).await.map_err(failed)?;
    Ok((session, parsed?))
}

/// `POST /api/v1/agent/status`
pub(super) async fn status(State(ops): State<Ops>, known: Known, body: Body) -> Result<StatusCode, Response> {
    let (session, status): (_, AgentStatus) = read(&ops, &known, &body).await?;
    let kind = match status.r#type {
        DeploymentStatusType::Healthy => StatusKind::Healthy,
        DeploymentStatusType::Running => StatusKind::Running,
        DeploymentStatusType::Progressing => StatusKind::Progressing,
        DeploymentStatusType::Error => StatusKind::Error,
    };
    let revision = DeploymentRevisionId(status.revision_id);
    statuses::report(&ops, session, revision, (kind, &status.message)).await.map_err(failed)?;
    Ok(StatusCode::OK)
}

/// `POST /api/v1/agent/metrics`
pub(super) async fn metrics(
    State(ops): State<Ops>,
    known: Known,
    body: Body,
) -> Result<StatusCode, Response> {
    let (session, sent): (_, AgentMetrics) = read(&ops, &known, &body).await?;
    let measured = Measured {
        cpu_millicores: positive("cpuCoresMillis", sent.cpu_cores_millis)?,
        cpu_usage: sent.cpu_usage,
        memory_bytes: positive("memoryBytes", sent.memory_bytes)?,
        memory_usage: sent.memory_usage,
        disks: sent.disk_metrics.unwrap_or_default().into_iter().map(disk).collect::<Result<_, _>>()?,
    };
    metrics::report(&ops, session, measured).await.map_err(failed)?;
    Ok(StatusCode::OK)
}

fn disk(disk: DiskMetric) -> Result<Disk, Response> {
    Ok(Disk {
        device: disk.device,
        path: disk.path,
        fs_type: disk.fs_type,
        bytes_total: positive("bytesTotal", disk.bytes_total)?,
        bytes_used: positive("bytesUsed", disk.bytes_used)?,
    })
}

fn positive(field: &str, number: i64) -> Result<u64, Response> {
    u64::try_from(number).map_err(|_| {
        of_field(field, "number_out_of_range", format!("{field} is below zero. Send what there is."))
    })
}

/// `PUT /api/v1/agent/logs`
pub(super) async fn logs(
    State(ops): State<Ops>,
    LogSender(known): LogSender,
    body: Body,
) -> Result<StatusCode, Response> {
    let (session, sent): (_, Vec<LogRecord>) = read(&ops, &known, &body).await?;
    let lines = sent.into_iter().map(|line| SentLine {
        of: Some((DeploymentId(line.deployment_id), DeploymentRevisionId(line.deployment_revision_id))),
        resource: line.resource,
        at: line.timestamp.0,
        severity: line.severity,
        body: line.body,
    });
    keep(&ops, session, lines.collect()).await
}

/// `PUT /api/v1/agent/deployment-target-logs`
pub(super) async fn own_logs(
    State(ops): State<Ops>,
    LogSender(known): LogSender,
    body: Body,
) -> Result<StatusCode, Response> {
    let (session, sent): (_, Vec<TargetLogRecord>) = read(&ops, &known, &body).await?;
    let lines = sent.into_iter().map(|line| SentLine {
        of: None,
        resource: String::new(),
        at: line.timestamp.0,
        severity: line.severity,
        body: line.body,
    });
    keep(&ops, session, lines.collect()).await
}

async fn keep(ops: &Ops, session: Session, lines: Vec<SentLine>) -> Result<StatusCode, Response> {
    if lines.len() > MAX_LINES {
        let detail = format!("There are more than {MAX_LINES} lines. Send fewer at once.");
        return Err(of_field("", "too_many_lines", detail));
    }
    logs::add(ops, session, lines).await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}
