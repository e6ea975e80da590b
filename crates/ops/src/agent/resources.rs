//! What an agent is told to run.
//!
//! The answer is worked out when something has changed that concerns the agent, and remembered by the agent's numbers until then: an
//! agent that asks for what it has already costs one look at these numbers. What was told last is kept with each deployment, so that the agent hears
//! it again when the hub can't render the deployment anew.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use grantry_model::application::Chart;
use grantry_model::deployment::helm::HelmOptions;
use grantry_model::deployment::{Deployment, Revision};
use grantry_model::deployment_target::{DeploymentTarget, Environment};
use grantry_model::id::DeploymentRevisionId;
use grantry_model::log_line::cut;
use grantry_model::policy::Permit;
use grantry_store::agent::Numbers;
use grantry_store::application_entitlement::RegistryLogin;
use grantry_store::rendering::Rendering;
use grantry_store::store::Tx;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::keeping::{self, Change};
use super::session::Session;
use super::version::AgentVersion;
use crate::Ops;
use crate::deployment::render::{self, Desired, Rendered};
use crate::error::{Error, Result};

/// Most bytes that are kept of the reason for which a deployment can't be rendered.
const MAX_REASON: usize = 4 * 1024;

/// All that an agent is told.
#[derive(Debug)]
pub struct Resources {
    /// The version that the agent should have.
    pub version: AgentVersion,
    /// The deployment target.
    pub target: DeploymentTarget,
    /// What should run, the oldest first.
    pub deployments: Vec<Wanted>,
}

/// A deployment that should run.
#[derive(Debug)]
pub struct Wanted {
    /// The deployment.
    pub deployment: Deployment,
    /// The login at the vendor's private registry, as long as the entitlement that gives it lasts.
    pub login: Option<RegistryLogin>,
    /// In which state.
    pub state: State,
}

/// What an agent is told of a deployment that follows from one of its revisions. It holds secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The revision.
    pub revision: DeploymentRevisionId,
    /// Whether what runs is restarted even if nothing else changes.
    pub force_restart: bool,
    /// Whether a release that somebody else has changed is upgraded all the same.
    pub ignore_revision_skew: bool,
    /// How Helm goes about it.
    pub helm: Option<HelmOptions>,
    /// What runs.
    pub content: Content,
}

/// What runs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// A Compose project.
    Docker {
        /// The Compose file.
        compose: String,
        /// The env file.
        env: Option<String>,
    },
    /// A Helm release.
    Helm {
        /// The address of the chart, or of its repository.
        chart_url: String,
        /// The name in the repository; `None` if the address is the chart's own.
        chart_name: Option<String>,
        /// The chart's version.
        chart_version: String,
        /// A JSON object.
        values: String,
    },
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl State {
    fn of(revision: &Revision, desired: &Desired) -> Self {
        let content = match desired {
            Desired::Docker { compose, env } => {
                Content::Docker { compose: String::from_utf8_lossy(compose).into_owned(), env: env.clone() }
            }
            Desired::Helm { chart, values } => {
                let Chart { name, url, version, .. } = chart.clone();
                Content::Helm {
                    chart_url: url,
                    chart_name: name,
                    chart_version: version,
                    values: values.clone(),
                }
            }
        };
        Self {
            revision: revision.id,
            force_restart: revision.content.force_restart,
            ignore_revision_skew: revision.content.ignore_revision_skew,
            helm: revision.content.helm,
            content,
        }
    }
}

/// An answer that is remembered.
#[derive(Debug)]
pub(super) struct Answer {
    /// The numbers for which it holds.
    numbers: Numbers,
    /// What the agent said it is; it can be told to be that.
    version: Option<String>,
    /// When it changes by itself.
    until: Option<DateTime<Utc>>,
    tag: String,
}

impl Answer {
    fn holds(&self, session: &Session, now: DateTime<Utc>) -> bool {
        self.numbers == session.numbers
            && self.version == session.version
            && self.until.is_none_or(|until| now < until)
    }
}

/// What an agent is answered.
#[derive(Debug)]
pub enum Polled {
    /// It has it already.
    Unchanged {
        /// The answer's tag.
        tag: String,
    },
    /// The answer.
    Told {
        /// Its tag.
        tag: String,
        /// Its text.
        text: Bytes,
    },
}

