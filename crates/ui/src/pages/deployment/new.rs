//! Form that deploys an application at a target.

use grantry_model::application::TargetKind;
use maud::Markup;

use super::editor::{Editor, sample};
use super::fields::DeployValues;
use crate::asset::File;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::deployment_target::way_below;
use crate::route::{NewDeployment, ShowDeploymentTarget};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// The form.
    pub editor: Editor,
}

impl Page for New {
    fn title(&self) -> String {
        format!("Deploy at {}", self.editor.target_name)
    }

    fn place(&self) -> String {
        "Deploy".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.editor.target, &self.editor.target_name)
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("The agent fetches and starts it within seconds.")
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Grants]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Deployments]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let target = self.editor.target;
        let (to, back) = (NewDeployment { target }.to_string(), ShowDeploymentTarget { target }.to_string());
        self.editor.render(&to, "Deploy", &back, visit)
    }
}

/// The values of the samples.
pub(super) fn sample_values() -> DeployValues {
    DeployValues {
        application: gallery::id::<uuid::Uuid>(801).to_string(),
        version: gallery::id::<uuid::Uuid>(857).to_string(),
        source: "HOST=fleet.initech.example\nLICENSE_TOKEN={{ .LicenseKeys.FLEET_MAIN }}\n".to_owned(),
        ..DeployValues::default()
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let fresh = New { editor: Editor { versions: Vec::new(), ..sample() } };
    let risks = vec![
        "Service api runs privileged: it has all rights of the machine.".to_owned(),
        "Service worker mounts /var/run/docker.sock of the machine.".to_owned(),
    ];
    let typical = New { editor: Editor { form: FormState::fresh(sample_values()), risks, ..sample() } };
    let chart = DeployValues {
        source: "replicas: 2\n".to_owned(),
        release_name: "fleet".to_owned(),
        ..sample_values()
    };
    let versions = sample().versions.into_iter().map(|one| super::editor::DeployVersion {
        granted_by: None,
        until: None,
        ..one
    });
    let chart = New {
        editor: Editor {
            kind: TargetKind::Kubernetes,
            form: FormState::fresh(chart),
            versions: versions.collect(),
            sees_licenses: false,
            ..sample()
        },
    };
    let errors = vec![
        gallery::error("version", "Initech GmbH is not entitled to 3.1.0."),
        gallery::error("source", "Line 2, column 15: there is no license key FLEET_MIAN."),
        gallery::error("releaseName", "Another deployment of this target has this name."),
        gallery::error("timeout", "Write it as 90s, 5m or 1h."),
        gallery::error("", "Deploying this version takes an agent of 0.2 or newer."),
    ];
    let error = New {
        editor: Editor {
            form: FormState::refused(chart.editor.form.values.clone(), errors),
            ..chart.editor.clone()
        },
    };
    let nothing = New {
        editor: Editor { applications: Vec::new(), versions: Vec::new(), references: Vec::new(), ..sample() },
    };
    let none =
        New { editor: Editor { versions: Vec::new(), form: FormState::fresh(sample_values()), ..sample() } };
    vec![
        Sample::vendor("deployment-new-fresh", Nav::Deployments, &fresh),
        Sample::vendor("deployment-new-typical", Nav::Deployments, &typical),
        Sample::customer("deployment-new-chart", Nav::Deployments, &chart),
        Sample::vendor("deployment-new-error", Nav::Deployments, &error),
        Sample::customer("deployment-new-empty", Nav::Deployments, &nothing),
        Sample::vendor("deployment-new-no-version", Nav::Deployments, &none),
    ]
}
