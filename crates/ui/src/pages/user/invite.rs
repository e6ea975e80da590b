//! Form that invites a member.

use grantry_model::role::Role;
use maud::{Markup, html};

use super::role_choices;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::license_key::Owner;
use crate::route::{InviteUser, Users};

/// The values of the form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InviteValues {
    /// `email`.
    pub email: String,
    /// `name`, empty to leave it to the invited.
    pub name: String,
    /// `userRole`, a role's name on the wire.
    pub role: String,
    /// `customerOrganizationId`, empty for the vendor's staff.
    pub customer: String,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Its values and errors.
    pub form: FormState<InviteValues>,
    /// The customers to choose from, by name; empty in the Customer Portal.
    pub customers: Vec<Owner>,
    /// Whether the reader may invite the vendor's own staff, too.
    pub staff: bool,
    /// The strongest role that the reader may give.
    pub strongest: Role,
}

const NAMES: [&str; 4] = ["email", "name", "userRole", "customerOrganizationId"];

impl Invite {
    fn fields(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let staff = (String::new(), "Our own staff".to_owned());
        let customers = self.customers.iter().map(|owner| (owner.customer.to_string(), owner.name.clone()));
        let choices = self.staff.then_some(staff).into_iter().chain(customers).collect();
        html! {
            (Field::line("email", "email", "E-mail address").value(&values.email).required().autocomplete("off").error(form.error("email")))
            (Field::line("text", "name", "Name").value(&values.name).autocomplete("off").error(form.error("name")))
            @if !self.customers.is_empty() {
                (Field::choice(choices, "customerOrganizationId", "Belongs to").value(&values.customer).required()
                    .error(form.error("customerOrganizationId")))
            }
            (Field::choice(role_choices(self.strongest), "userRole", "Role").value(&values.role).required().error(form.error("userRole")))
        }
    }
}

impl Page for Invite {
    fn title(&self) -> String {
        "Invite a member".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Users", &Users)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("You get a link to pass on. Whoever opens it chooses a password and is in.")
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            (form_errors(&self.form.others(&NAMES)))
            form.card.form method="post" action=(InviteUser) {
                div.body.stack { (visit.csrf_field()) (self.fields()) }
                div.foot {
                    (Button::new(Weight::Primary, "Create invitation").submit())
                    (Button::new(Weight::Normal, "Cancel").link(Users))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let values = InviteValues { role: "read_write".to_owned(), ..InviteValues::default() };
    let owner = Owner { customer: gallery::id(101), name: "Initech GmbH".to_owned() };
    let fresh = Invite {
        form: FormState::fresh(values.clone()),
        customers: vec![owner],
        staff: true,
        strongest: Role::Admin,
    };
    let errors = vec![
        gallery::error("email", "This is not an e-mail address."),
        gallery::error("customerOrganizationId", "This customer does not exist."),
    ];
    let wrong = InviteValues { email: "peter".to_owned(), ..values };
    let error = Invite { form: FormState::refused(wrong, errors), ..fresh.clone() };
    let theirs = Invite { customers: Vec::new(), ..fresh.clone() };
    vec![
        Sample::vendor("user-invite-fresh", Nav::Users, &fresh),
        Sample::vendor("user-invite-error", Nav::Users, &error),
        Sample::customer("user-invite-customer", Nav::Users, &theirs),
    ]
}
