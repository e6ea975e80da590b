//! Form for a new version of an application.

use grantry_model::application::{ChartKind, TargetKind};
use grantry_model::id::ApplicationId;
use maud::{Markup, html};

use super::document;
use super::fields::{DocumentValues, NAMES, VersionValues};
use super::file::FileField;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::field::{Field, Radio};
use crate::components::icon::Icon;
use crate::form::{FormState, Step};
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::application::way_below;
use crate::route::{NewApplicationVersion, ShowApplication};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// The application.
    pub application: ApplicationId,
    /// Its name.
    pub application_name: String,
    /// What it is deployed by.
    pub kind: TargetKind,
    /// What stands above the documents, and what is wrong with it, by the names of the wire's parts and fields.
    pub form: FormState<VersionValues>,
    /// The documents; what is wrong with them is `resources`.
    pub documents: Vec<DocumentValues>,
}

impl New {
    fn about(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        html! {
            section.card aria-label="Version" {
                div.body.stack {
                    (Field::line("text", "name", "Name").value(&values.name).required().autocomplete("off").error(form.error("name"))
                        .hint("Semantic versions such as 3.1.0 can be granted by range. Unique in the application."))
                    @match self.kind {
                        TargetKind::Docker => (self.compose()),
                        TargetKind::Kubernetes => (self.chart()),
                    }
                }
            }
        }
    }

    fn compose(&self) -> Markup {
        html! {
            (FileField {
                name: "composefile",
                label: "Compose file",
                hint: "YAML, up to 100 KiB. Take values from the environment, as in ${LICENSE_TOKEN}. It can’t be changed later.",
                value: &self.form.values.compose,
                error: self.form.error("composefile"),
                required: true,
            })
        }
    }

    fn chart(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        html! {
            fieldset.options {
                legend.legend { "Where the chart is" }
                (self.place(ChartKind::Oci, "In an OCI registry", "This hub’s own, or another.", None))
                (self.place(ChartKind::Repository, "In a Helm repository", "At an address with an index.yaml.", Some(html! {
                    (Field::line("text", "chartName", "Chart name").value(&values.chart_name).unmarked().autocomplete("off")
                        .error(form.error("chartName")))
                })))
                @if let Some(error) = form.error("chartType") { p.error { (error) } }
            }
            (Field::line("text", "chartUrl", "Chart address").value(&values.chart_url).required().autocomplete("off")
                .error(form.error("chartUrl")).hint("As in oci://registry.example/charts/fleet, or https://charts.example."))
            (Field::line("text", "chartVersion", "Chart version").value(&values.chart_version).required().autocomplete("off")
                .error(form.error("chartVersion")))
            (FileField {
                name: "valuesfile",
                label: "Base values",
                hint: "YAML, up to 100 KiB. The values of a deployment are laid over them. They can’t be changed later.",
                value: &values.values,
                error: form.error("valuesfile"),
                required: false,
            })
        }
    }

    fn place(&self, kind: ChartKind, label: &str, hint: &str, more: Option<Markup>) -> Markup {
        let checked = self.form.values.chart_kind == kind;
        let hint = html! { (hint) };
        let radio =
            Radio { name: "chartType", value: kind.as_str(), label, hint, checked, disabled: false, more };
        html! { (radio) }
    }

    fn template(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let (label, hint) = match self.kind {
            TargetKind::Docker => (
                "Environment template",
                "What the environment file of a new deployment begins with, as in LICENSE_TOKEN={{ .LicenseKeys.FLEET }}.",
            ),
            TargetKind::Kubernetes => ("Values template", "What the values of a new deployment begin with."),
        };
        let content = html! {
            div.stack {
                (FileField { name: "templatefile", label, hint, value: &values.template, error: form.error("templatefile"), required: false })
                (Field::line("text", "linkTemplate", "Link to what is deployed").value(&values.link_template).autocomplete("off")
                    .error(form.error("linkTemplate")).hint("As in https://{{ .Env.HOST }}. Shown beside the deployment."))
            }
        };
        html! { (Card::padded("start", "What a deployment begins with", &content).actions(html! { (Guide::Templates) })) }
    }

    fn documents(&self) -> Markup {
        let content = html! {
            div.stack id="documents" {
                @if self.documents.is_empty() { p.muted { "None yet. Notes on installing or upgrading stand here." } }
                @for (at, values) in self.documents.iter().enumerate() { (document::row(values, at)) }
                @for error in self.form.errors.iter().filter(|error| error.field == "resources") { p.error { (error.message) } }
                div {
                    button.btn type="submit" name="step" value=(Step::Add) formnovalidate { (Icon::Plus) "Add document" }
                }
            }
        };
        html! { (Card::padded("resources", "Documents", &content)) }
    }
}

