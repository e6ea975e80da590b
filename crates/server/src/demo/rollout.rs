//! What happened with applications and deployments: versions, entitlements, secrets, targets, revisions.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use grantry_model::application::draft::{ChartInput, ResourceInput, VersionInput};
use grantry_model::application::{TargetKind, VersionFiles};
use grantry_model::deployment::draft::ContentInput;
use grantry_model::deployment_target::draft::TargetInput;
use grantry_model::id::{
    ApplicationId, ApplicationVersionId, CustomerId, DeploymentId, DeploymentTargetId, SecretId,
};
use grantry_ops::application_entitlement::{self, ScopeInput};
use grantry_ops::caller::Caller;
use grantry_ops::deployment::affected::Confirmation;
use grantry_ops::deployment::{deploy, revise};
use grantry_ops::deployment_target::connect::{TargetSecret, connect};
use grantry_ops::deployment_target::{self, notes};
use grantry_ops::error::{Error, Result};
use grantry_ops::once::Once;
use grantry_ops::{Ops, application, application_version, secret};

use super::data::OrganizationSample;
use super::registry::moment;
use super::sites::{
    AgentSample, DeploymentSample, How, RevisionSample, SECRETS, SITES, SecretSample, SiteSample,
};
use super::software::{APPLICATIONS, ApplicationSample, GRANTS, GrantSample, Scope, VersionSample};

