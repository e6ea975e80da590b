//! Name and password of an invited member, or a new password, by one-time link.

use maud::{Markup, html};

use super::password_hint;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Head, Page, Visit};
use crate::route::{Segment, SetPassword};

/// What the link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// To join this organization, or this customer's portal.
    Invitation {
        /// The name of the organization.
        organization: String,
    },
    /// To choose a new password.
    NewPassword,
}

/// The form; it posts `password`, and for an invitation `name`.
///
/// No `Debug`: it holds a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Password {
    /// The token of the link.
    pub token: String,
    /// What the link is for.
    pub purpose: Purpose,
    /// Whom it is for.
    pub email: String,
    /// Errors of the form, and the name as typed.
    pub form: FormState<String>,
}

impl Page for Password {
    fn title(&self) -> String {
        match &self.purpose {
            Purpose::Invitation { organization } => format!("Join {organization}"),
            Purpose::NewPassword => "Choose a new password".to_owned(),
        }
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead(format!("You will sign in as {}.", self.email))
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (form, to) = (&self.form, SetPassword { token: Segment(self.token.clone()) });
        let invitation = matches!(self.purpose, Purpose::Invitation { .. });
        let action = if invitation { "Join" } else { "Save password" };
        html! {
            (form_errors(&form.others(&["name", "password"])))
            form.card method="post" action=(to) {
                div.body.stack {
                    (visit.csrf_field())
                    // Lets a password manager file the new password under the right name.
                    input.sr type="email" aria-label="E-mail address" value=(self.email) autocomplete="username" readonly tabindex="-1";
                    @if invitation {
                        (Field::line("text", "name", "Your name").value(&form.values).required().autocomplete("name").error(form.error("name")))
                    }
                    (Field::line("password", "password", "Password").required().autocomplete("new-password").error(form.error("password"))
                        .hint(&password_hint()))
                    (Button::new(Weight::Primary, action).submit())
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let invitation = Password {
        token: "VGhpcyBpcyBub3QgcmVhbA".to_owned(),
        purpose: Purpose::Invitation { organization: "Northwind Robotics".to_owned() },
        email: "new.colleague@initech.example".to_owned(),
        form: FormState::default(),
    };
    let reset = Password { purpose: Purpose::NewPassword, ..invitation.clone() };
    let errors = vec![
        gallery::error("name", "A name is needed."),
        gallery::error("password", "The password is too short."),
    ];
    let error = Password { form: FormState::refused(String::new(), errors), ..invitation.clone() };
    vec![
        Sample::bare("session-password-invitation", &invitation),
        Sample::bare("session-password-reset", &reset),
        Sample::bare("session-password-error", &error),
    ]
}
