//! Form that deploys another version of what runs, or other values: a new revision.

use grantry_model::application::TargetKind;
use grantry_model::id::DeploymentId;
use maud::{Markup, html};

use super::Place;
use super::editor::{Editor, sample};
use super::fields::DeployValues;
use super::new::sample_values;
use crate::asset::File;
use crate::components::badge::{Badge, Tone};
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::{EditDeployment, ShowDeployment};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The deployment.
    pub deployment: DeploymentId,
    /// The number that the new revision will have.
    pub next: u32,
    /// The form. Its application is fixed.
    pub editor: Editor,
}

impl Edit {
    fn application_name(&self) -> &str {
        self.editor.application.as_ref().map_or("", |fixed| fixed.name.as_str())
    }
}

impl Page for Edit {
    fn title(&self) -> String {
        format!("Update {}", self.application_name())
    }

    fn place(&self) -> String {
        "Update".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        let place = Place {
            target: self.editor.target,
            target_name: self.editor.target_name.clone(),
            deployment: self.deployment,
            application_name: self.application_name().to_owned(),
        };
        place.way_below()
    }

    fn head(&self, _visit: &Visit) -> Head {
        let badges = html! { (Badge::new(Tone::Neutral, format!("Revision {}", self.next))) };
        Head { badges: Some(badges), ..Head::default() }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Grants]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Deployments, Guide::Hotfix]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let deployment = self.deployment;
        let (to, back) =
            (EditDeployment { deployment }.to_string(), ShowDeployment { deployment }.to_string());
        self.editor.render(&to, "Deploy", &back, visit)
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let base = sample();
    let editor = Editor {
        application: base.applications.first().cloned(),
        applications: Vec::new(),
        form: FormState::fresh(sample_values()),
        ..base
    };
    let typical = Edit { deployment: gallery::id(1101), next: 5, editor: editor.clone() };
    let values = DeployValues { release_name: "fleet".to_owned(), ..sample_values() };
    let errors = vec![gallery::error("source", "The values are not a YAML mapping.")];
    let error = Edit {
        editor: Editor { kind: TargetKind::Kubernetes, form: FormState::refused(values, errors), ..editor },
        ..typical
    };
    vec![
        Sample::vendor("deployment-edit-typical", Nav::Deployments, &typical),
        Sample::customer("deployment-edit-error", Nav::Deployments, &error),
    ]
}
