//! The agents of the sample's deployment targets. They run nothing, but speak with the hub as agents do: of the days before the
//! sample was made, and from then on for as long as the hub runs. One whose target gets a real agent falls silent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::try_join_all;
use grantry_model::application::TargetKind;
use grantry_model::deployment::StatusKind;
use grantry_model::id::{DeploymentId, DeploymentRevisionId, DeploymentTargetId};
use grantry_ops::Ops;
use grantry_ops::agent::resources::{Polled, Resources, poll};
use grantry_ops::agent::session::{Session, bear, enter};
use grantry_ops::agent::version::HUB_VERSION;
use grantry_ops::agent::{login, logs, memory, metrics, status, token};
use grantry_ops::caller::Caller;
use grantry_ops::deployment::revisions;
use grantry_ops::deployment_target::connect::TargetSecret;
use grantry_ops::error::{Error, Result};
use grantry_store::store::Store;

use super::reports::{Event, History, Machine, Said, own_line};
use super::rollout::{Site, application};
use super::sites::{AgentSample, SiteSample};

/// Where agents call from.
const ADDRESS: &str = "203.0.113.40";
/// What lies further apart is said on another visit.
const VISIT: TimeDelta = TimeDelta::hours(12);
/// How far apart the measurements of the last day are.
const MEASURE_EVERY: TimeDelta = TimeDelta::minutes(20);
/// How often an agent reports while the hub runs.
const REPORT_EVERY: Duration = Duration::from_secs(15);

/// An agent.
pub(crate) struct SampleAgent {
    target: DeploymentTargetId,
    secret: TargetSecret,
    kind: TargetKind,
    /// What it measures; `None`: it was lost.
    machine: Option<Machine>,
    /// What it signed in to, and until when.
    token: Option<(String, DateTime<Utc>)>,
    /// What it said last of the revisions that should run.
    said: BTreeMap<DeploymentId, (DeploymentRevisionId, Said)>,
}

/// The hub in the past.
pub(super) struct Past<'a> {
    /// Its clock is set to what happens.
    pub(super) ops: &'a Ops,
    pub(super) store: &'a Store,
    pub(super) founder: &'a Caller,
    /// When the sample is made.
    pub(super) now: DateTime<Utc>,
}

impl Past<'_> {
    /// Operations that have counted no sign-ins: in the sample they lie days apart, and are made within a second.
    fn anew(&self) -> Ops {
        self.ops.at(self.store.clone(), self.ops.clock().clone())
    }
}

