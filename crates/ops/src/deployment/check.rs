//! Reading from input what is to be deployed where, and whether that can be.

use grantry_model::application::{Application, Version};
use grantry_model::deployment::content::{Content, RenderedTexts};
use grantry_model::deployment::draft::wrong_kind;
use grantry_model::deployment::{Deployment, DockerType, Installation, ReleaseName};
use grantry_model::deployment_target::DeploymentTarget;
use grantry_model::field::FieldError;
use grantry_model::id::{ApplicationVersionId, DeploymentId, DeploymentTargetId};
use grantry_model::policy::Permit;
use grantry_store::deployment::DeploymentEntry;
use grantry_store::store::Tx;

use super::allowed::unknown_version;
use super::deploy::Input;
use super::document::Unrenderable;
use super::render;
use crate::error::Result;

/// What is deployed where.
pub(super) struct Place {
    pub(super) target: DeploymentTarget,
    pub(super) application: Application,
    pub(super) version: Version,
    /// The deployment that is changed; `None`: one is made.
    pub(super) before: Option<DeploymentEntry>,
}

/// Finds target, version and deployment, and whether they go together.
pub(super) async fn place(tx: &mut Tx, permit: &Permit, input: &Input<'_>) -> Result<Place> {
    let target = target(tx, permit, input.target).await?;
    let (application, version) = version(tx, permit, input.version).await?;
    let before = match input.deployment {
        Some(id) => Some(deployment(tx, permit, id, &target).await?),
        None => None,
    };
    if let Some(before) = &before
        && before.deployment.application != application.id
    {
        let message = "A deployment stays with its application. Choose a version of that, or deploy the other one beside it.";
        return Err(FieldError::new("applicationVersionId", "application_fixed", message).into());
    }
    if target.environment.kind() != application.kind {
        let message = format!(
            "This is an application for {}, and the target is one of {}. Choose a target of its kind.",
            application.kind.label(),
            target.environment.kind().label()
        );
        return Err(FieldError::new("applicationVersionId", "kind_mismatch", message).into());
    }
    require_open(&version, before.as_ref().map(|before| &before.version))?;
    Ok(Place { target, application, version, before })
}

async fn target(tx: &mut Tx, permit: &Permit, id: Option<DeploymentTargetId>) -> Result<DeploymentTarget> {
    let error = |code, message| FieldError::new("deploymentTargetId", code, message);
    let id = id.ok_or_else(|| error("target_missing", "Choose a deployment target."))?;
    let found = tx.find_deployment_target(permit, id).await?;
    Ok(found
        .ok_or_else(|| error("target_unknown", "There is no target with this id. Choose one of yours."))?)
}

async fn version(
    tx: &mut Tx,
    permit: &Permit,
    id: Option<ApplicationVersionId>,
) -> Result<(Application, Version)> {
    let missing = || FieldError::new("applicationVersionId", "version_missing", "Choose a version.");
    let id = id.ok_or_else(missing)?;
    let version = tx.find_application_version(permit, id).await?.ok_or_else(unknown_version)?;
    let application = tx.find_application(permit, version.application).await?.ok_or_else(unknown_version)?;
    Ok((application, version))
}

async fn deployment(
    tx: &mut Tx,
    permit: &Permit,
    id: DeploymentId,
    target: &DeploymentTarget,
) -> Result<DeploymentEntry> {
    let found = tx.find_deployment_entry(permit, id).await?;
    let found = found.filter(|entry| entry.deployment.target == target.id);
    Ok(found.ok_or_else(|| {
        let message = "The target has no deployment with this id. Leave the id out to make one.";
        FieldError::new("deploymentId", "deployment_unknown", message)
    })?)
}

/// An archived version is not deployed anew; where it runs, it can be changed.
pub(super) fn require_open(version: &Version, running: Option<&Version>) -> Result<()> {
    if version.archived_at.is_some() && running.is_none_or(|running| running.id != version.id) {
        let message = "This version is archived. Choose another one, or bring it back from the archive.";
        return Err(FieldError::new("applicationVersionId", "version_archived", message).into());
    }
    Ok(())
}

/// How something is installed: as it was, or as the input says.
pub(super) fn installation(place: &Place, input: &Input<'_>) -> Result<Installation> {
    use grantry_model::application::TargetKind::{Docker, Kubernetes};
    if let Some(before) = &place.before {
        return Ok(before.deployment.installation.clone());
    }
    let release_name = input.release_name.filter(|name| !name.is_empty());
    match place.target.environment.kind() {
        Docker if release_name.is_some() => Err(wrong_kind("releaseName", Docker).into()),
        Docker => Ok(Installation::Docker(input.docker_type.unwrap_or(DockerType::Compose))),
        Kubernetes if input.docker_type.is_some() => Err(wrong_kind("dockerType", Kubernetes).into()),
        Kubernetes => {
            let error = |code, message| FieldError::new("releaseName", code, message);
            let name = release_name.ok_or_else(|| {
                error(
                    "release_name_missing",
                    "Enter a name for the Helm release, for example “fleet”.".to_owned(),
                )
            })?;
            let name = name.parse::<ReleaseName>().map_err(|wrong| {
                error("release_name_malformed", format!("This can't name a Helm release: {wrong}."))
            })?;
            Ok(Installation::Helm(name))
        }
    }
}

/// Renders a deployment as its agent would get it, which has to work before anything is stored.
pub(super) async fn rendered(
    tx: &mut Tx,
    permit: &Permit,
    place: &Place,
    (deployment, content): (&Deployment, &Content),
) -> Result<RenderedTexts> {
    let files = render::version_files(tx, permit, &place.version).await?;
    let texts = render::texts(tx, permit, place.target.customer, content)
        .await?
        .map_err(|wrong| field_error(&wrong))?;
    let version = (place.version.chart.as_ref(), &files);
    render::whole(&texts, version, place.application.kind, deployment.id)
        .map_err(|wrong| field_error(&wrong))?;
    Ok(texts)
}

fn field_error(unrenderable: &Unrenderable) -> FieldError {
    let message = unrenderable.to_string();
    FieldError::new(unrenderable.place.field(), unrenderable.code, message)
}
