//! Form for a new deployment target.

use grantry_model::application::TargetKind;
use maud::{Markup, html};

use super::fields::{NAMES, TargetValues, docker, duties};
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::{Field, Radio};
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Portal, Visit};
use crate::pages::license_key::Owner;
use crate::route::{Deployments, NewDeploymentTarget};

/// The form. Creating leads to the page that connects the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// In which portal it is shown; a customer's targets are its own.
    pub portal: Portal,
    /// Values and errors.
    pub form: FormState<TargetValues>,
    /// The customers to choose from, by name.
    pub customers: Vec<Owner>,
}

impl New {
    fn customer(&self) -> Markup {
        let none = (String::new(), "None: it is your own".to_owned());
        let all = self.customers.iter().map(|owner| (owner.customer.to_string(), owner.name.clone()));
        let choices = std::iter::once(none).chain(all).collect();
        html! {
            (Field::choice(choices, "customerOrganizationId", "Customer").value(&self.form.values.customer).unmarked()
                .error(self.form.error("customerOrganizationId")).hint("Whose environment it is. It decides what may be deployed, and can’t be changed."))
        }
    }

    fn kinds(&self) -> Markup {
        let values = &self.form.values;
        let choice = |value, label, hint: &str, kind, more| Radio {
            name: "type",
            value,
            label,
            hint: html! { (hint) },
            checked: values.kind == kind,
            disabled: false,
            more: Some(more),
        };
        html! {
            fieldset.options {
                legend.legend { "What it is" }
                (choice("docker", "Docker", "A machine with Docker and Compose.", TargetKind::Docker, docker(&self.form, true)))
                (choice("kubernetes", "Kubernetes", "A cluster, or a namespace in one.", TargetKind::Kubernetes, self.kubernetes()))
                @if let Some(error) = self.form.error("type") { p.error { (error) } }
            }
        }
    }

    fn kubernetes(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let choice = |value, label, hint: &str, checked| Radio {
            name: "scope",
            value,
            label,
            hint: html! { (hint) },
            checked,
            disabled: false,
            more: None,
        };
        html! {
            (Field::line("text", "namespace", "Namespace").value(&values.namespace).unmarked().autocomplete("off").error(form.error("namespace"))
                .hint("Where the agent and its charts are installed."))
            fieldset.stack.tight {
                legend.legend { "What the agent may change" }
                (choice("namespace", "Only the namespace", "Enough for most charts.", !values.is_cluster))
                (choice("cluster", "The whole cluster", "For charts that install resources outside of a namespace.", values.is_cluster))
                @if let Some(error) = form.error("scope") { p.error { (error) } }
            }
        }
    }
}

impl Page for New {
    fn title(&self) -> String {
        "New deployment target".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Deployments", &Deployments)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead(
            "An environment in which an agent deploys. The next page has the command that connects it.",
        )
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Deployments, Guide::AgentProgram]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let form = &self.form;
        html! {
            (form_errors(&form.others(&NAMES)))
            form.card.form method="post" action=(NewDeploymentTarget) {
                div.body.stack {
                    (visit.csrf_field())
                    @if self.portal == Portal::Vendor { (self.customer()) }
                    (Field::line("text", "name", "Name").value(&form.values.name).required().autocomplete("off").error(form.error("name"))
                        .hint("Such as the place or the machine."))
                    (self.kinds())
                    (duties(&form.values))
                }
                div.foot {
                    (Button::new(Weight::Primary, "Create and connect").submit())
                    (Button::new(Weight::Normal, "Cancel").link(Deployments))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let fresh = New {
        portal: Portal::Vendor,
        form: FormState::fresh(TargetValues::default()),
        customers: vec![
            Owner { customer: gallery::id(102), name: "Hooli".to_owned() },
            Owner { customer: gallery::id(101), name: "Initech GmbH".to_owned() },
        ],
    };
    let values = TargetValues {
        name: "plant-lyon".to_owned(),
        kind: TargetKind::Kubernetes,
        namespace: "Fleet_Prod".to_owned(),
        is_cluster: true,
        ..TargetValues::default()
    };
    let errors = vec![
        gallery::error("name", "Another target of this customer has this name."),
        gallery::error("namespace", "Lower-case letters, digits and hyphens."),
        gallery::error("scope", "Choose one."),
        gallery::error("plan", "The plan allows no more targets."),
    ];
    let error = New { form: FormState::refused(values, errors), ..fresh.clone() };
    let errors = vec![
        gallery::error("customerOrganizationId", "Choose a customer from the list."),
        gallery::error("type", "Choose one."),
        gallery::error("dockerEndpoint", "Write it as unix:///path/to/docker.sock."),
    ];
    let docker = TargetValues { docker_endpoint: "tcp://localhost".to_owned(), ..TargetValues::default() };
    let docker = New { form: FormState::refused(docker, errors), ..fresh.clone() };
    let own = New { portal: Portal::Customer, customers: Vec::new(), ..fresh.clone() };
    vec![
        Sample::vendor("deployment-target-new-fresh", Nav::Deployments, &fresh),
        Sample::vendor("deployment-target-new-error", Nav::Deployments, &error),
        Sample::vendor("deployment-target-new-docker-error", Nav::Deployments, &docker),
        Sample::customer("deployment-target-new-portal", Nav::Deployments, &own),
    ]
}
