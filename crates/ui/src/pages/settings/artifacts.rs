//! Who sees artifacts, and whether tags may move.

use maud::{Markup, html};

use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Radio;
use crate::components::size::counted;
use crate::form::FormState;
use crate::layout::Visit;
use crate::route;

/// The values of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArtifactValues {
    /// `visibility`: whether customers see only what they are entitled to; `restricted` or `open`.
    pub restricted: bool,
    /// `tags`: whether a tag may move to another content; `mutable` or `immutable`.
    pub tags_mutable: bool,
}

impl ArtifactValues {
    /// Reads the values; anything unknown is the narrower choice.
    pub fn of(visibility: &str, tags: &str) -> Self {
        Self { restricted: visibility != "open", tags_mutable: tags == "mutable" }
    }
}

/// The section about artifacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactSettings {
    /// Values and errors of the form.
    pub form: FormState<ArtifactValues>,
    /// How many customers the organization has.
    pub customers: u64,
    /// How many of them have an artifact entitlement that holds now.
    pub entitled: u64,
    /// How many artifacts the organization has.
    pub artifacts: u64,
    /// Whether the reader may change who sees artifacts; others only read it, and the choice is then not sent.
    pub can_restrict: bool,
    /// Whether the reader may change whether tags move.
    pub can_edit: bool,
}

impl ArtifactSettings {
    fn visibility(&self) -> Markup {
        let (customers, artifacts) = (self.customers, counted(self.artifacts, "artifact", "artifacts"));
        let without = counted(customers.saturating_sub(self.entitled), "customer sees", "customers see");
        let with = counted(self.entitled, "customer has", "customers have");
        let restricted = self.form.values.restricted;
        let choice = |value, label, hint, checked| {
            let disabled = !self.can_restrict;
            Radio { name: "visibility", value, label, hint, checked, disabled, more: None }
        };
        html! {
            fieldset.stack.tight {
                legend.legend { "What customers see" }
                (choice("restricted", "Only what they are entitled to", html! {
                    (with) " an entitlement that holds now; " (without) " no artifact."
                }, restricted))
                (choice("open", "Everything", html! {
                    (counted(customers, "customer sees", "customers see")) " all " (artifacts) ", whatever the entitlements say. These are kept."
                }, !restricted))
                @if let Some(error) = self.form.error("visibility") { p.error { (error) } }
                @if !self.can_restrict { p.hint { "Only an administrator changes this." } }
            }
        }
    }

    fn tags(&self) -> Markup {
        let mutable = self.form.values.tags_mutable;
        let choice = |value, label, hint: &str, checked| {
            let (hint, disabled) = (html! { (hint) }, !self.can_edit);
            Radio { name: "tags", value, label, hint, checked, disabled, more: None }
        };
        html! {
            fieldset.stack.tight {
                legend.legend { "Tags" }
                (choice("immutable", "Stay what they are", "A push of other content under a tag that exists is refused.", !mutable))
                (choice("mutable", "May move", "A push moves the tag. Customers entitled to the tag get the new content.", mutable))
                @if let Some(error) = self.form.error("tags") { p.error { (error) } }
            }
        }
    }

    /// The section, as a form of its own.
    pub(super) fn card(&self, visit: &Visit) -> Markup {
        html! {
            form.card.form method="post" action=(route::ArtifactSettings) aria-labelledby="artifacts-title" {
                header { h2 id="artifacts-title" { "Artifacts" } }
                div.body.stack {
                    (visit.csrf_field())
                    (form_errors(&self.form.others(&["visibility", "tags"])))
                    (self.visibility())
                    (self.tags())
                }
                @if self.can_restrict || self.can_edit { div.foot { (Button::new(Weight::Primary, "Save").submit()) } }
            }
        }
    }
}
