//! Form for a new secret.

use maud::{Markup, html};

use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Portal, Visit};
use crate::pages::license_key::Owner;
use crate::route::{NewSecret, Secrets};

/// The values of the form, as typed. The value itself is sent as `value`, and never comes back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretValues {
    /// `key`.
    pub key: String,
    /// `customerOrganizationId`; empty for the vendor's own. Not sent by customers.
    pub customer: String,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// In which portal it is shown; a customer's secrets are its own.
    pub portal: Portal,
    /// Values and errors.
    pub form: FormState<SecretValues>,
    /// The customers to choose from, by name.
    pub customers: Vec<Owner>,
}

/// The field for a value, which is always empty at first. A value may have several lines.
pub(super) fn value<V>(form: &FormState<V>, label: &str) -> Markup {
    html! {
        (Field::lines(4, "value", label).required().error(form.error("value"))
            .hint("Several lines are fine. It is kept sealed and never shown again, and masked in logs."))
    }
}

impl Page for New {
    fn title(&self) -> String {
        "New secret".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Secrets", &Secrets)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("A value that templates of deployments read.")
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Templates]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let none = (String::new(), "Your own targets".to_owned());
        let all = self.customers.iter().map(|owner| (owner.customer.to_string(), owner.name.clone()));
        let choices = std::iter::once(none).chain(all).collect();
        html! {
            (form_errors(&form.others(&["key", "value", "customerOrganizationId"])))
            form.card.form method="post" action=(NewSecret) {
                div.body.stack {
                    (visit.csrf_field())
                    @if self.portal == Portal::Vendor {
                        (Field::choice(choices, "customerOrganizationId", "Read by deployments of").value(&values.customer).unmarked()
                            .error(form.error("customerOrganizationId")).hint("That customer sees its key, too. It can’t be changed."))
                    }
                    (Field::line("text", "key", "Key").value(&values.key).required().autocomplete("off").error(form.error("key"))
                        .hint("Letters, digits and _, such as DB_PASSWORD. It can’t be changed."))
                    (value(form, "Value"))
                }
                div.foot {
                    (Button::new(Weight::Primary, "Create secret").submit())
                    (Button::new(Weight::Normal, "Cancel").link(Secrets))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let fresh = New {
        portal: Portal::Vendor,
        form: FormState::default(),
        customers: vec![Owner { customer: gallery::id(101), name: "Initech GmbH".to_owned() }],
    };
    let values = SecretValues { key: "DB PASSWORD".to_owned(), ..SecretValues::default() };
    let errors = vec![
        gallery::error("key", "A key is made of letters, digits and _, and begins with a letter."),
        gallery::error("value", "A secret has a value."),
        gallery::error("customerOrganizationId", "Choose a customer from the list."),
        gallery::error("plan", "The plan allows no more secrets."),
    ];
    let error = New { form: FormState::refused(values, errors), ..fresh.clone() };
    let own = New { portal: Portal::Customer, customers: Vec::new(), ..fresh.clone() };
    vec![
        Sample::vendor("secret-new-fresh", Nav::Secrets, &fresh),
        Sample::vendor("secret-new-error", Nav::Secrets, &error),
        Sample::customer("secret-new-portal", Nav::Secrets, &own),
    ]
}
