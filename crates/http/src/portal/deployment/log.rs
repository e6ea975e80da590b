//! Parts of logs that pages ask for.

use grantry_model::field::FieldError;
use grantry_model::log_line::{LogLine, LogSource};
use grantry_ops::log_line::Wanted;
use grantry_ui::pages::deployment::log::{self as ui, Log};
use serde::Deserialize;

/// Lines on a page.
const LINES: usize = 500;

/// Which lines are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LogQuery {
    /// The container or workload; empty for all.
    pub(crate) resource: String,
    /// What they contain.
    q: String,
    /// The id of the line before which they end.
    before: String,
}

impl LogQuery {
    /// As operations want it: one line more than is shown tells whether there are older ones.
    ///
    /// # Errors
    /// The text that lines should contain is too long.
    pub(crate) fn wanted(&self) -> Result<Wanted, FieldError> {
        Ok(Wanted { older_than: self.before.parse().ok(), ..Wanted::containing(&self.q, LINES + 1)? })
    }
}

/// The lines as a page shows them, which were found with the newest first.
pub(crate) fn present(query: LogQuery, resources: Vec<String>, mut lines: Vec<LogLine>) -> Log {
    let is_more = lines.len() > LINES;
    lines.truncate(LINES);
    let older = lines.last().filter(|_| is_more).map(|line| line.id.to_string());
    Log {
        resources,
        resource: query.resource,
        q: query.q,
        before: query.before,
        lines: lines.into_iter().rev().map(line).collect(),
        older,
    }
}

fn line(line: LogLine) -> ui::LogLine {
    let resource = match line.source {
        LogSource::Deployment { resource, .. } => resource,
        LogSource::Agent(_) => String::new(),
    };
    ui::LogLine { at: line.at, resource, severity: line.severity, body: line.body }
}
