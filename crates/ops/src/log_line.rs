//! Reading what deployed containers printed and what agents say of themselves.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::field::FieldError;
use grantry_model::id::{DeploymentId, DeploymentTargetId};
use grantry_model::log_line::{LogLine, LogOrder, MAX_RESOURCES};
use grantry_model::policy::{Action, Permit};
use grantry_store::log_line::{LogRange, LogResource};
use grantry_store::store::Tx;
use regex::{Regex, RegexBuilder};
use uuid::Uuid;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Entries in an answer unless asked otherwise.
pub const DEFAULT_LIMIT: usize = 25;
/// Most entries in an answer.
pub const MAX_LIMIT: usize = 100;
/// Most lines of an export.
pub const MAX_EXPORT: usize = 1_000_000;
/// Entries that are read at once.
const BATCH: usize = 1_000;
/// Most bytes of a compiled filter.
const FILTER_BYTES: usize = 1 << 20;

/// Which entries of a log or of a history are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only after this moment.
    pub after: Option<DateTime<Utc>>,
    /// Only before this moment.
    pub before: Option<DateTime<Utc>>,
    /// Only those that came before the one of this id, which may be gone by now.
    pub older_than: Option<Uuid>,
    /// Only those whose text this finds something in.
    pub filter: Option<Regex>,
    /// In which order.
    pub order: LogOrder,
    /// Most entries.
    pub limit: usize,
}

/// What is wanted, as it came in.
#[derive(Debug, Clone, Copy, Default)]
pub struct WantedInput<'a> {
    /// See [`Wanted::after`].
    pub after: Option<DateTime<Utc>>,
    /// See [`Wanted::before`].
    pub before: Option<DateTime<Utc>>,
    /// A regular expression.
    pub filter: Option<&'a str>,
    /// `ASC` or `DESC`.
    pub order: Option<&'a str>,
    /// From 1 to [`MAX_LIMIT`].
    pub limit: Option<usize>,
}

impl Wanted {
    /// Reads what is wanted.
    ///
    /// # Errors
    /// A filter that is no regular expression or too large a one, an unknown order, a limit out of range.
    pub fn parse(input: &WantedInput<'_>) -> std::result::Result<Self, FieldError> {
        let filter = input.filter.filter(|text| !text.is_empty()).map(|text| {
            RegexBuilder::new(text).size_limit(FILTER_BYTES).build().map_err(|_| {
                let message = "The filter is not a regular expression, or too large a one. Escape what is meant as it stands, such as \\( for (.";
                FieldError::new("filter", "filter_malformed", message)
            })
        });
        let order = match input.order.unwrap_or_default().to_ascii_uppercase().as_str() {
            "" | "DESC" => LogOrder::NewestFirst,
            "ASC" => LogOrder::OldestFirst,
            _ => return Err(FieldError::new("order", "order_unknown", "order must be ASC or DESC.")),
        };
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            let message = format!("limit must be a number from 1 to {MAX_LIMIT}.");
            return Err(FieldError::new("limit", "limit_out_of_range", message));
        }
        let (after, before) = (input.after, input.before);
        Ok(Self { after, before, filter: filter.transpose()?, order, limit, older_than: None })
    }

    /// The newest entries that contain a text as it stands, without regard to case; all, if it is empty.
    ///
    /// # Errors
    /// The text is too long.
    pub fn containing(text: &str, limit: usize) -> std::result::Result<Self, FieldError> {
        let filter = Some(text.trim()).filter(|text| !text.is_empty()).map(|text| {
            RegexBuilder::new(&regex::escape(text)).case_insensitive(true).build().map_err(|_| {
                FieldError::new("q", "text_too_long", "The text is too long. Search for less of it.")
            })
        });
        Ok(Self { filter: filter.transpose()?, limit, ..Self::default() })
    }

    /// Everything, the oldest first.
    pub fn everything() -> Self {
        Self { order: LogOrder::OldestFirst, limit: usize::MAX, ..Self::default() }
    }

    /// The ids that come into question. They tell the time to the millisecond, so what is at the edge is judged by
    /// [`Wanted::includes`].
    pub(crate) fn range(&self) -> LogRange {
        let before = self.before.map(|before| before + TimeDelta::milliseconds(1));
        let range = LogRange::between((self.after, before), self.order, BATCH);
        LogRange { before: range.before.min(self.older_than.unwrap_or(Uuid::max())), ..range }
    }

    pub(crate) fn includes(&self, at: DateTime<Utc>, text: &str) -> bool {
        self.after.is_none_or(|after| at > after)
            && self.before.is_none_or(|before| at < before)
            && self.filter.as_ref().is_none_or(|filter| filter.is_match(text))
    }

    /// Begins to read, batch by batch, until there are as many as wanted.
    pub(crate) fn gather<T>(&self) -> Gathering<'_, T> {
        Gathering { wanted: self, next: Some(self.range()), found: Vec::new() }
    }
}

