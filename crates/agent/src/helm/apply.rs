//! Brings a release to a revision, and takes it away.

use anyhow::{Context as _, anyhow, bail};
use grantry_wire::agent::AgentDeployment;
use serde_json::{Value, json};

use super::cluster::Cluster;
use super::kinds::{collection, segment};
use super::operation::{self, Inputs};
use super::record::{self, Phase, Record};
use super::release::{self, Revision, Status, Step, Wish};
use super::wait::Wait;
use super::{Driver, Facts, Transient, registry};
use crate::clock;
use crate::driver::{self, Job};
use crate::failure::Failure;
use crate::mask::Mask;
use crate::state;

/// The label by which charts say which release a thing belongs to.
const INSTANCE: &str = "app.kubernetes.io/instance";

/// Shorter values are not hidden in messages: most are no secrets, and a message has to say something.
const SHORTEST_SECRET: usize = 8;

impl Driver {
    pub(crate) async fn apply(&self, job: Job<'_>) -> Result<Facts, Failure> {
        let driver::Facts::Helm(facts) = &job.facts else {
            return Err(Failure::new("it was deployed with Docker; this agent leaves it alone"));
        };
        let mask = mask(job.wanted);
        let failed = |error: anyhow::Error| Failure::new(mask.apply(&format!("{error:#}")));
        self.apply_release(&job, facts).await.map_err(failed)?;
        Ok(facts.clone())
    }

    async fn apply_release(&self, job: &Job<'_>, facts: &Facts) -> anyhow::Result<()> {
        let api = &self.cluster.api;
        let (namespace, release) = (&*facts.namespace, &*facts.release);
        let wish = Wish {
            release,
            deployment: job.wanted.id,
            revision: job.wanted.revision_id,
            ignore_skew: job.wanted.ignore_revision_skew,
        };
        let kept = Record::find(api, namespace, release).await?;
        let mut revisions = release::revisions(api, namespace, release).await?;
        let mut step = release::decide(wish, kept.as_ref(), &revisions)?;
        if let Step::Repair(good) = step {
            job.progress.say("putting right what an interrupted run of helm left");
            self.go_back(namespace, release, good)
                .await
                .context("an interrupted run of helm can't be put right")?;
            revisions = release::revisions(api, namespace, release).await?;
            step = if revisions.is_empty() { Step::Install } else { Step::Upgrade };
        }
        if step == Step::Nothing {
            self.renew_pull_secret(facts).await;
            return Ok(());
        }
        let mut record = self.begin(job, kept, revisions.last().copied());
        record.keep(api, namespace).await.context("can't write down what is to be deployed")?;
        let outcome = self.run(job, facts, &step).await;
        let after = release::revisions(api, namespace, release).await;
        record.end(outcome.is_ok(), after.as_deref().ok().map(|after| after.last().copied()));
        let written = record.keep(api, namespace).await.context("can't write down what was deployed");
        outcome.and(written)
    }

    /// What is true from the moment when Helm is started.
    fn begin(&self, job: &Job<'_>, kept: Option<Record>, newest: Option<Revision>) -> Record {
        Record {
            id: job.wanted.id,
            revision_id: job.wanted.revision_id,
            current_revision_id: kept.and_then(|kept| kept.applied()),
            release_name: job.wanted.release_name.clone(),
            helm_revision: newest.map(|newest| newest.number),
            phase: Phase::Progressing,
            target: Some(self.target),
            keep_volumes: job.wanted.keep_volumes,
            ignore_skew: job.wanted.ignore_revision_skew,
        }
    }

