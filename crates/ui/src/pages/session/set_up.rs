//! First set-up of the hub: its first organization and administrator, by one-time link.

use maud::{Markup, html};

use super::password_hint;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Head, Page, Visit};
use crate::route::{self, Segment};

/// The values of the form, as typed; never the password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetUpValues {
    /// `organization`.
    pub organization: String,
    /// `slug`.
    pub slug: String,
    /// `name`, of the administrator.
    pub name: String,
    /// `email`, of the administrator.
    pub email: String,
}

/// The form; it posts its values and `password`.
///
/// No `Debug`: it holds a secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SetUp {
    /// The token of the link.
    pub token: String,
    /// Values and errors of the form.
    pub form: FormState<SetUpValues>,
}

const NAMES: [&str; 5] = ["organization", "slug", "name", "email", "password"];

impl SetUp {
    fn fields(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        html! {
            (Field::line("text", "organization", "Organization").value(&values.organization).required().autocomplete("organization")
                .error(form.error("organization")).hint("Your company’s name, as customers know it."))
            (Field::line("text", "slug", "Slug").value(&values.slug).required().autocomplete("off").error(form.error("slug"))
                .hint("Its short name in addresses: lower-case letters, digits and hyphens."))
            (Field::line("text", "name", "Your name").value(&values.name).required().autocomplete("name").error(form.error("name")))
            (Field::line("email", "email", "Your e-mail address").value(&values.email).required().autocomplete("username").error(form.error("email")))
            (Field::line("password", "password", "Password").required().autocomplete("new-password").error(form.error("password"))
                .hint(&password_hint()))
        }
    }
}

impl Page for SetUp {
    fn title(&self) -> String {
        "Set up Grantry".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("Name your organization and become its first administrator.")
    }

    fn body(&self, visit: &Visit) -> Markup {
        let to = route::SetUp { token: Segment(self.token.clone()) };
        html! {
            (form_errors(&self.form.others(&NAMES)))
            form.card method="post" action=(to) {
                div.body.stack {
                    (visit.csrf_field())
                    (self.fields())
                    (Button::new(Weight::Primary, "Set up").submit())
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let fresh = SetUp { token: "VGhpcyBpcyBub3QgcmVhbA".to_owned(), form: FormState::default() };
    let values = SetUpValues {
        organization: "Northwind Robotics".to_owned(),
        slug: "North Wind".to_owned(),
        name: "Mara Klein".to_owned(),
        email: "mara.klein@northwind.example".to_owned(),
    };
    let errors = vec![
        gallery::error("slug", "A slug has lower-case letters, digits and hyphens only."),
        gallery::error("password", "The password is too short."),
    ];
    let error = SetUp { form: FormState::refused(values, errors), ..fresh.clone() };
    vec![Sample::bare("session-set-up-fresh", &fresh), Sample::bare("session-set-up-error", &error)]
}
