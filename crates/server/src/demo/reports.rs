//! What the agents of the sample say: how deployments go, what their containers print, how busy machines are. Pure, and the same
//! each time.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::application::TargetKind;
use grantry_model::deployment::StatusKind;
use grantry_model::id::{DeploymentId, DeploymentRevisionId};
use grantry_model::target_metric::Disk;
use grantry_ops::agent::logs::SentLine;
use grantry_ops::agent::metrics::Measured;

use super::sites::Trouble;
use super::software::ApplicationSample;

/// How a deployment goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) kind: StatusKind,
    pub(super) message: String,
}

/// Something that an agent said of a revision.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) at: DateTime<Utc>,
    pub(super) deployment: DeploymentId,
    pub(super) revision: DeploymentRevisionId,
    pub(super) said: Said,
}

/// A deployment with the revisions that it had, the oldest first.
pub(super) struct History {
    pub(super) deployment: DeploymentId,
    pub(super) application: &'static ApplicationSample,
    pub(super) revisions: Vec<(DeploymentRevisionId, DateTime<Utc>)>,
    /// What went wrong, and when it began.
    pub(super) trouble: Option<(DateTime<Utc>, Trouble)>,
}

impl Said {
    /// The agent is at work.
    pub(super) fn at_work(kind: TargetKind) -> Self {
        let message = match kind {
            TargetKind::Docker => "pulling images",
            TargetKind::Kubernetes => "helm upgrades the release and waits until it is ready",
        };
        Self { kind: StatusKind::Progressing, message: message.to_owned() }
    }

    /// All is well.
    pub(super) fn well(kind: TargetKind) -> Self {
        let message = match kind {
            TargetKind::Docker => "1 of 1 containers are healthy",
            TargetKind::Kubernetes => "the workload is ready",
        };
        Self { kind: StatusKind::Healthy, message: message.to_owned() }
    }
}

impl History {
    /// What the agent said of it, in order of time.
    pub(super) fn events(&self) -> Vec<Event> {
        let kind = self.application.kind;
        let event = |at, revision, said| Event { at, deployment: self.deployment, revision, said };
        let mut events = Vec::new();
        for &(revision, made) in &self.revisions {
            events.push(event(made + TimeDelta::seconds(5), revision, Said::at_work(kind)));
            events.push(event(made + TimeDelta::seconds(70), revision, Said::well(kind)));
        }
        if let Some((at, trouble)) = self.trouble
            && let Some(&(revision, _)) = self.revisions.iter().rfind(|(_, made)| *made < at)
        {
            let said = Said { kind: StatusKind::Error, message: trouble.message.to_owned() };
            events.push(event(at, revision, said));
        }
        events.sort_by_key(|event| event.at);
        events
    }

    /// What its container printed in the hours before `end`, when it was in this state.
    pub(super) fn lines(
        &self,
        (revision, said): (DeploymentRevisionId, &Said),
        end: DateTime<Utc>,
    ) -> Vec<SentLine> {
        let line = |minutes: i64, body: String, severity: &str| SentLine {
            of: Some((self.deployment, revision)),
            resource: self.application.workload(),
            at: end - TimeDelta::minutes(minutes) - TimeDelta::milliseconds(137 * minutes % 1_000),
            severity: severity.to_owned(),
            body,
        };
        let complaint = self.trouble.filter(|_| said.kind == StatusKind::Error);
        (0..PRINTED)
            .rev()
            .flat_map(|number| {
                let minutes = number * APART;
                match complaint {
                    Some((_, trouble)) => vec![
                        line(minutes + 1, self.application.prints(0), "Log"),
                        line(minutes, trouble.printed.to_owned(), "Err"),
                    ],
                    None => vec![line(minutes, self.application.prints(number), "Log")],
                }
            })
            .collect()
    }
}

/// How many lines a container printed, and how many minutes lie between two.
const PRINTED: i64 = 60;
const APART: i64 = 7;

