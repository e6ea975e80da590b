//! The form that deploys: which version, with what, and what to know before.

use chrono::{DateTime, Utc};
use grantry_model::application::TargetKind;
use grantry_model::id::{ApplicationVersionId, DeploymentTargetId};
use maud::{Markup, html};

use super::fields::{DeployValues, NAMES};
use crate::components::alert::{Alert, form_errors};
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::time;
use crate::form::{FormState, Step};
use crate::gallery;
use crate::layout::Visit;
use crate::pages::application::ApplicationChoice;
use crate::pages::application_entitlement::EntitlementRef;

/// A version that may be deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployVersion {
    /// The version.
    pub version: ApplicationVersionId,
    /// Its name.
    pub name: String,
    /// The entitlement that grants it; of several, the one that ends last. `None` if none is needed.
    pub granted_by: Option<EntitlementRef>,
    /// Until when; `None` for ever.
    pub until: Option<DateTime<Utc>>,
    /// Whether it is the one that runs.
    pub is_current: bool,
}

/// Something to refer to in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its name.
    pub name: String,
    /// What is written for it, such as `{{ .Secrets.DB_PASSWORD }}`.
    pub text: String,
    /// Whether it is a secret; else it is a license key.
    pub is_secret: bool,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    /// The target.
    pub target: DeploymentTargetId,
    /// Its name.
    pub target_name: String,
    /// What it runs.
    pub kind: TargetKind,
    /// Values, and what is wrong with them by the names of the inputs.
    pub form: FormState<DeployValues>,
    /// The application, if it is fixed: that of a deployment never changes.
    pub application: Option<ApplicationChoice>,
    /// The applications to choose from, by name, if it is not: those that the target can run and its customer may deploy.
    pub applications: Vec<ApplicationChoice>,
    /// The versions of the chosen application that may be deployed, newest first. Archived ones are not among them, but
    /// for the one that runs.
    pub versions: Vec<DeployVersion>,
    /// License keys and secrets that templates may refer to, keys first.
    pub references: Vec<Reference>,
    /// Whether the reader may open Licenses.
    pub sees_licenses: bool,
    /// What the chosen version does that whoever deploys it should know, a sentence each, such as that a container runs
    /// privileged.
    pub risks: Vec<String>,
}

impl Editor {
    /// Whether this deploys anew.
    pub(super) fn is_new(&self) -> bool {
        self.application.is_none()
    }

    /// The form, which posts to `to`, saves by a button of these words and leads back to `back`.
    pub(super) fn render(&self, to: &str, save: &str, back: &str, visit: &Visit) -> Markup {
        html! {
            (form_errors(&self.form.others(&NAMES)))
            form.cols method="post" action=(to) data-grants {
                div.stack {
                    // The first button of a form is the one that the enter key presses.
                    button.sr type="submit" name="step" value=(Step::Save) tabindex="-1" aria-hidden="true" { (save) }
                    (visit.csrf_field())
                    (self.application())
                    div.stack id="grants" {
                        @if self.is_chosen() { (self.version()) (self.source()) (self.options()) (self.risks()) }
                    }
                    div.row {
                        button.btn.primary type="submit" name="step" value=(Step::Save) { (save) }
                        (Button::new(Weight::Normal, "Cancel").link(back))
                    }
                }
                div.stack { (self.entitled()) (self.references()) }
            }
        }
    }

    fn is_chosen(&self) -> bool {
        self.application.is_some() || !self.form.values.application.is_empty()
    }

    fn application(&self) -> Markup {
        let error = self.form.error("applicationId");
        let all = self.applications.iter().map(|one| (one.application.to_string(), one.name.clone()));
        let choices =
            std::iter::once((String::new(), "Choose an application".to_owned())).chain(all).collect();
        html! {
            section.card aria-label="Application" {
                div.body.stack.tight {
                    dl { dt { "Target" } dd { (self.target_name) } }
                    @match &self.application {
                        Some(fixed) => {
                            input type="hidden" name="applicationId" value=(fixed.application);
                            dl { dt { "Application" } dd { (fixed.name) } }
                        }
                        None if self.applications.is_empty() => p.muted { "There is no application that may be deployed here." },
                        None => {
                            (Field::choice(choices, "applicationId", "Application").value(&self.form.values.application).required().error(error))
                            div { button.btn.unscripted type="submit" name="step" value=(Step::Preview) formnovalidate { "Choose" } }
                        }
                    }
                }
            }
        }
    }

