//! Lines of deployments' logs on their way to the hub.
//!
//! The way is short: when the hub does not take lines, drivers have to wait with reading more. What is not read yet stays where the
//! container engine keeps it, so that nothing is lost and nothing piles up here.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use grantry_wire::agent::LogRecord;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::hub::Hub;
use crate::state;

/// Lines that wait, at most. They may be long, so that these few are what a flood takes of memory.
const WAITING: usize = 200;

/// Lines in one delivery, at most.
const BATCH: usize = 1_000;

/// Bytes of text in one delivery, at most.
const BATCH_BYTES: usize = 1024 * 1024;

/// How long lines are gathered before they are delivered.
const GATHER: Duration = Duration::from_secs(3);

/// A line with what is to be remembered once it was delivered.
pub(crate) struct Line {
    pub(crate) record: LogRecord,
    /// The stream it is from, and how far into it the line is.
    pub(crate) mark: Option<(Stream, String)>,
}

/// A stream of lines whose position is kept in a file of the deployment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stream {
    pub(crate) file: PathBuf,
    pub(crate) name: String,
}

/// Where drivers put lines.
#[derive(Clone)]
pub(crate) struct Sink {
    lines: mpsc::Sender<Line>,
    positions: Arc<Positions>,
}

/// How far lines were delivered. In memory, and on disk now and then.
#[derive(Default)]
pub(crate) struct Positions(Mutex<BTreeMap<PathBuf, BTreeMap<String, String>>>);

impl Positions {
    /// How far into a stream lines were delivered; `None` if none were.
    pub(crate) fn find(&self, stream: &Stream) -> Option<String> {
        let mut files = self.lock();
        let read = || {
            std::fs::read(&stream.file)
                .ok()
                .and_then(|text| serde_json::from_slice(&text).ok())
                .unwrap_or_default()
        };
        let positions = files.entry(stream.file.clone()).or_insert_with(read);
        positions.get(&stream.name).cloned()
    }

    /// Forgets the streams of a file that are not among these.
    pub(crate) fn retain(&self, file: &PathBuf, names: &[String]) {
        if let Some(positions) = self.lock().get_mut(file) {
            positions.retain(|name, _| names.contains(name));
        }
    }

    fn advance(&self, marks: Vec<(Stream, String)>) {
        let mut files = self.lock();
        let mut touched: Vec<PathBuf> = Vec::new();
        for (stream, position) in marks {
            files.entry(stream.file.clone()).or_default().insert(stream.name, position);
            if !touched.contains(&stream.file) {
                touched.push(stream.file);
            }
        }
        for file in touched {
            // A deployment that was removed meanwhile has no folder any more, and needs no positions.
            let Some(positions) =
                files.get(&file).filter(|_| file.parent().is_some_and(|folder| folder.is_dir()))
            else {
                continue;
            };
            let written = serde_json::to_vec(positions)
                .map_err(Into::into)
                .and_then(|text| state::write_loosely(&file, &text));
            if let Err(error) = written {
                tracing::debug!("the position in a log is not kept: {error:#}");
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, BTreeMap<String, String>>> {
        self.0.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}

impl Sink {
    /// Puts a line on its way; waits while too many are. NULs are taken out, and a line without text is left out.
    pub(crate) async fn put(&self, mut line: Line) {
        if line.record.body.contains('\0') {
            line.record.body = line.record.body.replace('\0', "");
        }
        if !line.record.body.trim().is_empty() {
            // It fails only when the agent stops.
            let _ = self.lines.send(line).await;
        }
    }

    pub(crate) fn positions(&self) -> &Positions {
        &self.positions
    }
}

/// The other end of a sink: delivers lines to the hub.
pub(crate) struct Shipper {
    lines: mpsc::Receiver<Line>,
    positions: Arc<Positions>,
    hub: Arc<Hub>,
}

/// A sink with its shipper.
pub(crate) fn way(hub: Arc<Hub>) -> (Sink, Shipper) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let positions = Arc::new(Positions::default());
    (Sink { lines: sender, positions: positions.clone() }, Shipper { lines: receiver, positions, hub })
}

impl Shipper {
    /// Delivers lines until told to stop, then what was gathered so far, once.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let batch = tokio::select! {
                batch = self.gather() => batch,
                () = stop.cancelled() => break,
            };
            let Some(batch) = batch else { return };
            tokio::select! {
                () = self.deliver(batch) => {}
                // Undelivered lines are read again after the next start.
                () = stop.cancelled() => break,
            }
        }
    }

    async fn gather(&mut self) -> Option<Vec<Line>> {
        let mut batch = vec![self.lines.recv().await?];
        let mut bytes = batch[0].record.body.len();
        let until = Instant::now() + GATHER;
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            match timeout_at(until, self.lines.recv()).await {
                Ok(Some(line)) => {
                    bytes += line.record.body.len();
                    batch.push(line);
                }
                Ok(None) | Err(_) => break,
            }
        }
        Some(batch)
    }

    /// Delivers a batch, however long it takes. One that the hub will never accept is dropped, so that it does not hold up the
    /// others.
    async fn deliver(&self, batch: Vec<Line>) {
        let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_mins(1));
        let (records, marks): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|line| (line.record, line.mark)).unzip();
        while let Err(trouble) = self.hub.log(&records).await {
            if trouble.is_final() {
                tracing::warn!(
                    lines = records.len(),
                    "the hub refuses lines of logs, they are dropped: {trouble}"
                );
                break;
            }
            let now = Instant::now();
            backoff.fail(now, trouble.retry_after());
            match backoff.ends() {
                Some(moment) => sleep_until(moment).await,
                None => sleep(GATHER).await,
            }
        }
        self.positions.advance(marks.into_iter().flatten().collect());
    }
}
