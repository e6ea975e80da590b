//! Reads what the pods of a release print.
//!
//! Logs are read every few seconds from where the last line was, not followed: that needs no connection for each container, and a
//! line that was read but not delivered is simply read again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use grantry_wire::Time;
use grantry_wire::agent::LogRecord;
use serde_json::Value;

use super::api::{ApiError, items};
use super::cluster::Cluster;
use super::kinds::{collection, segment};
use super::manifest::Object;
use super::pods;
use crate::driver::LogSource;
use crate::logs::{Line, Sink, Stream};

/// How often logs are read.
const PERIOD: Duration = Duration::from_secs(10);

/// How far back the log of a container is read that ran before the agent did, in seconds.
const FIRST_LOOK: u32 = 300;

/// The longest line, in bytes; the rest of it is dropped.
const LONGEST_LINE: usize = 64 * 1024;

/// Follows the pods of one deployment.
pub(crate) struct Follower {
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) source: LogSource,
    pub(crate) namespace: String,
    pub(crate) release: String,
    /// Where the positions of its streams are kept.
    pub(crate) positions: std::path::PathBuf,
    pub(crate) sink: Sink,
}

/// How far a container's log was read.
#[derive(Debug, Clone, Default)]
struct Reached {
    position: Option<String>,
    restarts: u64,
}

impl Follower {
    /// Reads logs until it is dropped.
    pub(crate) async fn run(self) {
        let mut reached = HashMap::new();
        let mut first = true;
        loop {
            if let Err(error) = self.read_all(&mut reached, first).await {
                tracing::debug!(release = %self.release, "logs can't be read: {:#}", anyhow::Error::from(error));
            }
            first = false;
            tokio::time::sleep(PERIOD).await;
        }
    }

    async fn read_all(&self, reached: &mut HashMap<String, Reached>, first: bool) -> Result<(), ApiError> {
        let Some(objects) = self.cluster.known_objects(&self.namespace, &self.release) else { return Ok(()) };
        let mut streams = Vec::new();
        for object in objects.iter().filter(|object| object.is_workload()) {
            for pod in self.pods_of(object).await? {
                for container in pods::containers(&pod) {
                    let name = format!("{}/{}", pods::uid(&pod), container.name);
                    let new = || self.first_look(&name);
                    let mut at = reached.get(&name).cloned().unwrap_or_else(new);
                    let restarted = container.restarts > at.restarts && at.position.is_some();
                    let log = Log {
                        object,
                        pod: &pod,
                        container: &container.name,
                        stream: &name,
                        only_recent: first,
                    };
                    if restarted {
                        self.read_log(&log, &mut at, true).await;
                    }
                    at.restarts = container.restarts;
                    self.read_log(&log, &mut at, false).await;
                    reached.insert(name.clone(), at);
                    streams.push(name);
                }
            }
        }
        reached.retain(|name, _| streams.contains(name));
        self.sink.positions().retain(&self.positions, &streams);
        Ok(())
    }

    fn first_look(&self, name: &str) -> Reached {
        let stream = Stream { file: self.positions.clone(), name: name.to_owned() };
        Reached { position: self.sink.positions().find(&stream), restarts: 0 }
    }

    async fn pods_of(&self, object: &Object) -> Result<Vec<Value>, ApiError> {
        let Some(live) = self.cluster.find_live(object, &self.namespace).await? else {
            return Ok(Vec::new());
        };
        let Some(selector) = pods::selector(&live) else { return Ok(Vec::new()) };
        let namespace = object.namespace.as_deref().unwrap_or(&self.namespace);
        let path =
            format!("{}?labelSelector={}", collection("v1", Some(namespace), "pods"), segment(&selector));
        Ok(items(self.cluster.api.read(&path).await?))
    }

    /// Reads one log from where it was read to. That it can't be read is normal: the container may not run yet, or not any more.
    async fn read_log(&self, log: &Log<'_>, at: &mut Reached, previous: bool) {
        let path = log.path(&self.namespace, at, previous);
        let mut response = match self.cluster.api.open_text(&path).await {
            Ok(response) => response,
            Err(error) => {
                tracing::trace!("no log: {error}");
                return;
            }
        };
        let mut lines = Lines::default();
        while let Ok(Some(chunk)) = response.chunk().await {
            for line in lines.split(&chunk) {
                self.put(log, at, &line).await;
            }
        }
        if let Some(line) = lines.last() {
            self.put(log, at, &line).await;
        }
    }

