//! Who sees applications.

use maud::{Markup, html};

use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Radio;
use crate::components::size::counted;
use crate::form::FormState;
use crate::layout::Visit;
use crate::route;

/// The section about applications. The form's only value is whether customers deploy only what they are entitled to: its
/// field is `applications`, `restricted` or `open`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationSettings {
    /// Value and errors of the form.
    pub form: FormState<bool>,
    /// How many customers the organization has.
    pub customers: u64,
    /// How many of them have an application entitlement that holds now.
    pub entitled: u64,
    /// How many applications the organization has.
    pub applications: u64,
    /// Whether the reader may change it; others only read it.
    pub can_restrict: bool,
}

impl ApplicationSettings {
    fn visibility(&self) -> Markup {
        let (customers, restricted) = (self.customers, self.form.values);
        let without = counted(customers.saturating_sub(self.entitled), "customer sees", "customers see");
        let with = counted(self.entitled, "customer has", "customers have");
        let choice = |value, label, hint, checked| {
            let disabled = !self.can_restrict;
            Radio { name: "applications", value, label, hint, checked, disabled, more: None }
        };
        html! {
            fieldset.stack.tight {
                legend.legend { "What customers may deploy" }
                (choice("restricted", "Only what they are entitled to", html! {
                    (with) " an entitlement that holds now; " (without) " no application."
                }, restricted))
                (choice("open", "Everything", html! {
                    (counted(customers, "customer sees", "customers see")) " all " (counted(self.applications, "application", "applications"))
                    ", whatever the entitlements say. These are kept."
                }, !restricted))
                @if let Some(error) = self.form.error("applications") { p.error { (error) } }
                @if !self.can_restrict { p.hint { "Only an administrator changes this." } }
            }
        }
    }

    /// The section, as a form of its own.
    pub(super) fn card(&self, visit: &Visit) -> Markup {
        html! {
            form.card.form method="post" action=(route::ApplicationSettings) aria-labelledby="applications-title" {
                header { h2 id="applications-title" { "Applications" } }
                div.body.stack {
                    (visit.csrf_field())
                    (form_errors(&self.form.others(&["applications"])))
                    (self.visibility())
                }
                @if self.can_restrict { div.foot { (Button::new(Weight::Primary, "Save").submit()) } }
            }
        }
    }
}
