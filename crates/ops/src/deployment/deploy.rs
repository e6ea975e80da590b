//! Deploying: making a deployment, or giving one a new revision.

use grantry_model::application::TargetKind;
use grantry_model::audit::{Event, EventKind};
use grantry_model::compose::Notice;
use grantry_model::deployment::content::Content;
use grantry_model::deployment::draft::ContentInput;
use grantry_model::deployment::{Deployment, DockerType, Revision, RevisionAuthor};
use grantry_model::field::FieldError;
use grantry_model::id::{ApplicationEntitlementId, ApplicationVersionId, DeploymentId, DeploymentTargetId};
use grantry_model::policy::{Action, Permit};
use grantry_store::deployment::RELEASE_UNIQUE;
use grantry_store::store::Tx;
use serde_json::json;

use super::allowed::{self, Denial, Wanted};
use super::check::{self, Place};
use super::document::{Templates, notices};
use super::{Deployed, facts, find, render, revise, subject};
use crate::Ops;
use crate::audit::record_alone;
use crate::caller::Caller;
use crate::error::{Error, OnConflict, Result};

/// What is to be deployed, nothing checked.
#[derive(Clone, Copy, Default)]
pub struct Input<'a> {
    /// Where.
    pub target: Option<DeploymentTargetId>,
    /// Which version.
    pub version: Option<ApplicationVersionId>,
    /// The deployment that gets a new revision; `None`: one is made.
    pub deployment: Option<DeploymentId>,
    /// The entitlement to deploy by; `None`: the hub takes the one that grants the version.
    pub entitlement: Option<ApplicationEntitlementId>,
    /// The name of the Helm release, at the creation.
    pub release_name: Option<&'a str>,
    /// How Docker runs it, at the creation; as a Compose project, if it is left out.
    pub docker_type: Option<DockerType>,
    /// With what. A new revision takes nothing over from the one before.
    pub content: ContentInput<'a>,
    /// Whether volumes stay when it is undeployed; `None`: they do, or as it was.
    pub keep_volumes: Option<bool>,
}

/// What is ready to be deployed.
struct Ready {
    place: Place,
    deployment: Deployment,
    revision: Revision,
}

/// Deploys. What is stored was rendered as the agent would get it.
///
/// # Errors
/// Fields that are not valid, or name what there is not for the caller; nothing grants the version to the target's customer, or does not
/// any more; somebody else deployed at the same moment.
pub async fn deploy(ops: &Ops, caller: &Caller, input: &Input<'_>) -> Result<Deployed> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_deployments(&permit).await?;
    let place = check::place(&mut tx, &permit, input).await?;
    let ready = match ready(ops, &mut tx, (&permit, caller), (place, input)).await? {
        Ok(ready) => ready,
        Err((place, denial)) => {
            drop(tx);
            return Err(denied(ops, caller, &place, denial).await?);
        }
    };
    let Ready { place, deployment, revision } = ready;
    if place.before.is_some() {
        tx.update_deployment(&permit, &deployment).await?;
    } else {
        tx.insert_deployment(&permit, &deployment).await.on_conflict(RELEASE_UNIQUE, || {
            let message = "Another deployment at this target has this release name. Choose a different one.";
            FieldError::new("releaseName", "release_name_taken", message).into()
        })?;
    }
    revise::insert(&mut tx, &permit, &revision).await?;
    let after = find(ops, &mut tx, &permit, deployment.id).await?;
    let kind =
        if place.before.is_some() { EventKind::DeploymentRevised } else { EventKind::DeploymentCreated };
    let names = (place.application.name.as_str(), place.version.name.as_str());
    let mut details = json!({ "after": facts(&after.entry) });
    if let Some(before) = &place.before {
        details["before"] = facts(before);
    }
    let event = Event::new(kind, subject(deployment.id, names, place.target.name.as_str()))
        .of_customer(place.target.customer)
        .at_target(place.target.id)
        .with(details);
    recorded(ops, tx, (&permit, caller), &event).await?;
    Ok(after)
}

