//! Follows what containers and tasks print.
//!
//! The output of each is one stream with a position, the time of its last line that the hub has. A follower that begins again, after
//! a restart of container, engine or agent, goes on from there.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use grantry_wire::Time;
use grantry_wire::agent::LogRecord;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use super::engine::{Engine, Origin};
use super::lock;
use crate::driver::LogSource;
use crate::logs::{Line, Sink, Stream};

mod frames;

use frames::{Frames, Output};

/// Lines that are read of a container that is followed for the first time.
const FIRST_LINES: &str = "2000";

/// How often one that has ended is asked for what is left.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// What a task printed last has this long to arrive; its stream never ends by itself.
const LAST_LINES: Duration = Duration::from_secs(5);

/// Something that prints.
pub(super) struct Printer {
    pub(super) id: String,
    pub(super) origin: Origin,
    /// What its lines are filed under.
    pub(super) resource: String,
    /// Whether there may be new output.
    pub(super) is_alive: bool,
}

/// Whoever follows printers.
#[derive(Default)]
pub(super) struct Followers {
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    tasks: JoinSet<bool>,
    followers: HashMap<String, Follower>,
}

struct Follower {
    deployment: Uuid,
    revision: watch::Sender<Uuid>,
    /// The time of the last line that is on its way, also if it is not delivered yet.
    last: Arc<Mutex<Option<DateTime<Utc>>>>,
    task: Option<tokio::task::AbortHandle>,
    ended: Option<Instant>,
    /// When the printer was first seen dead, while it is followed.
    dead: Option<Instant>,
    /// Whether the output of a dead task was read to its end: nothing will follow.
    is_done: bool,
}

/// One stream to be followed.
struct Following {
    engine: Engine,
    origin: Origin,
    printer: String,
    resource: String,
    follow: bool,
    deployment: Uuid,
    revision: watch::Receiver<Uuid>,
    since: Option<DateTime<Utc>>,
    first: bool,
    last: Arc<Mutex<Option<DateTime<Utc>>>>,
    stream: Stream,
    sink: Sink,
}

impl Followers {
    /// Follows nothing any more.
    pub(super) fn stop(&self) {
        let mut running = lock(&self.running);
        if !running.followers.is_empty() {
            *running = Running::default();
        }
    }

    /// Follows the printers of these deployments and no others.
    pub(super) fn update(&self, engine: &Engine, all: &[(&LogSource, Vec<Printer>)], sink: &Sink) {
        let running = &mut *lock(&self.running);
        running.note_ends();
        running.followers.retain(|id, follower| {
            let source = all.iter().find(|(source, _)| source.deployment == follower.deployment);
            if source.is_none()
                && let Some(task) = &follower.task
            {
                task.abort();
            }
            let there = source.is_some_and(|(_, printers)| printers.iter().any(|one| one.id == *id));
            // The last lines of a container that is gone may still be on their way.
            source.is_some() && (there || follower.task.is_some())
        });
        for (source, printers) in all {
            for printer in printers {
                running.follow(engine, printer, source, sink);
            }
            let names: Vec<_> = printers.iter().map(|one| one.id.clone()).collect();
            // An empty list may be an engine that did not answer.
            if !names.is_empty() {
                sink.positions().retain(&position_file(&source.folder), &names);
            }
        }
    }
}

