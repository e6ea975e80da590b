//! Form that gives a secret another value, and says before which deployments that redeploys.

use grantry_model::id::SecretId;
use maud::{Markup, html};

use super::new::value;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::pages::deployment::affected::{Affected, action, notice, samples as sample_affected};
use crate::pages::license_key::Owner;
use crate::route::{EditSecret, Secrets};

/// The form. A value never comes back, so the deployments that read the secret are shown before it is typed, and sent along
/// as `affected`, once for each: if others read it by then, the form is shown again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The secret.
    pub secret: SecretId,
    /// Its key.
    pub key: String,
    /// The customer whose deployments read it; `None` for the vendor's own, and in the Customer Portal.
    pub customer: Option<Owner>,
    /// What is wrong with the value.
    pub form: FormState<()>,
    /// The deployments that read it.
    pub affected: Vec<Affected>,
}

impl Page for Edit {
    fn title(&self) -> String {
        format!("Change {}", self.key)
    }

    fn place(&self) -> String {
        self.key.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Secrets", &Secrets)]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let form = &self.form;
        html! {
            (form_errors(&form.others(&["value"])))
            form.card.form method="post" action=(EditSecret { secret: self.secret }) {
                div.body.stack {
                    (visit.csrf_field())
                    @for one in &self.affected { input type="hidden" name="affected" value=(one.deployment.deployment); }
                    @if let Some(customer) = &self.customer { dl { dt { "Customer" } dd { (customer.name) } } }
                    (value(form, "New value"))
                    (notice(&self.affected))
                }
                div.foot {
                    (Button::new(Weight::Primary, &action(&self.affected)).submit())
                    (Button::new(Weight::Normal, "Cancel").link(Secrets))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Edit {
        secret: gallery::id(1201),
        key: "DB_PASSWORD".to_owned(),
        customer: Some(Owner { customer: gallery::id(101), name: "Initech GmbH".to_owned() }),
        form: FormState::default(),
        affected: sample_affected(),
    };
    let unread = Edit { affected: Vec::new(), customer: None, ..typical.clone() };
    let errors = vec![
        gallery::error("value", "A secret has a value."),
        gallery::error("", "Other deployments read it by now. Look at the list again."),
    ];
    let error = Edit {
        form: FormState::refused((), errors),
        affected: sample_affected().split_off(2),
        ..typical.clone()
    };
    vec![
        Sample::vendor("secret-edit-typical", Nav::Secrets, &typical),
        Sample::customer("secret-edit-unread", Nav::Secrets, &unread),
        Sample::vendor("secret-edit-error", Nav::Secrets, &error),
    ]
}