    fn version(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let words = |one: &DeployVersion| {
            if one.is_current { format!("{} (runs now)", one.name) } else { one.name.clone() }
        };
        let choices: Vec<_> = self.versions.iter().map(|one| (one.version.to_string(), words(one))).collect();
        html! {
            section.card aria-label="Version" {
                div.body.stack.tight {
                    input type="hidden" name="begun" value=(values.begun);
                    input type="hidden" name="seen" value=(values.version);
                    @if choices.is_empty() { p.muted { "No version of it may be deployed here." } } @else {
                        (Field::choice(choices, "version", "Version").value(&values.version).required().error(form.error("version")))
                    }
                    @if self.kind == TargetKind::Kubernetes {
                        @if self.is_new() {
                            (Field::line("text", "releaseName", "Release name").value(&values.release_name).required().autocomplete("off")
                                .error(form.error("releaseName")).hint("Lower-case letters, digits and hyphens. Can’t be changed later."))
                        } @else { input type="hidden" name="releaseName" value=(values.release_name); }
                    }
                }
            }
        }
    }

    fn risks(&self) -> Markup {
        let detail = html! {
            ul.losses.plain { @for risk in &self.risks { li { (risk) } } }
        };
        html! {
            div id="risks" data-live aria-live="polite" {
                @if !self.risks.is_empty() {
                    (Alert::new(Tone::Warning, "Know before you deploy this version:").detail(detail))
                }
            }
        }
    }

    fn entitled(&self) -> Markup {
        let chosen = self.versions.iter().find(|one| one.version.to_string() == self.form.values.version);
        let content = html! {
            div id="granted" data-live aria-live="polite" {
                @match chosen {
                    None => p.muted { "Choose a version." },
                    Some(one) => (entitled(one)),
                }
            }
            button.btn.unscripted.after type="submit" name="step" value=(Step::Preview) formnovalidate { "Update" }
        };
        html! { (Card::padded("entitled", "Entitled by", &content)) }
    }
}

fn entitled(one: &DeployVersion) -> Markup {
    html! {
        @match &one.granted_by {
            None => p { "No entitlement is needed." },
            Some(by) => p {
                (by.link())
                @if let Some(until) = one.until { ", until " (time::day(until)) }
                "."
            },
        }
    }
}

/// The form of the samples, in which nothing is chosen yet.
pub(super) fn sample() -> Editor {
    let by =
        EntitlementRef { entitlement: gallery::id(901), name: "Fleet Manager".to_owned(), can_open: true };
    let version = |number, name: &str, is_current| DeployVersion {
        version: gallery::id(number),
        name: name.to_owned(),
        granted_by: Some(by.clone()),
        until: Some(gallery::midnight(341)),
        is_current,
    };
    let application =
        |number, name: &str| ApplicationChoice { application: gallery::id(number), name: name.to_owned() };
    let reference = |name: &str, text: &str, is_secret| Reference {
        name: name.to_owned(),
        text: text.to_owned(),
        is_secret,
    };
    Editor {
        target: gallery::id(1001),
        target_name: "plant-berlin".to_owned(),
        kind: TargetKind::Docker,
        form: FormState::fresh(DeployValues::default()),
        application: None,
        applications: vec![application(801, "Fleet Manager"), application(803, "Sensor Hub")],
        versions: vec![
            version(857, "3.1.0", false),
            version(856, "3.0.4", true),
            version(855, "3.0.3", false),
        ],
        references: vec![
            reference("FLEET_MAIN", "{{ .LicenseKeys.FLEET_MAIN }}", false),
            reference("Gateway (plant Lyon)", "{{ index .LicenseKeys \"Gateway (plant Lyon)\" }}", false),
            reference("DB_PASSWORD", "{{ .Secrets.DB_PASSWORD }}", true),
        ],
        sees_licenses: true,
        risks: Vec::new(),
    }
}
