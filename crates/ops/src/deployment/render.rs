//! Rendering deployments: what agents are told to run, with license tokens and secrets filled in.

use std::collections::BTreeMap;

use grantry_model::application::{Chart, TargetKind, Version, VersionFiles};
use grantry_model::deployment::content::{Content, RenderedTexts};
use grantry_model::deployment_target::DeploymentTarget;
use grantry_model::id::{CustomerId, DeploymentId};
use grantry_model::policy::Permit;
use grantry_model::template::{Reads, Values};
use grantry_store::rendering::ToRender;
use grantry_store::store::Tx;
use zeroize::Zeroize;

use super::document::{Place, Templates, Unrenderable, compose, merged};
use crate::error::{Error, Kind, Result};

/// A deployment and what its agent is to be told.
#[derive(Debug)]
pub struct Rendered {
    /// The deployment, and what its agent was told last.
    pub stored: ToRender,
    /// What its newest revision renders to, or why it does not.
    pub outcome: std::result::Result<Desired, Unrenderable>,
}

/// What an agent is to run. It holds secrets.
pub enum Desired {
    /// At a Docker target.
    Docker {
        /// The Compose file, with the project's name.
        compose: Vec<u8>,
        /// The env file, if the revision has one.
        env: Option<String>,
    },
    /// At a Kubernetes target.
    Helm {
        /// Where the chart is.
        chart: Chart,
        /// The values, a JSON object.
        values: String,
    },
}

impl std::fmt::Debug for Desired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desired(…)")
    }
}

impl Drop for Desired {
    fn drop(&mut self) {
        match self {
            Self::Docker { env, .. } => env.zeroize(),
            Self::Helm { values, .. } => values.zeroize(),
        }
    }
}

/// What should run at a target, the oldest deployment first. One that can't be rendered does not keep the others from it.
///
/// # Errors
/// The database can't be read.
pub async fn desired(tx: &mut Tx, permit: &Permit, target: &DeploymentTarget) -> Result<Vec<Rendered>> {
    let deployments = tx.list_to_render(permit, target.id).await?;
    let mut all = Vec::with_capacity(deployments.len());
    for stored in deployments {
        let texts = texts(tx, permit, target.customer, &stored.current.content).await?;
        let version = (stored.chart.as_ref(), &stored.files);
        let outcome = texts.and_then(|texts| whole(&texts, version, stored.kind, stored.deployment.id));
        all.push(Rendered { stored, outcome });
    }
    Ok(all)
}

pub(super) async fn version_files(tx: &mut Tx, permit: &Permit, version: &Version) -> Result<VersionFiles> {
    tx.version_files(permit, version.id).await?.ok_or(Error::NotFound(Kind::ApplicationVersion))
}

/// What a deployment's texts render to with what its target's customer has now.
///
/// # Errors
/// The inner one: why they don't. The outer one: the database can't be read.
pub(super) async fn texts(
    tx: &mut Tx,
    permit: &Permit,
    owner: Option<CustomerId>,
    content: &Content,
) -> Result<std::result::Result<RenderedTexts, Unrenderable>> {
    let templates = match Templates::parse(content) {
        Ok(templates) => templates,
        Err(unrenderable) => return Ok(Err(unrenderable)),
    };
    let given = Given::load(tx, permit, owner, &templates).await?;
    Ok(templates.render(given.values()))
}

/// What an agent is told, of rendered texts and the version's files.
///
/// # Errors
/// Values that are not YAML or don't fit to those of the version.
pub(super) fn whole(
    texts: &RenderedTexts,
    (chart, files): (Option<&Chart>, &VersionFiles),
    kind: TargetKind,
    deployment: DeploymentId,
) -> std::result::Result<Desired, Unrenderable> {
    let broken = |what| Unrenderable::new(Place::Version, "version_broken", what);
    match kind {
        TargetKind::Docker => {
            let file = files.compose.as_deref().ok_or_else(|| broken("It has no Compose file."))?;
            Ok(Desired::Docker { compose: compose(file, deployment)?, env: texts.env.clone() })
        }
        TargetKind::Kubernetes => {
            let chart = chart.cloned().ok_or_else(|| broken("It has no chart."))?;
            Ok(Desired::Helm { chart, values: merged(files.values.as_deref(), texts.values.as_deref())? })
        }
    }
}

/// What templates read, by name.
struct Given {
    license_keys: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
}

impl Given {
    /// What these templates read of what the deployments of a customer, or the vendor's own, can read.
    async fn load(
        tx: &mut Tx,
        permit: &Permit,
        owner: Option<CustomerId>,
        templates: &Templates,
    ) -> Result<Self> {
        let reads: Vec<Reads> = templates.reads();
        let mut given = Self { license_keys: BTreeMap::new(), secrets: BTreeMap::new() };
        if reads.iter().any(|reads| !reads.license_keys.is_empty()) {
            let wanted = |name: &str| reads.iter().any(|reads| reads.license_keys.includes(name));
            given.license_keys.extend(tx.list_readable_tokens(permit, owner, wanted).await?);
        }
        if reads.iter().any(|reads| !reads.secrets.is_empty()) {
            let wanted = |name: &str| reads.iter().any(|reads| reads.secrets.includes(name));
            let found = tx.list_secret_values(permit, owner, wanted).await?;
            let pairs = found.iter().map(|(key, value)| (key.as_str().to_owned(), value.reveal().to_owned()));
            given.secrets.extend(pairs);
        }
        Ok(given)
    }

    fn values(&self) -> Values<'_> {
        Values { license_keys: &self.license_keys, secrets: &self.secrets }
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        self.secrets.values_mut().chain(self.license_keys.values_mut()).for_each(Zeroize::zeroize);
    }
}