    async fn put(&self, log: &Log<'_>, at: &mut Reached, line: &str) {
        let Some((stamp, timestamp, body)) = split(line) else { return };
        if at.position.as_deref().and_then(parse).is_some_and(|position| timestamp <= position) {
            return;
        }
        at.position = Some(stamp.to_owned());
        let record = LogRecord {
            id: uuid::Uuid::nil(),
            deployment_id: self.source.deployment,
            deployment_revision_id: self.source.revision,
            resource: log.object.resource(),
            timestamp: Time(timestamp),
            severity: "Log".to_owned(),
            body: body.to_owned(),
        };
        let stream = Stream { file: self.positions.clone(), name: log.stream.to_owned() };
        self.sink.put(Line { record, mark: Some((stream, stamp.to_owned())) }).await;
    }
}

/// The log of one container.
struct Log<'a> {
    object: &'a Object,
    pod: &'a Value,
    container: &'a str,
    stream: &'a str,
    /// Whether a log that was not read before is not read from its beginning.
    only_recent: bool,
}

impl Log<'_> {
    fn path(&self, namespace: &str, at: &Reached, previous: bool) -> String {
        let namespace = self.object.namespace.as_deref().unwrap_or(namespace);
        let pods = collection("v1", Some(namespace), "pods");
        let (pod, container) = (segment(pods::name(self.pod)), segment(self.container));
        let mut path = format!("{pods}/{pod}/log?container={container}&timestamps=true");
        match &at.position {
            // The cluster rounds it down to the second; lines that were read already are passed over.
            Some(position) => path.push_str(&format!("&sinceTime={}", segment(position))),
            None if self.only_recent => path.push_str(&format!("&sinceSeconds={FIRST_LOOK}")),
            None => {}
        }
        if previous {
            path.push_str("&previous=true");
        }
        path
    }
}

/// Cuts what arrives into lines.
#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    fn split(&mut self, chunk: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut parts = chunk.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            let room = LONGEST_LINE.saturating_sub(self.0.len());
            self.0.extend_from_slice(&part[..part.len().min(room)]);
            if parts.peek().is_some() {
                lines.push(String::from_utf8_lossy(&std::mem::take(&mut self.0)).into_owned());
            }
        }
        lines
    }

    fn last(self) -> Option<String> {
        let line = String::from_utf8_lossy(&self.0).into_owned();
        Some(line).filter(|line| !line.is_empty())
    }
}

/// The timestamp before a line, as text and as time, and the line.
fn split(line: &str) -> Option<(&str, DateTime<Utc>, &str)> {
    let (stamp, body) = line.split_once(' ').unwrap_or((line, ""));
    Some((stamp, parse(stamp)?, body.trim_end_matches('\r')))
}

fn parse(stamp: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(stamp).ok()?.to_utc())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_cut_wherever_they_arrive() {
        let mut lines = Lines::default();
        assert!(lines.split(b"one").is_empty());
        assert_eq!(lines.split(b" two\nthree\n"), ["one two", "three"]);
        assert_eq!(lines.split(b"\nfo"), [""]);
        assert!(lines.split(&vec![b'x'; 2 * LONGEST_LINE]).is_empty());
        assert_eq!(lines.last().unwrap().len(), LONGEST_LINE);
        assert_eq!(Lines::default().last(), None);
    }

    #[test]
    fn timestamps_are_told_from_the_line() {
        let (stamp, time, body) = split("2026-11-24T12:00:00.123456789Z hello there\r").unwrap();
        assert_eq!((stamp, body), ("2026-11-24T12:00:00.123456789Z", "hello there"));
        assert!(time > parse("2026-11-24T12:00:00.12Z").unwrap());
        assert_eq!(split("2026-11-24T12:00:00Z").unwrap().2, "");
        assert_eq!(split("unable to retrieve container logs"), None);
    }

    #[test]
    fn logs_are_asked_for_from_where_they_were_read_to() {
        let object = Object {
            api_version: "apps/v1".to_owned(),
            kind: "Deployment".to_owned(),
            namespace: None,
            name: "web".to_owned(),
        };
        let pod = json!({"metadata": {"name": "web-1"}});
        let mut log = Log { object: &object, pod: &pod, container: "a", stream: "s", only_recent: true };
        let new = Reached::default();
        let base = "/api/v1/namespaces/sea/pods/web-1/log?container=a&timestamps=true";
        assert_eq!(log.path("sea", &new, false), format!("{base}&sinceSeconds=300"));
        log.only_recent = false;
        assert_eq!(log.path("sea", &new, false), base);
        let at = Reached { position: Some("2026-11-24T12:00:00.1Z".to_owned()), restarts: 0 };
        assert_eq!(
            log.path("sea", &at, true),
            format!("{base}&sinceTime=2026-11-24T12:00:00.1Z&previous=true")
        );
    }
}