async fn ready(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    (place, input): (Place, &Input<'_>),
) -> Result<std::result::Result<Ready, (Place, Denial)>> {
    let wanted = Wanted {
        customer: place.target.customer,
        version: &place.version,
        deployment: place.before.as_ref().map(|before| &before.deployment),
        named: input.entitlement,
    };
    let entitlement = match allowed::entitlement(ops, tx, permit, &wanted).await? {
        Ok(entitlement) => entitlement,
        Err(denial) => return Ok(Err((place, denial))),
    };
    let installation = check::installation(&place, input)?;
    let content = Content::parse(&input.content, place.target.environment.kind())?;
    let now = ops.clock().now();
    let before = place.before.as_ref();
    let seq = before.map_or(1, |before| before.current.seq + 1);
    let deployment = Deployment {
        // A random one: the project's name has its beginning, where other ids have the minute of their making, and two projects of
        // one name at a target would end each other.
        id: before.map_or_else(|| ops.random_id().map(DeploymentId), |before| Ok(before.deployment.id))?,
        target: place.target.id,
        application: place.application.id,
        entitlement,
        installation,
        keep_volumes: input
            .keep_volumes
            .unwrap_or(before.is_none_or(|before| before.deployment.keep_volumes)),
        current_seq: seq,
        created_at: before.map_or(now, |before| before.deployment.created_at),
    };
    let texts = check::rendered(tx, permit, &place, (&deployment, &content)).await?;
    let revision = Revision {
        id: ops.new_id()?,
        deployment: deployment.id,
        seq,
        version: place.version.id,
        content,
        values_hash: texts.hash(),
        created_at: now,
        author: RevisionAuthor { user: Some(caller.actor.user), name: caller.actor.name.clone() },
        reason: String::new(),
    };
    Ok(Ok(Ready { place, deployment, revision }))
}

/// What somebody who deploys should know before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// What of the version reaches beyond its containers.
    pub notices: Vec<Notice>,
    /// The license keys that its templates read, by the names in them; `None`: it may read any.
    pub license_keys: Option<Vec<String>>,
    /// The secrets that its templates read; `None`: it may read any.
    pub secrets: Option<Vec<String>>,
}

/// Checks all that [`deploy`] checks, and stores nothing.
///
/// # Errors
/// As of [`deploy`].
pub async fn preview(ops: &Ops, caller: &Caller, input: &Input<'_>) -> Result<Preview> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let mut tx = ops.store().read().await?;
    let place = check::place(&mut tx, &permit, input).await?;
    let Ready { place, revision, .. } = match ready(ops, &mut tx, (&permit, caller), (place, input)).await? {
        Ok(ready) => ready,
        Err((place, denial)) => {
            drop(tx);
            return Err(denied(ops, caller, &place, denial).await?);
        }
    };
    let files = render::version_files(&mut tx, &permit, &place.version).await?;
    let templates = Templates::parse(&revision.content).ok();
    let (license_keys, secrets) = templates.map_or((Some(Vec::new()), Some(Vec::new())), |one| one.names());
    let notices = match place.application.kind {
        TargetKind::Docker => notices(files.compose.as_deref().unwrap_or_default()),
        TargetKind::Kubernetes => Vec::new(),
    };
    Ok(Preview { notices, license_keys, secrets })
}

/// Records that something was not deployed since nothing grants it, and gives the answer for that.
pub(super) async fn denied(ops: &Ops, caller: &Caller, place: &Place, denial: Denial) -> Result<Error> {
    let names = (place.application.name.as_str(), place.version.name.as_str());
    let id = place.before.as_ref().map_or(DeploymentId(uuid::Uuid::nil()), |before| before.deployment.id);
    let event = Event::new(EventKind::DeploymentDenied, subject(id, names, place.target.name.as_str()))
        .of_customer(place.target.customer)
        .with(json!({ "reason": denial.reason, "applicationVersionId": place.version.id }));
    record_alone(ops, caller.actor.organization, &caller.author(), &event).await?;
    Ok(denial.answer)
}

/// Records an event and commits.
pub(super) async fn recorded(
    ops: &Ops,
    mut tx: Tx,
    (permit, caller): (&Permit, &Caller),
    event: &Event,
) -> Result<()> {
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), event).await?;
    tx.commit().await?;
    Ok(())
}
