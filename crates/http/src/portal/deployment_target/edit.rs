//! Changing a deployment target.

use axum::extract::State;
use grantry_model::deployment_target::draft::TargetInput;
use grantry_model::deployment_target::{DeploymentTarget, Environment, NamespaceScope};
use grantry_model::id::DeploymentTargetId;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::deployment_target::{self, update};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::deployment_target::edit::Edit;
use grantry_ui::pages::deployment_target::fields::TargetValues;
use grantry_ui::route::ShowDeploymentTarget;

use super::{input, place};
use crate::extract::Path;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The form.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    Path(id): Path<DeploymentTargetId>,
) -> PageResult {
    ops.require(&member.caller, Action::EditDeployments).await?;
    let target = deployment_target::show(&ops, &member.caller, id).await?.target;
    let page = page(&target, FormState::fresh(written(&target)));
    Ok(member.page(Nav::Deployments, &page))
}

/// Changes it.
pub(crate) async fn update(
    State(ops): State<Ops>,
    Path(id): Path<DeploymentTargetId>,
    MemberForm { member, form: values }: MemberForm<TargetValues>,
) -> PageResult {
    let target = deployment_target::show(&ops, &member.caller, id).await?.target;
    // What never changes is not in the form.
    let values = TargetValues { kind: target.environment.kind(), ..values };
    let input = kept(&target, input(&values));
    match checked(update::update(&ops, &member.caller, id, (None, &input)).await)? {
        Ok(_) => Ok(go(&ShowDeploymentTarget { target: id }, Notice::Saved)),
        Err(refusal) => {
            let page = page(&target, FormState::refused(values, place(refusal.errors.clone())));
            Ok(member.refused(&refusal, Nav::Deployments, &page))
        }
    }
}

/// The input with what the form does not show as it is.
fn kept<'v>(target: &'v DeploymentTarget, input: TargetInput<'v>) -> TargetInput<'v> {
    use grantry_model::deployment_target::draft::ResourcesInput;
    let resources = match &target.environment {
        Environment::Kubernetes { resources: Some(given), .. } => Some(ResourcesInput {
            cpu_request: given.cpu_request.as_str(),
            memory_request: given.memory_request.as_str(),
            cpu_limit: given.cpu_limit.as_str(),
            memory_limit: given.memory_limit.as_str(),
        }),
        _ => None,
    };
    TargetInput {
        namespace: None,
        scope: None,
        autoheal: None,
        resources,
        logs_after: target.options.logs_after,
        automatic_updates: Some(target.options.automatic_updates),
        ..input
    }
}

fn page(target: &DeploymentTarget, form: FormState<TargetValues>) -> Edit {
    Edit { target: target.id, name: target.name.as_str().to_owned(), form }
}

/// The values of the form for a target as it is.
fn written(target: &DeploymentTarget) -> TargetValues {
    let values = TargetValues {
        name: target.name.as_str().to_owned(),
        kind: target.environment.kind(),
        metrics: target.options.metrics,
        logs: target.options.logs,
        ..TargetValues::default()
    };
    match &target.environment {
        Environment::Docker { endpoint, image_cleanup, autoheal } => TargetValues {
            docker_endpoint: endpoint.as_ref().map_or("", |one| one.as_str()).to_owned(),
            image_cleanup: *image_cleanup,
            autoheal: *autoheal,
            ..values
        },
        Environment::Kubernetes { namespace, scope, .. } => TargetValues {
            namespace: namespace.as_str().to_owned(),
            is_cluster: *scope == NamespaceScope::Cluster,
            ..values
        },
    }
}