/// A line of the agent's own log.
pub(super) fn own_line(at: DateTime<Utc>, severity: &str, body: &str) -> SentLine {
    SentLine { of: None, resource: String::new(), at, severity: severity.to_owned(), body: body.to_owned() }
}

/// A machine, or the whole of a cluster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Machine {
    pub(super) cores: u32,
    /// In gigabytes.
    pub(super) memory: u32,
    /// Whether its disks are measured.
    pub(super) has_disks: bool,
}

const GB: u64 = 1_000_000_000;

impl Machine {
    /// How busy it is at a moment: more by day than by night, and never quite even.
    pub(super) fn measure(self, at: DateTime<Utc>) -> Measured {
        let seconds = at.timestamp().rem_euclid(86_400);
        let day = f64::from(u32::try_from(seconds).unwrap_or_default()) / 86_400.0 * std::f64::consts::TAU;
        let seed = f64::from(self.cores + self.memory);
        let uneven = (day * 31.0 + seed).sin() * 0.05 + (day * 73.0 + seed).sin() * 0.04;
        let share = |thousandths: u64, of: u64| of * thousandths / 1_000;
        let disk = |device: &str, path: &str, size: u64, thousandths: u64| Disk {
            device: device.to_owned(),
            path: path.to_owned(),
            fs_type: "ext4".to_owned(),
            bytes_total: size * GB,
            bytes_used: share(thousandths, size * GB),
        };
        let disks = vec![
            disk("/dev/sda1", "/", 64, 310 + u64::from(self.cores)),
            disk("/dev/sdb1", "/var/lib/docker", 250, 540 + u64::from(self.memory)),
        ];
        Measured {
            cpu_millicores: u64::from(self.cores) * 1_000,
            cpu_usage: 0.34 - day.cos() * 0.16 + uneven,
            memory_bytes: u64::from(self.memory) * GB,
            memory_usage: 0.52 - day.cos() * 0.05 + uneven / 3.0,
            disks: if self.has_disks { disks } else { Vec::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::rollout::application;
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn trouble_lasts_until_the_next_revision() {
        let ids = [1, 2].map(|number| DeploymentRevisionId(Uuid::from_u128(number)));
        let trouble = Trouble { days_ago: 8, message: "it is unhealthy", printed: "ERROR" };
        let history = History {
            deployment: DeploymentId(Uuid::from_u128(9)),
            application: application("Fleet Manager").unwrap(),
            revisions: vec![(ids[0], at("2026-11-16T08:00:00Z")), (ids[1], at("2026-11-17T08:00:00Z"))],
            trouble: Some((at("2026-11-16T12:00:00Z"), trouble)),
        };
        let events = history.events();
        let told: Vec<_> = events.iter().map(|event| (event.revision, event.said.kind)).collect();
        use StatusKind::{Error, Healthy, Progressing};
        assert_eq!(
            told,
            [
                (ids[0], Progressing),
                (ids[0], Healthy),
                (ids[0], Error),
                (ids[1], Progressing),
                (ids[1], Healthy)
            ]
        );
        let end = at("2026-11-24T12:00:00Z");
        let lines = history.lines((ids[1], &events[4].said), end);
        assert!(lines.iter().all(|line| line.severity == "Log"), "the trouble is over");
        let lines = history.lines((ids[0], &events[2].said), end);
        assert!(lines.iter().any(|line| line.body == "ERROR"));
        assert!(lines.is_sorted_by_key(|line| line.at));
    }

    #[test]
    fn machines_are_busy_within_reason() {
        let machine = Machine { cores: 4, memory: 16, has_disks: true };
        for minute in 0..1_440 {
            let measured = machine.measure(at("2026-11-24T00:00:00Z") + TimeDelta::minutes(minute));
            assert!((0.05..0.95).contains(&measured.cpu_usage), "{minute}: {}", measured.cpu_usage);
            assert!((0.3..0.8).contains(&measured.memory_usage), "{minute}: {}", measured.memory_usage);
            assert!(measured.disks.iter().all(|disk| disk.bytes_used < disk.bytes_total));
        }
    }
}