impl Page for New {
    fn title(&self) -> String {
        "Add version".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.application, &self.application_name)
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead(format!("A version of {}. Only its name can be changed later.", self.application_name))
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Deployments]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let application = self.application;
        html! {
            (form_errors(&self.form.others(&NAMES)))
            form.stack.form method="post" enctype="multipart/form-data" action=(NewApplicationVersion { application }) {
                // The first button of a form is the one that the enter key presses.
                button.sr type="submit" name="step" value=(Step::Save) tabindex="-1" aria-hidden="true" { "Add version" }
                (visit.csrf_field())
                (self.about())
                (self.template())
                (self.documents())
                div.row {
                    button.btn.primary type="submit" name="step" value=(Step::Save) { "Add version" }
                    (Button::new(Weight::Normal, "Cancel").link(ShowApplication { application }))
                }
            }
        }
    }
}

/// The Compose file of the samples.
pub(crate) const SAMPLE_COMPOSE: &str = "services:\n  api:\n    image: registry.northwind.example/northwind/fleet/api:3.1.0\n    \
    environment:\n      LICENSE_TOKEN: ${LICENSE_TOKEN}\n    ports:\n      - \"8080:8080\"\n    volumes:\n      - data:/data\n\
    volumes:\n  data: {}\n";

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let fresh = New {
        application: gallery::id(801),
        application_name: "Fleet Manager".to_owned(),
        kind: TargetKind::Docker,
        form: FormState::default(),
        documents: Vec::new(),
    };
    let values = VersionValues {
        name: "3.1.0".to_owned(),
        link_template: "https://{{ .Env.HOST }}".to_owned(),
        compose: SAMPLE_COMPOSE.to_owned(),
        template: "HOST=fleet.example\nLICENSE_TOKEN={{ .LicenseKeys.FLEET_MAIN }}\n".to_owned(),
        ..VersionValues::default()
    };
    let document = |name: &str, visible| DocumentValues {
        name: name.to_owned(),
        content: "# Upgrade\n\n1. Back up `/data`.\n2. Deploy.\n".to_owned(),
        visible,
    };
    let typical = New {
        form: FormState::fresh(values.clone()),
        documents: vec![document("Upgrade notes", true), document("For support", false)],
        ..fresh.clone()
    };
    let errors = vec![
        gallery::error("name", "This application has a version of this name."),
        gallery::error("composefile", "Line 3, column 11: mapping values are not allowed here."),
        gallery::error("templatefile", "The template can’t be larger than 100 KiB."),
        gallery::error("linkTemplate", "Write {{ .Env.NAME }}."),
        gallery::error("resources", "Give each document a title."),
        gallery::error("plan", "The plan allows no more versions."),
    ];
    let broken = VersionValues {
        compose: "services:\n  api:\n    image: fleet: api\n    ports: []\n".to_owned(),
        ..values
    };
    let error = New {
        form: FormState::refused(broken, errors),
        documents: vec![DocumentValues::default()],
        ..fresh.clone()
    };
    let chart = VersionValues {
        name: "3.1.0".to_owned(),
        chart_kind: ChartKind::Repository,
        chart_name: "fleet".to_owned(),
        chart_url: "https://charts.northwind.example".to_owned(),
        chart_version: "3.1.0".to_owned(),
        values: "replicas: 2\n".to_owned(),
        ..VersionValues::default()
    };
    let chart = New { kind: TargetKind::Kubernetes, form: FormState::fresh(chart), ..fresh.clone() };
    let errors = vec![
        gallery::error("chartType", "Choose where the chart is."),
        gallery::error("chartName", "A chart in a repository has a name."),
        gallery::error("chartUrl", "An OCI address begins with oci://."),
        gallery::error("chartVersion", "Give the chart’s version."),
        gallery::error("valuesfile", "Values are a YAML mapping, not a list."),
    ];
    let chart_error = New { form: FormState::refused(chart.form.values.clone(), errors), ..chart.clone() };
    vec![
        Sample::vendor("application-version-new-fresh", Nav::Applications, &fresh),
        Sample::vendor("application-version-new-typical", Nav::Applications, &typical),
        Sample::vendor("application-version-new-error", Nav::Applications, &error),
        Sample::vendor("application-version-new-chart", Nav::Applications, &chart),
        Sample::vendor("application-version-new-chart-error", Nav::Applications, &chart_error),
    ]
}
