//! The agent's own log: to standard error, and to the hub.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::sync::{Arc, Mutex};

use grantry_wire::agent::TargetLogRecord;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};
use uuid::Uuid;

use crate::clock;

/// Lines that wait for the hub, at most; then the oldest go.
const WAITING: usize = 256;

/// Lines that the hub has not been told yet.
#[derive(Clone, Default)]
pub(crate) struct OwnLog(Arc<Mutex<VecDeque<TargetLogRecord>>>);

impl OwnLog {
    /// From now on events go to standard error as `filter` says, and what is at least an `info` of the agent is kept for the hub.
    pub(crate) fn install(filter: &str) -> Self {
        let log = Self::default();
        let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
        let printed = tracing_subscriber::fmt::layer()
            .with_ansi(io::stderr().is_terminal())
            .with_writer(io::stderr)
            .with_target(false)
            .with_filter(filter);
        // It fails only if one is installed already, and then that one goes on.
        let _ = tracing_subscriber::registry().with(printed).with(log.clone()).try_init();
        log
    }

    /// What waits, oldest first.
    pub(crate) fn waiting(&self) -> Vec<TargetLogRecord> {
        self.lock().iter().cloned().collect()
    }

    /// Forgets lines that were delivered. The oldest may have been given up meanwhile, so they are known by what they are.
    pub(crate) fn delivered(&self, lines: &[TargetLogRecord]) {
        self.lock().retain(|waiting| !lines.contains(waiting));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<TargetLogRecord>> {
        self.0.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}

impl<S: Subscriber> Layer<S> for OwnLog {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        if *metadata.level() > Level::INFO || !metadata.target().starts_with("grantry_agent") {
            return;
        }
        let mut text = Text::default();
        event.record(&mut text);
        let record = TargetLogRecord {
            id: Uuid::nil(),
            timestamp: clock::wire_time(),
            severity: metadata.level().as_str().to_ascii_lowercase(),
            body: text.message + &text.fields,
        };
        let mut waiting = self.lock();
        if waiting.len() == WAITING {
            waiting.pop_front();
        }
        waiting.push_back(record);
    }
}

/// An event in words: its message, then its fields.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_is_kept_for_the_hub_within_a_bound() {
        let log = OwnLog::default();
        let subscriber = tracing_subscriber::registry().with(log.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!("not this");
            tracing::info!(target: "hyper", "nor this");
            tracing::warn!(deployment = "ship", "can't pull");
            assert_eq!(log.waiting()[0].body, "can't pull deployment=ship");
            assert_eq!(log.waiting()[0].severity, "warn");
            for number in 0..300 {
                tracing::info!("line {number}");
            }
        });
        let waiting = log.waiting();
        assert_eq!(waiting.len(), WAITING);
        assert_eq!(waiting[WAITING - 1].body, "line 299");
        log.delivered(&waiting[..WAITING - 1]);
        assert_eq!(log.waiting(), waiting[WAITING - 1..]);
    }
}