/// One thing that happened.
pub(super) enum Step {
    Create(&'static ApplicationSample),
    Add(&'static ApplicationSample, &'static VersionSample),
    Archive(&'static ApplicationSample, &'static VersionSample),
    Grant(&'static GrantSample),
    Keep(&'static SecretSample),
    Change(&'static SecretSample),
    SetUp(&'static SiteSample),
    Connect(&'static SiteSample),
    Note(&'static SiteSample, &'static str),
    Revise(&'static SiteSample, &'static DeploymentSample, &'static RevisionSample),
}

/// Who does it, in which organization.
#[derive(Clone, Copy)]
pub(super) struct Actors<'a> {
    pub(super) founder: &'a Caller,
    /// Customers by name.
    pub(super) customers: &'a HashMap<&'static str, CustomerId>,
    /// The first member of each customer that has one, by the customer's name.
    pub(super) members: &'a HashMap<&'static str, Caller>,
}

impl Actors<'_> {
    /// Who looks after what is a customer's, or the vendor's own.
    fn caretaker(&self, customer: Option<&str>) -> &Caller {
        customer.and_then(|name| self.members.get(name)).unwrap_or(self.founder)
    }

    fn customer(&self, name: Option<&str>) -> Result<Option<CustomerId>> {
        name.map(|name| known(self.customers.get(name).copied())).transpose()
    }
}

/// What has been made so far, by the name it has in the sample.
#[derive(Default)]
pub(super) struct Rollout {
    applications: HashMap<&'static str, ApplicationId>,
    versions: HashMap<(&'static str, &'static str), ApplicationVersionId>,
    secrets: HashMap<(Option<&'static str>, &'static str), SecretId>,
    pub(super) sites: HashMap<&'static str, Site>,
}

/// A deployment target that has been made.
pub(super) struct Site {
    pub(super) target: DeploymentTargetId,
    /// By which its agent signs in.
    pub(super) secret: Option<TargetSecret>,
    /// What is deployed there, by the application's name.
    pub(super) deployments: HashMap<&'static str, DeploymentId>,
}

/// A part of the sample that names another one, which comes before it.
fn known<T>(part: Option<T>) -> Result<T> {
    part.ok_or_else(|| Error::Internal("the sample names what it did not make before".into()))
}

/// The steps of a vendor; of one day in the order in which they depend on each other.
pub(super) fn steps(vendor: &OrganizationSample) -> Vec<(i64, Step)> {
    let mut steps = Vec::new();
    for application in APPLICATIONS.iter().filter(|application| application.vendor == vendor.slug) {
        steps.push((application.days_ago, Step::Create(application)));
        for version in application.versions {
            steps.push((version.days_ago, Step::Add(application, version)));
            steps.extend(version.archived.map(|days_ago| (days_ago, Step::Archive(application, version))));
        }
    }
    let grants = GRANTS.iter().filter(|grant| grant.vendor == vendor.slug);
    steps.extend(grants.map(|grant| (grant.days_ago, Step::Grant(grant))));
    for secret in SECRETS.iter().filter(|secret| secret.vendor == vendor.slug) {
        steps.push((secret.days_ago, Step::Keep(secret)));
        steps.extend(secret.changed.map(|days_ago| (days_ago, Step::Change(secret))));
    }
    for site in SITES.iter().filter(|site| site.vendor == vendor.slug) {
        steps.push((site.days_ago, Step::SetUp(site)));
        if site.agent != AgentSample::Missing {
            steps.push((site.days_ago, Step::Connect(site)));
        }
        steps.extend(site.note.map(|(days_ago, text)| (days_ago, Step::Note(site, text))));
        for deployment in site.deployments {
            let revisions = deployment.revisions.iter();
            steps.extend(
                revisions.map(|revision| (revision.days_ago, Step::Revise(site, deployment, revision))),
            );
        }
    }
    steps
}

impl Rollout {
    /// Lets a step happen. `registry` is the host under which the hub's registry is reached.
    pub(super) async fn happen(
        &mut self,
        ops: &Ops,
        actors: Actors<'_>,
        (step, registry): (&Step, &str),
        now: DateTime<Utc>,
    ) -> Result<()> {
        let founder = actors.founder;
        match *step {
            Step::Create(sample) => {
                let input = (sample.name, sample.kind.as_str());
                let made = application::create::create(ops, founder, input, &Once::without_key()).await?;
                self.applications.insert(sample.name, made.made()?.id);
                Ok(())
            }
            Step::Add(sample, version) => self.add(ops, founder, (sample, version), registry).await,
            Step::Archive(sample, version) => {
                let at = (self.application(sample.name)?, self.version(sample.name, version.name)?);
                let input = (version.name, Some(ops.clock().now()));
                application_version::update::update(ops, founder, at, input).await.map(|_| ())
            }
            Step::Grant(sample) => self.grant(ops, actors, sample, now).await,
            Step::Keep(sample) => {
                let customer = actors.customer(sample.customer)?;
                let value = made_up()?;
                let input = secret::create::Input { key: sample.key, value: &value, customer };
                let caretaker = actors.caretaker(sample.customer);
                let made = secret::create::create(ops, caretaker, input, &Once::without_key()).await?;
                self.secrets.insert((sample.customer, sample.key), made.made()?.id);
                Ok(())
            }
            Step::Change(sample) => {
                let id = known(self.secrets.get(&(sample.customer, sample.key)).copied())?;
                let (caretaker, value) = (actors.caretaker(sample.customer), made_up()?);
                let changed = secret::update::update(ops, caretaker, id, &value, Confirmation::Given).await;
                changed.map(|_| ())
            }
            Step::SetUp(sample) => self.set_up(ops, actors, sample).await,
            Step::Connect(sample) => {
                let site = known(self.sites.get_mut(sample.name))?;
                let made = connect(ops, actors.caretaker(sample.customer), site.target).await?;
                site.secret = Some(made.secret);
                Ok(())
            }
            Step::Note(sample, text) => {
                let site = known(self.sites.get(sample.name))?;
                notes::update(ops, founder, site.target, text).await.map(|_| ())
            }
            Step::Revise(site, deployment, revision) => {
                let caretaker = actors.caretaker(site.customer);
                self.revise(ops, caretaker, (site, deployment), revision.how).await
            }
        }
    }

    fn application(&self, name: &str) -> Result<ApplicationId> {
        known(self.applications.get(name).copied())
    }

    fn version(&self, application: &'static str, name: &'static str) -> Result<ApplicationVersionId> {
        known(self.versions.get(&(application, name)).copied())
    }

    async fn add(
        &mut self,
        ops: &Ops,
        founder: &Caller,
        (sample, version): (&'static ApplicationSample, &'static VersionSample),
        registry: &str,
    ) -> Result<()> {
        let url = sample.chart(registry);
        let compose = sample.compose(version.name, registry);
        let (chart, compose) = match sample.kind {
            TargetKind::Docker => (ChartInput::default(), Some(compose.into_bytes())),
            TargetKind::Kubernetes => {
                let chart = ChartInput {
                    kind: Some("oci"),
                    name: None,
                    url: Some(&url),
                    version: Some(version.name),
                };
                (chart, None)
            }
        };
        let (notes, runbook) = (version.notes(sample), version.runbook(sample));
        let document =
            |name, content, visible_to_customers| ResourceInput { name, content, visible_to_customers };
        let input = VersionInput {
            name: version.name,
            link_template: sample.link(),
            chart,
            files: VersionFiles {
                compose,
                values: None,
                template: Some(sample.template().as_bytes().to_vec()),
            },
            resources: vec![
                document("Release notes", &notes, true),
                document("Notes for support", &runbook, false),
            ],
        };
        let input = (self.application(sample.name)?, input);
        let made = application_version::create::create(ops, founder, input, &Once::without_key()).await?;
        self.versions.insert((sample.name, version.name), made.made()?.id);
        Ok(())
    }

    async fn grant(
        &self,
        ops: &Ops,
        actors: Actors<'_>,
        sample: &GrantSample,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let scope = |kind: &str| ScopeInput { kind: kind.to_owned(), ..ScopeInput::default() };
        let mut versions = Vec::new();
        let scope = match sample.scope {
            Scope::All => scope("all"),
            Scope::Current => scope("current"),
            Scope::Chosen(names) => {
                for name in names {
                    versions.push(self.version(sample.application, name)?);
                }
                scope("chosen")
            }
            Scope::Range(range) => ScopeInput { expression: range.to_owned(), ..scope("range") },
            Scope::PublishedUntil(days) => {
                ScopeInput { published_until: Some(moment(now, days)), ..scope("published_until") }
            }
        };
        let input = application_entitlement::Input {
            name: sample.name,
            customer: actors.customer(Some(sample.customer))?,
            application: Some(self.application(sample.application)?),
            expires_at: sample.until.map(|days| moment(now, days)),
            versions,
            scope: Some(scope),
            ..application_entitlement::Input::default()
        };
        let once = Once::without_key();
        application_entitlement::create::create(ops, actors.founder, &input, &once).await?.made().map(|_| ())
    }

    async fn set_up(&mut self, ops: &Ops, actors: Actors<'_>, sample: &'static SiteSample) -> Result<()> {
        let kind = if sample.namespace.is_some() { TargetKind::Kubernetes } else { TargetKind::Docker };
        let input = TargetInput {
            name: sample.name,
            kind: Some(kind.as_str()),
            namespace: sample.namespace,
            scope: sample.namespace.map(|_| "namespace"),
            metrics: true,
            logs: true,
            image_cleanup: kind == TargetKind::Docker,
            ..TargetInput::default()
        };
        let customer = actors.customer(sample.customer)?;
        let (caretaker, once) = (actors.caretaker(sample.customer), Once::without_key());
        let made = deployment_target::create::create(ops, caretaker, (customer, &input), &once).await?;
        let target = made.made()?.target.id;
        let site = Site { target, secret: None, deployments: HashMap::new() };
        self.sites.insert(sample.name, site);
        Ok(())
    }

    async fn revise(
        &mut self,
        ops: &Ops,
        caretaker: &Caller,
        (site, sample): (&'static SiteSample, &'static DeploymentSample),
        how: How,
    ) -> Result<()> {
        let application = known(application(sample.application))?;
        let made = known(self.sites.get(site.name))?;
        let deployment = made.deployments.get(sample.application).copied();
        let version = match how {
            How::RolledBack(seq) => {
                return revise::roll_back(ops, caretaker, known(deployment)?, seq).await.map(|_| ());
            }
            How::Deployed(version) => self.version(sample.application, version)?,
        };
        let texts = application.texts(sample.host, sample.key);
        let texts = Some(texts.as_bytes());
        let is_docker = application.kind == TargetKind::Docker;
        let input = deploy::Input {
            target: Some(made.target),
            version: Some(version),
            deployment,
            release_name: (!is_docker && deployment.is_none()).then_some("fleet"),
            content: ContentInput {
                values: texts.filter(|_| !is_docker),
                env: texts.filter(|_| is_docker),
                ..ContentInput::default()
            },
            ..deploy::Input::default()
        };
        let id = deploy::deploy(ops, caretaker, &input).await?.entry.deployment.id;
        known(self.sites.get_mut(site.name))?.deployments.insert(sample.application, id);
        Ok(())
    }
}

/// An application by its name.
pub(super) fn application(name: &str) -> Option<&'static ApplicationSample> {
    APPLICATIONS.iter().find(|application| application.name == name)
}

/// The value of a secret, another one in each demo.
fn made_up() -> Result<String> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(hex::encode(bytes))
}
