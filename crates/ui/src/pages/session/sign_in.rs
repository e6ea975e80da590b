//! Sign-in form.

use maud::{Markup, html};

use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Page, Visit};
use crate::route;

/// The values of the form, as typed; never the password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInValues {
    /// `email`.
    pub email: String,
    /// `next`: the path to go on to, empty for the front page. The receiver checks that it is one of its own.
    pub next: String,
}

/// The form; it posts `email`, `password` and `next`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignIn {
    /// Its values and errors. That address and password don't go together is an error of the whole form.
    pub form: FormState<SignInValues>,
}

impl Page for SignIn {
    fn title(&self) -> String {
        "Sign in".to_owned()
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        html! {
            (form_errors(&form.others(&["email", "password"])))
            form.card method="post" action=(route::SignIn) {
                div.body.stack {
                    (visit.csrf_field())
                    @if !values.next.is_empty() { input type="hidden" name="next" value=(values.next); }
                    (Field::line("email", "email", "E-mail address").value(&values.email).required().autocomplete("username").error(form.error("email")))
                    (Field::line("password", "password", "Password").required().autocomplete("current-password").error(form.error("password")))
                    (Button::new(Weight::Primary, "Sign in").submit())
                }
            }
            p.muted { "Forgotten the password? Whoever operates this hub can make you a link for a new one." }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let fresh = SignIn::default();
    let values =
        SignInValues { email: "mara.klein@northwind.example".to_owned(), next: "/licenses?q=a&b".to_owned() };
    let refused = |message: &str| SignIn {
        form: FormState::refused(values.clone(), vec![gallery::error("", message)]),
    };
    vec![
        Sample::bare("session-sign-in-fresh", &fresh),
        Sample::bare(
            "session-sign-in-error",
            &refused("Address and password don’t go together. Check both and try again."),
        ),
        Sample::bare("session-sign-in-throttled", &refused("Too many attempts. Try again in 5 minutes.")),
    ]
}
