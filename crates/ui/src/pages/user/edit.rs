//! Form that changes a member's role, and makes a link for a new password.

use grantry_model::id::UserId;
use grantry_model::role::Role;
use maud::{Markup, html};

use super::role_choices;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::icon::Icon;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::{DeleteUser, EditUser, Users};

/// The values of the form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserValues {
    /// `userRole`, a role's name on the wire.
    pub role: String,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The member.
    pub user: UserId,
    /// The member's name, or the address before an invitation is accepted.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// The customer whose member it is, by name; `None` for the vendor's staff.
    pub customer: Option<String>,
    /// Values and errors of the form.
    pub form: FormState<UserValues>,
    /// The strongest role that the reader may give.
    pub strongest: Role,
    /// Whether the reader may make a link for a new password; it posts `action=password-link` to the same address.
    pub can_reset: bool,
    /// Whether the reader may remove the member.
    pub can_delete: bool,
}

impl Edit {
    fn reset(&self, visit: &Visit) -> Markup {
        let content = html! {
            form.stack.tight method="post" action=(EditUser { user: self.user }) {
                (visit.csrf_field())
                input type="hidden" name="action" value="password-link";
                p.muted { "Makes a link with which " (self.name) " chooses a new password. You pass it on yourself." }
                div.row { (Button::new(Weight::Normal, "Create password link").icon(Icon::Lock).submit()) }
            }
        };
        html! { div.form { (Card::padded("reset", "Password", &content)) } }
    }
}

impl Page for Edit {
    fn title(&self) -> String {
        format!("Edit {}", self.name)
    }

    fn place(&self) -> String {
        self.name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Users", &Users)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        let place = self.customer.as_deref().unwrap_or("our own staff");
        let remove =
            || Button::new(Weight::Normal, "Remove").icon(Icon::Trash).link(DeleteUser { user: self.user });
        Head { actions: self.can_delete.then(remove), ..Head::lead(format!("{} · {place}", self.email)) }
    }

    fn body(&self, visit: &Visit) -> Markup {
        let form = &self.form;
        html! {
            (form_errors(&form.others(&["userRole"])))
            form.card.form method="post" action=(EditUser { user: self.user }) {
                div.body.stack {
                    (visit.csrf_field())
                    (Field::choice(role_choices(self.strongest), "userRole", "Role").value(&form.values.role).required()
                        .error(form.error("userRole")))
                }
                div.foot {
                    (Button::new(Weight::Primary, "Save").submit())
                    (Button::new(Weight::Normal, "Cancel").link(Users))
                }
            }
            @if self.can_reset { (self.reset(visit)) }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Edit {
        user: gallery::id(703),
        name: "Peter Bolt".to_owned(),
        email: "peter.bolt@initech.example".to_owned(),
        customer: Some("Initech GmbH".to_owned()),
        form: FormState::fresh(UserValues { role: "read_write".to_owned() }),
        strongest: Role::Admin,
        can_reset: true,
        can_delete: true,
    };
    let errors =
        vec![gallery::error("userRole", "This is the last administrator. Make somebody else one first.")];
    let refused = FormState::refused(UserValues { role: "read_only".to_owned() }, errors);
    let error =
        Edit { form: refused, can_reset: false, can_delete: false, customer: None, ..typical.clone() };
    vec![
        Sample::vendor("user-edit-typical", Nav::Users, &typical),
        Sample::vendor("user-edit-error", Nav::Users, &error),
    ]
}
