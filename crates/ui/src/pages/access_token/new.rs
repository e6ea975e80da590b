//! Form for a new access token.

use grantry_model::role::Role;
use maud::{Markup, html};

use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::user::role_choices;
use crate::route::{AccessTokens, NewAccessToken};

/// The values of the form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenValues {
    /// `label`.
    pub label: String,
    /// `userRole`, a role's name on the wire; empty for the maker's own role, whatever it will be.
    pub role: String,
    /// `expiresAt`, a day; empty for never.
    pub expires_at: String,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Its values and errors.
    pub form: FormState<TokenValues>,
    /// The reader's own role; a token has no more.
    pub strongest: Role,
}

const NAMES: [&str; 3] = ["label", "userRole", "expiresAt"];

impl New {
    fn fields(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let mut choices = vec![(String::new(), "As yours, also when it changes".to_owned())];
        choices.extend(role_choices(self.strongest));
        html! {
            (Field::line("text", "label", "Name").value(&values.label).required().autocomplete("off").error(form.error("label"))
                .hint("Where you use it, such as “Release pipeline”."))
            (Field::choice(choices, "userRole", "Role").value(&values.role).required().error(form.error("userRole")))
            (Field::line("date", "expiresAt", "Expires").value(&values.expires_at).error(form.error("expiresAt"))
                .hint("At 00:00 UTC of that day. Without a day it does not expire."))
        }
    }
}

impl Page for New {
    fn title(&self) -> String {
        "New access token".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Access tokens", &AccessTokens)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("Give it the least role that its work needs.")
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            (form_errors(&self.form.others(&NAMES)))
            form.card.form method="post" action=(NewAccessToken) {
                div.body.stack { (visit.csrf_field()) (self.fields()) }
                div.foot {
                    (Button::new(Weight::Primary, "Create access token").submit())
                    (Button::new(Weight::Normal, "Cancel").link(AccessTokens))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let values = TokenValues { expires_at: "2027-02-22".to_owned(), ..TokenValues::default() };
    let fresh = New { form: FormState::fresh(values), strongest: Role::ReadWrite };
    let past = TokenValues {
        expires_at: "2020-01-01".to_owned(),
        role: "read_only".to_owned(),
        ..Default::default()
    };
    let errors = vec![
        gallery::error("label", "A name is needed."),
        gallery::error("expiresAt", "The end must be in the future."),
    ];
    let error = New { form: FormState::refused(past, errors), strongest: Role::Admin };
    vec![
        Sample::vendor("access-token-new-fresh", Nav::AccessTokens, &fresh),
        Sample::vendor("access-token-new-error", Nav::AccessTokens, &error),
    ]
}
