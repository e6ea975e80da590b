//! The question before a secret is deleted, and what reads it.

use grantry_model::id::SecretId;
use maud::{Markup, html};

use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::confirm::Confirm;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::pages::deployment::{DeploymentRef, sample_refs};
use crate::route::{DeleteSecret, Secrets};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The secret.
    pub secret: SecretId,
    /// Its key.
    pub key: String,
    /// The deployments that read it; as long as there is one, it can't be deleted.
    pub read_by: Vec<DeploymentRef>,
}

impl Page for Delete {
    fn title(&self) -> String {
        format!("Delete {}?", self.key)
    }

    fn place(&self) -> String {
        "Delete".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Secrets", &Secrets)]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let detail = html! {
            ul.losses.plain { @for deployment in &self.read_by { li { (deployment.link()) } } }
            p { "Update them so that they no longer refer to it, and try again." }
        };
        let confirm = Confirm {
            sentence: html! { strong { (self.key) } " goes for good. Nothing that is deployed reads it." },
            losses: Vec::new(),
            fields: visit.csrf_field(),
            action: "Delete secret",
        };
        html! {
            @if self.read_by.is_empty() { (confirm.form(DeleteSecret { secret: self.secret }, Secrets)) } @else {
                div.narrow { (Alert::new(Tone::Warning, format!("{} is in use, so it can’t be deleted.", self.key)).detail(detail)) }
                div.row { (Button::new(Weight::Normal, "Back to the secrets").link(Secrets)) }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Delete { secret: gallery::id(1201), key: "DB_PASSWORD".to_owned(), read_by: Vec::new() };
    let used = Delete { read_by: sample_refs(), ..typical.clone() };
    vec![
        Sample::vendor("secret-delete-typical", Nav::Secrets, &typical),
        Sample::vendor("secret-delete-used", Nav::Secrets, &used),
    ]
}
