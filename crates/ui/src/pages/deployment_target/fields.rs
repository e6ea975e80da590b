//! The inputs that the forms of a deployment target share.

use grantry_model::application::TargetKind;
use maud::{Markup, html};

use crate::components::field::{CheckBox, Field};
use crate::form::FormState;

/// The values of the form, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetValues {
    /// `customerOrganizationId`; empty for the vendor's own. Not sent by customers.
    pub customer: String,
    /// `name`.
    pub name: String,
    /// `type`: `docker` or `kubernetes`; fixed once it is created.
    pub kind: TargetKind,
    /// `namespace`, for Kubernetes; fixed once it is created.
    pub namespace: String,
    /// `scope`, for Kubernetes: `true` for `cluster`, else `namespace`; fixed once it is created.
    pub is_cluster: bool,
    /// `dockerEndpoint`; empty for the usual socket.
    pub docker_endpoint: String,
    /// `metricsEnabled`, a check box of the value `true` as all below.
    pub metrics: bool,
    /// `deploymentLogsEnabled`.
    pub logs: bool,
    /// `imageCleanupEnabled`, for Docker.
    pub image_cleanup: bool,
    /// `autohealEnabled`, for Docker.
    pub autoheal: bool,
}

impl Default for TargetValues {
    fn default() -> Self {
        Self {
            customer: String::new(),
            name: String::new(),
            kind: TargetKind::Docker,
            namespace: String::new(),
            is_cluster: false,
            docker_endpoint: String::new(),
            metrics: true,
            logs: true,
            image_cleanup: false,
            autoheal: true,
        }
    }
}

/// The names of the inputs that have a place for what is wrong with them.
pub(super) const NAMES: [&str; 6] =
    ["customerOrganizationId", "name", "type", "namespace", "scope", "dockerEndpoint"];

fn one(name: &str, label: &str, hint: &str, checked: bool) -> CheckBox {
    let [name, label, hint] = [name, label, hint].map(str::to_owned);
    CheckBox { name, value: "true".to_owned(), label, hint, checked }
}

/// What every agent does beside deploying.
pub(super) fn duties(values: &TargetValues) -> Markup {
    html! {
        fieldset.stack.tight {
            legend.legend { "What the agent does beside deploying" }
            (one("metricsEnabled", "Measure", "CPU, memory and disks, kept for a day.", values.metrics))
            (one("deploymentLogsEnabled", "Collect logs", "What the containers write, kept for a week. Secrets and license tokens are masked.", values.logs))
        }
    }
}

/// Where Docker listens, and what an agent beside Docker does. Whether it heals is fixed when the target is created.
pub(super) fn docker(form: &FormState<TargetValues>, is_new: bool) -> Markup {
    let values = &form.values;
    html! {
        (Field::line("text", "dockerEndpoint", "Docker socket").value(&values.docker_endpoint).autocomplete("off")
            .error(form.error("dockerEndpoint")).hint("Only if it is not unix:///var/run/docker.sock."))
        @if is_new {
            (one("autohealEnabled", "Restart unhealthy containers", "Those whose own check says so. Can’t be changed later.", values.autoheal))
        }
        (one("imageCleanupEnabled", "Remove old images", "Those that no container uses after an update.", values.image_cleanup))
    }
}