    async fn run(&self, job: &Job<'_>, facts: &Facts, step: &Step) -> anyhow::Result<()> {
        let (namespace, release) = (&*facts.namespace, &*facts.release);
        let configuration = self.credentials(job).await?;
        record::keep_pull_secret(&self.cluster.api, namespace, release, &configuration)
            .await
            .context("the credentials for images can't be kept in the cluster")?;
        let values = registry::values(job.wanted, &record::pull_secret_name(release));
        let values = Transient::write(&job.folder.join("values.json"), &values)?;
        let registries = Transient::write(&job.folder.join("registries.json"), &configuration)?;
        let inputs = Inputs {
            namespace,
            values: &values.0,
            registries: &registries.0,
            plain_http: registry::is_plain(job.wanted, &self.registry),
        };
        let (helm, options) = (&self.cluster.helm, operation::options(job.wanted));
        let (command, what) = match step {
            Step::Install => (operation::install(helm.major(), job.wanted, inputs), "installs"),
            _ => (operation::upgrade(helm.major(), job.wanted, inputs), "upgrades"),
        };
        let what = format!("helm {what} the release and waits until it is ready");
        job.progress.say(&what);
        if *step == Step::Install {
            // The numbers of its revisions begin again.
            self.cluster.forget(namespace, release);
        }
        let wait = Wait::new(&self.cluster, namespace, release);
        let outcome = tokio::select! {
            outcome = helm.run(&command, operation::limit(&options)) => outcome,
            never = wait.tell(&what, job.progress) => match never {},
        };
        if let Err(error) = outcome {
            if operation::goes_back_itself(&options) {
                self.go_back_after_failure(namespace, release).await?;
            }
            return Err(self.explain(error, job, wait.trouble()));
        }
        if job.wanted.force_restart && *step != Step::Install {
            job.progress.say("restarting");
            restart(&self.cluster, namespace, release).await.context("upgraded, but not restarted")?;
        }
        Ok(())
    }

    /// Adds to what Helm says what Helm can't know.
    fn explain(&self, error: anyhow::Error, job: &Job<'_>, trouble: Option<String>) -> anyhow::Error {
        if let Some(trouble) = trouble {
            return anyhow!("{trouble}. Helm says: {error:#}");
        }
        if registry::is_hubs(job.wanted, &self.registry) && is_not_found(&format!("{error:#}")) {
            // The registry says no more to whom it is not granted.
            return anyhow!("the chart is not in the hub's registry, or not granted. Helm says: {error:#}");
        }
        error
    }

    /// The credentials of a deployment as a Docker configuration file.
    async fn credentials(&self, job: &Job<'_>) -> anyhow::Result<String> {
        let token = job.hub.registry_token().await.context("no token for the hub's registry")?;
        Ok(registry::configuration(job.wanted, (&self.registry.host, token.reveal())))
    }

    /// Puts the agent's present token into the credentials of a release, whose pods may be started at any time. That it fails is no
    /// reason to report the release as broken: what runs has its images.
    pub(super) async fn renew_pull_secret(&self, facts: &Facts) {
        if let Err(error) = self.try_renew_pull_secret(facts).await {
            tracing::debug!(release = facts.release, "the credentials for images are not renewed: {error:#}");
        }
    }

    async fn try_renew_pull_secret(&self, facts: &Facts) -> anyhow::Result<()> {
        let token = self.hub.registry_token().await?;
        if !self.is_news(facts, token.reveal()) {
            return Ok(());
        }
        let api = &self.cluster.api;
        let Some(known) = record::find_pull_secret(api, &facts.namespace, &facts.release).await? else {
            return Ok(());
        };
        if let Some(configuration) = registry::renewed(&known, &self.registry.host, token.reveal()) {
            record::keep_pull_secret(api, &facts.namespace, &facts.release, &configuration).await?;
        }
        self.note_token(facts, token);
        Ok(())
    }

    async fn go_back_after_failure(&self, namespace: &str, release: &str) -> anyhow::Result<()> {
        let revisions = release::revisions(&self.cluster.api, namespace, release).await?;
        let failed = revisions.last().is_some_and(|newest| newest.status == Status::Failed);
        if !failed {
            return Ok(());
        }
        self.go_back(namespace, release, release::last_good(&revisions))
            .await
            .context("helm can't go back either")
    }