impl Running {
    fn note_ends(&mut self) {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            let (id, whole) = match ended {
                Ok((id, whole)) => (id, whole),
                Err(error) => (error.id(), false),
            };
            let is_it = |follower: &&mut Follower| follower.task.as_ref().is_some_and(|task| task.id() == id);
            if let Some(follower) = self.followers.values_mut().find(is_it) {
                follower.task = None;
                follower.ended = Some(Instant::now());
                follower.is_done = whole;
            }
        }
    }

    fn follow(&mut self, engine: &Engine, printer: &Printer, source: &LogSource, sink: &Sink) {
        let follower = self.followers.entry(printer.id.clone()).or_insert_with(|| Follower {
            deployment: source.deployment,
            revision: watch::Sender::new(source.revision),
            last: Arc::default(),
            task: None,
            ended: None,
            dead: None,
            is_done: false,
        });
        follower.revision.send_replace(source.revision);
        follower.stop_if_dead(printer);
        let waits = |ended: Instant| !printer.is_alive && ended.elapsed() < ASK_AGAIN;
        if follower.task.is_some() || follower.is_done || follower.ended.is_some_and(waits) {
            return;
        }
        let stream = Stream { file: position_file(&source.folder), name: printer.id.clone() };
        let delivered = sink.positions().find(&stream).and_then(|text| text.parse::<DateTime<Utc>>().ok());
        let known = (*lock(&follower.last)).max(delivered);
        let following = Following {
            engine: engine.clone(),
            origin: printer.origin,
            printer: printer.id.clone(),
            resource: printer.resource.clone(),
            follow: printer.is_alive || printer.origin == Origin::Container,
            deployment: source.deployment,
            revision: follower.revision.subscribe(),
            since: known.max(source.after.map(|time| time.0)),
            first: known.is_none(),
            last: follower.last.clone(),
            stream,
            sink: sink.clone(),
        };
        follower.task = Some(self.tasks.spawn(following.run()));
    }
}

impl Follower {
    /// The engine goes on with the stream of a task that has ended, so it is left; what came last is then read without following.
    fn stop_if_dead(&mut self, printer: &Printer) {
        if printer.is_alive || printer.origin == Origin::Container {
            return;
        }
        let Some(task) = &self.task else { return };
        if self.dead.get_or_insert_with(Instant::now).elapsed() > LAST_LINES {
            task.abort();
            (self.task, self.dead) = (None, None);
        }
    }
}

fn position_file(folder: &Path) -> std::path::PathBuf {
    folder.join("logs.json")
}

impl Following {
    /// Follows to the end; says whether that was the end of all that there will ever be.
    async fn run(self) -> bool {
        match self.read().await {
            Ok(()) => !self.follow,
            Err(error) => {
                tracing::debug!(printer = self.printer, "its output can't be read: {error:#}");
                false
            }
        }
    }

    async fn read(&self) -> anyhow::Result<()> {
        let mut frames = Frames::new(self.engine.has_terminal(self.origin, &self.printer).await?);
        let since = self.since.map_or_else(
            || "0".to_owned(),
            |time| format!("{}.{:09}", time.timestamp(), time.timestamp_subsec_nanos()),
        );
        let tail = if self.first { FIRST_LINES } else { "all" };
        let at = (self.origin, &*self.printer);
        let mut response = self.engine.logs(at, self.follow, &since, tail).await?;
        while let Some(piece) = response.chunk().await? {
            for output in frames.feed(&piece) {
                self.put(output).await;
            }
        }
        if let Some(output) = frames.end() {
            self.put(output).await;
        }
        Ok(())
    }

    async fn put(&self, output: Output) {
        let Some((time, body)) = output.text.split_once(' ') else { return };
        let Ok(time) = time.parse::<DateTime<Utc>>() else { return };
        // The engine gives the line at the position once more.
        if self.since.is_some_and(|since| time <= since) {
            return;
        }
        let record = LogRecord {
            id: Uuid::nil(),
            deployment_id: self.deployment,
            deployment_revision_id: *self.revision.borrow(),
            resource: self.resource.clone(),
            timestamp: Time(time),
            severity: self.origin.severity(output.is_error).to_owned(),
            body: body.to_owned(),
        };
        let position = time.to_rfc3339_opts(chrono::SecondsFormat::Nanos, true);
        self.sink.put(Line { record, mark: Some((self.stream.clone(), position)) }).await;
        // Only now, because it may be given up while it waits.
        *lock(&self.last) = Some(time);
    }
}
