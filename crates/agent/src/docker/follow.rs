//! Follows what containers print.
//!
//! Each container's output is one stream with a position, the time of its last line that the hub has. A follower that begins again, after
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

use super::container::Container;
use super::engine::Engine;
use super::lock;
use crate::driver::{Facts, LogSource};
use crate::logs::{Line, Sink, Stream};

mod frames;

use frames::{Frames, Output};

/// Lines that are read of a container that is followed for the first time.
const FIRST_LINES: &str = "2000";

/// How often one that has ended is asked for what is left.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// Whoever follows containers.
#[derive(Default)]
pub(super) struct Followers {
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    tasks: JoinSet<String>,
    followers: HashMap<String, Follower>,
}

struct Follower {
    deployment: Uuid,
    revision: watch::Sender<Uuid>,
    /// The time of the last line that was read, also if it is not delivered yet.
    last: Arc<Mutex<Option<DateTime<Utc>>>>,
    task: Option<tokio::task::AbortHandle>,
    ended: Option<Instant>,
}

/// One stream to be followed.
struct Following {
    engine: Engine,
    container: String,
    resource: String,
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

    /// Follows the containers of these deployments and no others.
    pub(super) fn update(
        &self,
        engine: &Engine,
        containers: &[Container],
        sources: &[LogSource],
        sink: &Sink,
    ) {
        let running = &mut *lock(&self.running);
        while let Some(ended) = running.tasks.try_join_next() {
            if let Ok(container) = ended
                && let Some(follower) = running.followers.get_mut(&container)
            {
                follower.task = None;
                follower.ended = Some(Instant::now());
            }
        }
        running.followers.retain(|id, follower| {
            let wanted = sources.iter().any(|source| source.deployment == follower.deployment);
            let there = containers.iter().any(|one| one.id == *id);
            if !wanted && let Some(task) = &follower.task {
                task.abort();
            }
            // The last lines of a container that is gone may still be on their way.
            wanted && (there || follower.task.is_some())
        });
        for source in sources {
            let Facts::Docker(facts) = &source.facts else { continue };
            let ours: Vec<_> = containers.iter().filter(|one| one.is_of(&facts.project)).collect();
            for container in &ours {
                running.follow(engine, container, source, sink);
            }
            let names: Vec<_> = ours.iter().map(|one| one.id.clone()).collect();
            // An empty list may be an engine that did not answer.
            if !names.is_empty() {
                sink.positions().retain(&position_file(&source.folder), &names);
            }
        }
    }
}

impl Running {
    fn follow(&mut self, engine: &Engine, container: &Container, source: &LogSource, sink: &Sink) {
        let follower = self.followers.entry(container.id.clone()).or_insert_with(|| Follower {
            deployment: source.deployment,
            revision: watch::Sender::new(source.revision),
            last: Arc::default(),
            task: None,
            ended: None,
        });
        follower.revision.send_replace(source.revision);
        let waits = |ended: Instant| !container.is_alive() && ended.elapsed() < ASK_AGAIN;
        if follower.task.is_some() || follower.ended.is_some_and(waits) {
            return;
        }
        let stream = Stream { file: position_file(&source.folder), name: container.id.clone() };
        let delivered = sink.positions().find(&stream).and_then(|text| text.parse::<DateTime<Utc>>().ok());
        let known = (*lock(&follower.last)).max(delivered);
        let following = Following {
            engine: engine.clone(),
            container: container.id.clone(),
            resource: container.resource(),
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

fn position_file(folder: &Path) -> std::path::PathBuf {
    folder.join("logs.json")
}

impl Following {
    /// Follows to the end; gives the container's id.
    async fn run(self) -> String {
        if let Err(error) = self.read().await {
            tracing::debug!(container = self.container, "its output can't be read: {error:#}");
        }
        self.container
    }

    async fn read(&self) -> anyhow::Result<()> {
        let mut frames = Frames::new(self.engine.has_terminal(&self.container).await?);
        let since = self.since.map_or_else(
            || "0".to_owned(),
            |time| format!("{}.{:09}", time.timestamp(), time.timestamp_subsec_nanos()),
        );
        let tail = if self.first { FIRST_LINES } else { "all" };
        let mut response = self.engine.logs(&self.container, &since, tail).await?;
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
        *lock(&self.last) = Some(time);
        let record = LogRecord {
            id: Uuid::nil(),
            deployment_id: self.deployment,
            deployment_revision_id: *self.revision.borrow(),
            resource: self.resource.clone(),
            timestamp: Time(time),
            severity: if output.is_error { "Err" } else { "Log" }.to_owned(),
            body: body.to_owned(),
        };
        let position = time.to_rfc3339_opts(chrono::SecondsFormat::Nanos, true);
        self.sink.put(Line { record, mark: Some((self.stream.clone(), position)) }).await;
    }
}