    /// Goes back to a revision, or removes a release that never worked.
    async fn go_back(&self, namespace: &str, release: &str, good: Option<u32>) -> anyhow::Result<()> {
        let command = match good {
            Some(revision) => operation::roll_back(release, revision, namespace),
            None => operation::uninstall(release, namespace),
        };
        self.cluster.helm.run(&command, 2 * operation::TIMEOUT).await.map(drop)
    }

    /// Takes a release away, if it is this deployment's.
    pub(super) async fn remove_release(&self, known: &state::Record, facts: &Facts) -> anyhow::Result<()> {
        let api = &self.cluster.api;
        let (namespace, release) = (&*facts.namespace, &*facts.release);
        let kept = Record::find(api, namespace, release).await?;
        if kept.is_none_or(|kept| kept.id != known.id) {
            tracing::info!(release, "not removed: it is not of this deployment");
            return Ok(());
        }
        if !release::revisions(api, namespace, release).await?.is_empty() {
            self.cluster.helm.run(&operation::uninstall(release, namespace), 2 * operation::TIMEOUT).await?;
        }
        if !known.keep_volumes {
            delete_claims(&self.cluster, namespace, release).await.context("its volumes can't be deleted")?;
        }
        record::delete_pull_secret(api, namespace, release).await?;
        // Last, so that a removal that failed half-way is known and tried again.
        Record::forget(api, namespace, release).await?;
        Ok(())
    }
}

/// Deletes the volumes that a release's stateful sets asked for: Helm does not know those.
async fn delete_claims(cluster: &Cluster, namespace: &str, release: &str) -> anyhow::Result<()> {
    let claims = collection("v1", Some(namespace), "persistentvolumeclaims");
    let selector = segment(&format!("{INSTANCE}={release}"));
    for claim in cluster.api.list_metadata(&format!("{claims}?labelSelector={selector}")).await? {
        let Some(name) = claim.pointer("/metadata/name").and_then(Value::as_str) else { continue };
        cluster.api.delete(&format!("{claims}/{}", segment(name))).await?;
    }
    Ok(())
}

/// Starts the pods of a release anew, a few at a time, as `kubectl rollout restart` does.
async fn restart(cluster: &Cluster, namespace: &str, release: &str) -> anyhow::Result<()> {
    let revisions = release::revisions(&cluster.api, namespace, release).await?;
    let Some(newest) = revisions.last() else { bail!("the release is gone") };
    let now = json!(clock::wire_time());
    let change = json!({"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": now}}}}});
    let objects = cluster.objects(namespace, release, newest.number).await?;
    for object in objects.iter().filter(|object| object.can_restart()) {
        if let Some(path) = cluster.path(object, namespace).await? {
            cluster.api.patch(&path, &change).await.with_context(|| object.resource())?;
        }
    }
    Ok(())
}

/// Whether Helm found no such chart in its registry.
fn is_not_found(said: &str) -> bool {
    said.contains("FetchReference") && said.contains("not found")
}

/// Hides what the deployment's values hold: Helm and the cluster repeat them when they complain.
fn mask(wanted: &AgentDeployment) -> Mask {
    let mut mask = Mask::default();
    if let Some(values) = &wanted.values {
        hide(&mut mask, &serde_json::from_str(values.get()).unwrap_or_default());
    }
    for auth in wanted.registry_auth.iter().flatten().map(|(_, auth)| auth) {
        mask.hide(&auth.password);
    }
    mask
}

fn hide(mask: &mut Mask, value: &Value) {
    match value {
        Value::String(text) if text.len() >= SHORTEST_SECRET => mask.hide(text),
        Value::Array(items) => items.iter().for_each(|item| hide(mask, item)),
        Value::Object(fields) => fields.values().for_each(|field| hide(mask, field)),
        _ => {}
    }
}