/// Answers what should run, as the text that `present` makes of it; or that nothing is new, if `knows` says so of the answer's tag.
///
/// # Errors
/// The database can't be read, or what is told can't be kept: then nothing is told, and the agent stays with what it has.
pub async fn poll(
    ops: &Ops,
    session: Session,
    knows: impl Fn(&str) -> bool + Send,
    present: impl Fn(&Resources) -> String + Send,
) -> Result<Polled> {
    let memory = &ops.0.agents;
    let target = session.agent.target;
    let remembered = memory.answers.get(&target);
    if let Some(answer) = remembered.filter(|answer| answer.holds(&session, ops.clock().now())) {
        let tag = answer.tag.clone();
        if knows(&tag) {
            return Ok(Polled::Unchanged { tag });
        }
        if let Some((_, text)) = memory.texts.get(&target).filter(|(of, _)| *of == tag) {
            return Ok(Polled::Told { tag, text });
        }
    }
    let (numbers, version) = (session.numbers, session.version.clone());
    memory.worked_out.fetch_add(1, Ordering::Relaxed);
    let (resources, until) = work_out(ops, session).await?;
    let text = Bytes::from(present(&resources));
    let tag = format!("\"{}\"", hex(&Sha256::digest(&text)[..16]));
    memory.answers.insert(target, Arc::new(Answer { numbers, version, until, tag: tag.clone() }));
    memory.texts.insert(target, (tag.clone(), text.clone()));
    if knows(&tag) { Ok(Polled::Unchanged { tag }) } else { Ok(Polled::Told { tag, text }) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What should run, and when that changes by itself.
async fn work_out(ops: &Ops, session: Session) -> Result<(Resources, Option<DateTime<Utc>>)> {
    let Session { agent, permit, mut tx, version, .. } = session;
    let target = tx.find_deployment_target(&permit, agent.target).await?.ok_or(Error::Unauthenticated)?;
    let rendered = render::desired(&mut tx, &permit, &target).await?;
    let (mut until, mut wanted, mut changes) = (None, Vec::new(), Vec::new());
    for one in rendered {
        // If there is none, it was never told, so nothing of it runs.
        let Some(state) = state(&one, &mut changes)? else { continue };
        let deployment = one.stored.deployment;
        let login = login(ops, &mut tx, &permit, &deployment, &mut until).await?;
        wanted.push(Wanted { deployment, login, state });
    }
    drop(tx);
    keeping::keep(ops, &permit, changes).await?;
    let version = wanted_version(ops, &target, version);
    Ok((Resources { version, target, deployments: wanted }, until))
}

/// In which state a deployment should be: as it renders now, or as it was told last if it doesn't.
fn state(rendered: &Rendered, changes: &mut Vec<Change>) -> Result<Option<State>> {
    let stored = &rendered.stored;
    let rendering = |told, error| Rendering {
        deployment: stored.deployment.id,
        seq: stored.deployment.current_seq,
        told,
        error,
    };
    match &rendered.outcome {
        Ok(desired) => {
            let state = State::of(&stored.current, desired);
            let text = Zeroizing::new(serde_json::to_vec(&state).map_err(Error::internal)?);
            if stored.told.as_ref() != Some(&text) || stored.error.is_some() {
                let told = Some((state.revision, text));
                changes.push(Change { rendering: rendering(told, None), failed: None });
            }
            Ok(Some(state))
        }
        Err(unrenderable) => {
            let reason = cut(&unrenderable.to_string(), MAX_REASON);
            if stored.error.as_deref() != Some(&reason) {
                let failed = Some((stored.current.id, reason.clone()));
                changes.push(Change { rendering: rendering(None, Some(reason)), failed });
            }
            let told = stored.told.as_ref().map(|told| serde_json::from_slice(told));
            told.transpose().map_err(Error::internal)
        }
    }
}

/// The login at a private registry that a deployment's entitlement gives, until it ends.
async fn login(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    deployment: &Deployment,
    until: &mut Option<DateTime<Utc>>,
) -> Result<Option<RegistryLogin>> {
    let Some(id) = deployment.entitlement else { return Ok(None) };
    let Some(entitlement) = tx.find_application_entitlement(permit, id).await? else { return Ok(None) };
    if let Some(end) = entitlement.expires_at {
        if end <= ops.clock().now() {
            return Ok(None);
        }
        *until = Some(until.map_or(end, |until| until.min(end)));
    }
    Ok(tx.registry_login(permit, id).await?)
}

/// The version that an agent should have: the one it has, where it does not update itself.
fn wanted_version(ops: &Ops, target: &DeploymentTarget, version: Option<String>) -> AgentVersion {
    let own = version.or_else(|| target.agent.version.clone());
    match (&target.environment, own) {
        (_, Some(own)) if !target.options.automatic_updates => AgentVersion::named(&own),
        (Environment::Docker { .. }, _) => ops.docker_agent_version(),
        (Environment::Kubernetes { .. }, _) => ops.helm_agent_version(),
    }
}