/// Entries that are being read.
pub(crate) struct Gathering<'w, T> {
    wanted: &'w Wanted,
    /// What to read next; `None`: it is enough.
    pub(crate) next: Option<LogRange>,
    /// What was wanted of it.
    pub(crate) found: Vec<T>,
}

impl<T> Gathering<'_, T> {
    /// Takes what was read of the range that was next.
    pub(crate) fn take(&mut self, batch: Vec<T>, describe: impl Fn(&T) -> (Uuid, DateTime<Utc>, &str)) {
        let is_last = batch.len() < BATCH;
        let end = batch.last().map(|last| describe(last).0);
        self.found.extend(batch.into_iter().filter(|one| {
            let (_, at, text) = describe(one);
            self.wanted.includes(at, text)
        }));
        let is_enough = is_last || self.found.len() >= self.wanted.limit;
        self.next = self.next.filter(|_| !is_enough).zip(end).map(|(range, end)| range.beyond(end));
        self.found.truncate(self.wanted.limit);
    }
}

fn describe(line: &LogLine) -> (Uuid, DateTime<Utc>, &str) {
    (line.id.0, line.at, &line.body)
}

/// Whether there is such a deployment in the permit's reach.
pub(crate) async fn require_deployment(tx: &mut Tx, permit: &Permit, id: DeploymentId) -> Result<()> {
    tx.find_deployment(permit, id).await?.map(|_| ()).ok_or(Error::NotFound(Kind::Deployment))
}

/// Whether there is such a target in the permit's reach.
pub(crate) async fn require_target(tx: &mut Tx, permit: &Permit, id: DeploymentTargetId) -> Result<()> {
    tx.find_deployment_target(permit, id).await?.map(|_| ()).ok_or(Error::NotFound(Kind::DeploymentTarget))
}

/// The containers or workloads of a deployment that there are lines of, by name.
///
/// # Errors
/// There is no such deployment in the caller's reach.
pub async fn resources(ops: &Ops, caller: &Caller, deployment: DeploymentId) -> Result<Vec<LogResource>> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    require_deployment(&mut tx, &permit, deployment).await?;
    Ok(tx.list_log_resources(&permit, deployment).await?)
}

/// Lines of some resources of a deployment, or of all if none is named.
///
/// # Errors
/// There is no such deployment in the caller's reach.
pub async fn of_deployment(
    ops: &Ops,
    caller: &Caller,
    (deployment, resources): (DeploymentId, &[String]),
    wanted: &Wanted,
) -> Result<Vec<LogLine>> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    require_deployment(&mut tx, &permit, deployment).await?;
    let mut found = Vec::new();
    for resource in chosen(&mut tx, &permit, deployment, resources).await? {
        let mut gathering = wanted.gather();
        while let Some(range) = gathering.next {
            gathering.take(tx.list_log_lines(&permit, (deployment, &resource), range).await?, describe);
        }
        found.append(&mut gathering.found);
    }
    sort(&mut found, wanted.order);
    found.truncate(wanted.limit);
    Ok(found)
}

