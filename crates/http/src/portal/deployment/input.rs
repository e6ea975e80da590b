//! The form of a deployment, as operations take it, and their errors beside its inputs.

use grantry_model::application::TargetKind;
use grantry_model::deployment::DockerType;
use grantry_model::deployment::draft::{ContentInput, HelmInput};
use grantry_model::field::FieldError;
use grantry_model::id::{DeploymentId, DeploymentTargetId};
use grantry_ops::deployment::deploy::Input;
use grantry_ui::pages::deployment::fields::{DeployForm, DeployValues};
use grantry_wire::GoDuration;

use crate::extract::form::{Fields, ReadForm};

impl ReadForm for DeployForm {
    fn read(fields: &Fields) -> Self {
        Self::read(|name| fields.all(name).collect())
    }
}

/// Where something is deployed.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) target: DeploymentTargetId,
    /// What the target runs.
    pub(super) kind: TargetKind,
    /// The deployment that is changed; `None` if one is made.
    pub(super) deployment: Option<DeploymentId>,
}

/// What was typed, as an operation takes it. What belongs to the other kind of target is left out.
///
/// # Errors
/// A timeout that can't be read.
pub(super) fn typed(values: &DeployValues, at: At) -> Result<Input<'_>, FieldError> {
    let is_new = at.deployment.is_none();
    let is_docker = at.kind == TargetKind::Docker;
    let source = Some(values.source.as_bytes()).filter(|bytes| !bytes.is_empty());
    let content = if is_docker {
        ContentInput { env: source, force_restart: values.force_restart, ..ContentInput::default() }
    } else {
        ContentInput {
            values: source,
            helm: Some(helm(values)?),
            force_restart: values.force_restart,
            ignore_revision_skew: values.ignore_skew,
            ..ContentInput::default()
        }
    };
    let docker_type = if values.is_swarm { DockerType::Swarm } else { DockerType::Compose };
    Ok(Input {
        target: Some(at.target),
        version: values.version.parse().ok(),
        deployment: at.deployment,
        entitlement: None,
        release_name: Some(values.release_name.trim()).filter(|_| is_new && !is_docker),
        docker_type: Some(docker_type).filter(|_| is_new && is_docker),
        content,
        keep_volumes: is_docker.then_some(values.keep_volumes),
    })
}

fn helm(values: &DeployValues) -> Result<HelmInput<'_>, FieldError> {
    let malformed = |_| FieldError::new("timeout", "timeout_malformed", "Write it as in 90s, 5m or 1h.");
    let timeout = values.timeout.trim().parse::<GoDuration>().map_err(malformed)?;
    Ok(HelmInput {
        timeout: timeout.nanoseconds(),
        wait_strategy: values.wait.as_str(),
        rollback_on_failure: values.roll_back,
        cleanup_on_failure: values.clean_up,
        force_conflicts: values.force_conflicts,
    })
}

/// The error beside the input that it is about.
pub(super) fn place(error: FieldError) -> FieldError {
    let field = match error.field {
        "applicationVersionId" => "version",
        "valuesYaml" | "envFileData" => "source",
        "helmOptions" => "timeout",
        "dockerType" | "deploymentTargetId" | "deploymentId" | "applicationEntitlementId" => "",
        other => other,
    };
    FieldError { field, ..error }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(kind: TargetKind, deployment: Option<u128>) -> At {
        let deployment = deployment.map(|number| Uuid::from_u128(number).into());
        At { target: Uuid::from_u128(1).into(), kind, deployment }
    }

    fn values() -> DeployValues {
        DeployValues {
            version: Uuid::from_u128(5).to_string(),
            source: "A=1".to_owned(),
            release_name: " fleet ".to_owned(),
            is_swarm: true,
            ignore_skew: true,
            ..DeployValues::default()
        }
    }

    #[test]
    fn each_kind_of_target_is_told_its_own() {
        let values = values();
        let docker = typed(&values, at(TargetKind::Docker, None)).unwrap();
        assert_eq!((docker.docker_type, docker.release_name), (Some(DockerType::Swarm), None));
        assert_eq!((docker.content.env, docker.content.values), (Some(&b"A=1"[..]), None));
        assert!(docker.content.helm.is_none() && !docker.content.ignore_revision_skew);
        assert_eq!(docker.keep_volumes, Some(true));
        let helm = typed(&values, at(TargetKind::Kubernetes, None)).unwrap();
        assert_eq!((helm.docker_type, helm.release_name), (None, Some("fleet")));
        assert_eq!((helm.content.env, helm.content.values), (None, Some(&b"A=1"[..])));
        assert_eq!(helm.content.helm.unwrap().timeout, 300_000_000_000);
        assert_eq!(helm.keep_volumes, None);
    }

    #[test]
    fn what_never_changes_is_not_sent_again() {
        let values = values();
        let docker = typed(&values, at(TargetKind::Docker, Some(9))).unwrap();
        assert!(docker.docker_type.is_none() && docker.deployment.is_some());
        let helm = typed(&values, at(TargetKind::Kubernetes, Some(9))).unwrap();
        assert_eq!(helm.release_name, None);
    }

    #[test]
    fn a_timeout_that_cannot_be_read_is_said_beside_it() {
        let values = DeployValues { timeout: "soon".to_owned(), ..values() };
        let error = typed(&values, at(TargetKind::Kubernetes, None)).err().unwrap();
        assert_eq!(error.field, "timeout");
        assert!(typed(&values, at(TargetKind::Docker, None)).is_ok());
    }
}