/// Lets the agents of these targets report what was, and gives those that are still there.
pub(super) async fn catch_up(
    past: &Past<'_>,
    sites: impl IntoIterator<Item = (&'static SiteSample, Site)>,
) -> Result<Vec<SampleAgent>> {
    let mut agents = Vec::new();
    for (sample, site) in sites {
        let histories = histories(past, sample, &site).await?;
        let Some(mut agent) = SampleAgent::of(sample, site) else { continue };
        let end = match sample.agent {
            AgentSample::Lost(days_ago) => past.now - TimeDelta::days(days_ago),
            AgentSample::Missing | AgentSample::Present { .. } => past.now,
        };
        agent.recount(past, &histories, end).await?;
        agents.extend(agent.machine.is_some().then_some(agent));
    }
    Ok(agents)
}

async fn histories(past: &Past<'_>, sample: &SiteSample, site: &Site) -> Result<Vec<History>> {
    let mut histories = Vec::new();
    for deployment in sample.deployments {
        let id = site.deployments.get(deployment.application).copied();
        let Some((id, application)) = id.zip(application(deployment.application)) else { continue };
        let found = revisions::list(past.ops, past.founder, id).await?.revisions;
        let revisions = found.iter().rev().map(|one| (one.entry.revision.id, one.entry.revision.created_at));
        let began = |days_ago| past.now - TimeDelta::days(days_ago) - TimeDelta::hours(2);
        histories.push(History {
            deployment: id,
            application,
            revisions: revisions.collect(),
            trouble: deployment.trouble.map(|trouble| (began(trouble.days_ago), trouble)),
        });
    }
    Ok(histories)
}

/// Lets agents measure the last day until `now`: all at the same moments, so that the database writes them at once.
pub(super) async fn measure_last_day(
    past: &Ops,
    store: &Store,
    agents: &mut [SampleAgent],
    now: DateTime<Utc>,
) -> Result<()> {
    let ops = past.at(store.clone(), past.clock().clone());
    let mut at = now - TimeDelta::hours(23);
    while at <= now {
        ops.clock().set(at);
        try_join_all(agents.iter_mut().map(|agent| agent.measure(&ops))).await?;
        at += MEASURE_EVERY;
    }
    memory::write_waiting(&ops).await
}

/// Lets agents report for as long as the hub runs.
pub(crate) async fn live(ops: &Ops, mut agents: Vec<SampleAgent>) {
    let mut every = tokio::time::interval(REPORT_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let mut present = Vec::with_capacity(agents.len());
        for mut agent in agents {
            match agent.report(ops).await {
                // Its target is gone, or a real agent was connected to it.
                Err(Error::Unauthenticated) => continue,
                Err(error) => {
                    tracing::warn!(%error, target = %agent.target, "a sample agent could not report")
                }
                Ok(()) => {}
            }
            present.push(agent);
        }
        agents = present;
    }
}

impl SampleAgent {
    /// The agent of a target; `None` if none ever connected.
    fn of(sample: &SiteSample, site: Site) -> Option<Self> {
        let kind = if sample.namespace.is_some() { TargetKind::Kubernetes } else { TargetKind::Docker };
        let machine = match sample.agent {
            AgentSample::Present { cores, memory } => {
                Some(Machine { cores, memory, has_disks: kind == TargetKind::Docker })
            }
            AgentSample::Missing | AgentSample::Lost(_) => None,
        };
        let (target, secret) = (site.target, site.secret?);
        Some(Self { target, secret, kind, machine, token: None, said: BTreeMap::new() })
    }

    /// Where it is.
    #[cfg(test)]
    pub(super) fn target(&self) -> DeploymentTargetId {
        self.target
    }

    /// Begins a request.
    async fn enter(&mut self, ops: &Ops) -> Result<Session> {
        let now = ops.clock().now();
        let token = match &self.token {
            Some((token, until)) if now < *until => token.clone(),
            _ => {
                let token = login::login(ops, self.target, self.secret.reveal(), ADDRESS).await?;
                self.token = Some((token.clone(), now + token::LIFETIME));
                token
            }
        };
        enter(ops, bear(ops, &token)?, Some(HUB_VERSION)).await
    }

    /// Says all that there was to say until `end`.
    async fn recount(&mut self, past: &Past<'_>, histories: &[History], end: DateTime<Utc>) -> Result<()> {
        let mut events: Vec<Event> = histories.iter().flat_map(History::events).collect();
        events.retain(|event| event.at < end);
        events.sort_by_key(|event| event.at);
        for visit in events.chunk_by(|before, after| after.at - before.at < VISIT) {
            let ops = past.anew();
            if let Some(first) = visit.first() {
                ops.clock().set(first.at - TimeDelta::minutes(1));
                self.repeat(&ops).await?;
            }
            for event in visit {
                ops.clock().set(event.at);
                self.say(&ops, event.revision, &event.said).await?;
                self.said.insert(event.deployment, (event.revision, event.said.clone()));
            }
            memory::write_waiting(&ops).await?;
        }
        let ops = past.anew();
        ops.clock().set(end);
        self.wanted(&ops).await?;
        self.repeat(&ops).await?;
        self.send_lines(&ops, histories, end).await?;
        memory::write_waiting(&ops).await
    }

    /// Says once more what it said last.
    async fn repeat(&mut self, ops: &Ops) -> Result<()> {
        for (revision, said) in self.said.values().cloned().collect::<Vec<_>>() {
            self.say(ops, revision, &said).await?;
        }
        Ok(())
    }

    async fn say(&mut self, ops: &Ops, revision: DeploymentRevisionId, said: &Said) -> Result<()> {
        let session = self.enter(ops).await?;
        status::report(ops, session, revision, (said.kind, &said.message)).await
    }

    async fn send_lines(&mut self, ops: &Ops, histories: &[History], end: DateTime<Utc>) -> Result<()> {
        let began = end - TimeDelta::days(2);
        let mut lines = vec![
            own_line(began, "info", "the agent starts"),
            own_line(
                began + TimeDelta::hours(29),
                "warn",
                "what should run is not known, everything stays as it is: the hub does not answer",
            ),
            own_line(began + TimeDelta::hours(30), "info", "the hub answers again"),
        ];
        for history in histories {
            if let Some((revision, said)) = self.said.get(&history.deployment) {
                lines.extend(history.lines((*revision, said), end));
            }
        }
        let session = self.enter(ops).await?;
        logs::add(ops, session, lines).await
    }

    /// Asks what should run.
    async fn wanted(&mut self, ops: &Ops) -> Result<Vec<(DeploymentId, DeploymentRevisionId)>> {
        let session = self.enter(ops).await?;
        let Polled::Told { text, .. } = poll(ops, session, |_| false, list).await? else {
            return Ok(Vec::new());
        };
        serde_json::from_slice(&text).map_err(|error| Error::Internal(Box::new(error)))
    }

    async fn measure(&mut self, ops: &Ops) -> Result<()> {
        let Some(machine) = self.machine else { return Ok(()) };
        let session = self.enter(ops).await?;
        metrics::report(ops, session, machine.measure(ops.clock().now())).await
    }

    /// Reports how it is now. Of a revision that is new to it, it says that it is at work, and the next time that all is well.
    pub(super) async fn report(&mut self, ops: &Ops) -> Result<()> {
        let wanted = self.wanted(ops).await?;
        let ids: BTreeSet<_> = wanted.iter().map(|(deployment, _)| *deployment).collect();
        self.said.retain(|deployment, _| ids.contains(deployment));
        for (deployment, revision) in wanted {
            let said = match self.said.remove(&deployment) {
                Some((known, said)) if known == revision => match said.kind {
                    StatusKind::Progressing => Said::well(self.kind),
                    StatusKind::Healthy | StatusKind::Running | StatusKind::Error => said,
                },
                _ => Said::at_work(self.kind),
            };
            self.say(ops, revision, &said).await?;
            self.said.insert(deployment, (revision, said));
        }
        self.measure(ops).await
    }
}

/// What of the hub's answer the agents read.
fn list(resources: &Resources) -> String {
    let wanted = resources.deployments.iter().map(|wanted| (wanted.deployment.id, wanted.state.revision));
    serde_json::to_string(&wanted.collect::<Vec<_>>()).unwrap_or_default()
}