async fn chosen(
    tx: &mut Tx,
    permit: &Permit,
    deployment: DeploymentId,
    resources: &[String],
) -> Result<Vec<String>> {
    if resources.is_empty() {
        let all = tx.list_log_resources(permit, deployment).await?;
        return Ok(all.into_iter().map(|resource| resource.name).collect());
    }
    let mut chosen = resources.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    chosen.truncate(MAX_RESOURCES as usize);
    Ok(chosen)
}

fn sort(lines: &mut [LogLine], order: LogOrder) {
    match order {
        LogOrder::NewestFirst => lines.sort_by_key(|line| std::cmp::Reverse(line.id)),
        LogOrder::OldestFirst => lines.sort_by_key(|line| line.id),
    }
}

/// Lines of the own log of a target's agent.
///
/// # Errors
/// There is no such target in the caller's reach.
pub async fn of_agent(
    ops: &Ops,
    caller: &Caller,
    target: DeploymentTargetId,
    wanted: &Wanted,
) -> Result<Vec<LogLine>> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    require_target(&mut tx, &permit, target).await?;
    let mut gathering = wanted.gather();
    while let Some(range) = gathering.next {
        gathering.take(tx.list_agent_log_lines(&permit, target, range).await?, describe);
    }
    Ok(gathering.found)
}

/// A part of an export, the oldest first, and the line after which the next part begins; `None`: it was the last one.
#[derive(Debug)]
pub struct Part {
    /// Its lines.
    pub lines: Vec<LogLine>,
    /// Where the next part begins.
    pub next: Option<Uuid>,
}

/// The lines of some resources of a deployment, or of all if none is named, in parts; the first one begins after the nil id.
///
/// # Errors
/// There is no such deployment in the caller's reach.
pub async fn export_deployment(
    ops: &Ops,
    caller: &Caller,
    (deployment, resources): (DeploymentId, &[String]),
    (wanted, after): (&Wanted, Uuid),
) -> Result<Part> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    require_deployment(&mut tx, &permit, deployment).await?;
    let range = wanted.range();
    let range = LogRange { after: range.after.max(after), order: LogOrder::OldestFirst, ..range };
    let mut lines = Vec::new();
    // Of a resource whose batch is full there may be more lines than were read; beyond them nothing is in order yet.
    let mut end: Option<Uuid> = None;
    for resource in chosen(&mut tx, &permit, deployment, resources).await? {
        let batch = tx.list_log_lines(&permit, (deployment, &resource), range).await?;
        if batch.len() == BATCH {
            let last = batch.last().map_or(Uuid::max(), |line| line.id.0);
            end = Some(end.map_or(last, |end| end.min(last)));
        }
        lines.extend(batch);
    }
    Ok(part(lines, end, wanted))
}

/// The own log of a target's agent, in parts; the first one begins after the nil id.
///
/// # Errors
/// There is no such target in the caller's reach.
pub async fn export_agent(
    ops: &Ops,
    caller: &Caller,
    target: DeploymentTargetId,
    (wanted, after): (&Wanted, Uuid),
) -> Result<Part> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    require_target(&mut tx, &permit, target).await?;
    let range = wanted.range();
    let range = LogRange { after: range.after.max(after), order: LogOrder::OldestFirst, ..range };
    let lines = tx.list_agent_log_lines(&permit, target, range).await?;
    let end = if lines.len() == BATCH { lines.last().map(|line| line.id.0) } else { None };
    Ok(part(lines, end, wanted))
}

fn part(mut lines: Vec<LogLine>, end: Option<Uuid>, wanted: &Wanted) -> Part {
    sort(&mut lines, LogOrder::OldestFirst);
    lines.retain(|line| end.is_none_or(|end| line.id.0 <= end) && wanted.includes(line.at, &line.body));
    Part { lines, next: end }
}
