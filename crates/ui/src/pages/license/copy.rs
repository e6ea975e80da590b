//! Form that copies what another customer is licensed for.

use grantry_model::id::CustomerId;
use maud::{Markup, html};

use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::{CheckBox, Field};
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::entitlement::way_to;
use crate::pages::license_key::Owner;
use crate::route::{CopyLicenses, CustomerLicenses};

/// What can be copied; the value of a check box named `kinds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyKind {
    /// Application entitlements.
    ApplicationEntitlements,
    /// Artifact entitlements with their grants.
    ArtifactEntitlements,
    /// License keys, each as a first revision of a key of its own.
    LicenseKeys,
}

impl CopyKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::ApplicationEntitlements, Self::ArtifactEntitlements, Self::LicenseKeys];

    /// The value in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApplicationEntitlements => "application_entitlements",
            Self::ArtifactEntitlements => "artifact_entitlements",
            Self::LicenseKeys => "license_keys",
        }
    }

    /// Reads the value.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    fn check_box(self, checked: bool) -> CheckBox {
        let (label, hint) = match self {
            Self::ApplicationEntitlements => (
                "Application entitlements",
                "With the same applications and versions, under the same names. Credentials of registries are not copied.",
            ),
            Self::ArtifactEntitlements => {
                ("Artifact entitlements", "With the same artifacts and scopes, under the same names.")
            }
            Self::LicenseKeys => (
                "License keys",
                "With the same payload, valid from now on, under the same names with a number.",
            ),
        };
        CheckBox {
            name: "kinds".to_owned(),
            value: self.as_str().to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            checked,
        }
    }
}

/// The values of the form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopyValues {
    /// `from`: the other customer's id; empty if none is chosen yet.
    pub from: String,
    /// `expiresAt`: a day; empty for none.
    pub expires_at: String,
    /// `kinds`.
    pub kinds: Vec<CopyKind>,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The customer that gets the copies.
    pub customer: CustomerId,
    /// Its name.
    pub name: String,
    /// The customers to copy from, by name.
    pub others: Vec<Owner>,
    /// The kinds that the reader may create.
    pub offered: Vec<CopyKind>,
    /// Values and errors; a fresh one has all kinds that are offered.
    pub form: FormState<CopyValues>,
}

impl Page for Copy {
    fn title(&self) -> String {
        format!("Copy to {}", self.name)
    }

    fn place(&self) -> String {
        "Copy".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_to(Some((self.customer, &self.name)))
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("Everything is copied, also what has ended, and the copies have an end of their own.")
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::TieredPricing]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let none = (String::new(), "Choose a customer".to_owned());
        let all = self.others.iter().map(|owner| (owner.customer.to_string(), owner.name.clone()));
        let choices = std::iter::once(none).chain(all).collect();
        let boxes = self.offered.iter().map(|kind| kind.check_box(values.kinds.contains(kind)));
        html! {
            (form_errors(&form.others(&["from", "expiresAt", "kinds"])))
            form.card.form method="post" action=(CopyLicenses { customer: self.customer }) {
                div.body.stack {
                    (visit.csrf_field())
                    (Field::choice(choices, "from", "Copy from").value(&values.from).required().error(form.error("from")))
                    fieldset.stack.tight {
                        legend.legend { "What" }
                        @for one in boxes { (one) }
                        @if let Some(error) = form.error("kinds") { p.error { (error) } }
                    }
                    (Field::line("date", "expiresAt", "Until").value(&values.expires_at).error(form.error("expiresAt"))
                        .hint("The end of all copies. License keys need one; without it entitlements never end."))
                }
                div.foot {
                    (Button::new(Weight::Primary, "Copy").submit())
                    (Button::new(Weight::Normal, "Cancel").link(CustomerLicenses { customer: self.customer }))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let owner = |number, name: &str| Owner { customer: gallery::id(number), name: name.to_owned() };
    let values = CopyValues { kinds: CopyKind::ALL.to_vec(), ..CopyValues::default() };
    let fresh = Copy {
        customer: gallery::id(101),
        name: "Initech GmbH".to_owned(),
        others: vec![owner(103, "Aperture Labs"), owner(102, "Hooli")],
        offered: CopyKind::ALL.to_vec(),
        form: FormState::fresh(values),
    };
    let refused = CopyValues { from: fresh.others[1].customer.to_string(), ..CopyValues::default() };
    let errors = vec![
        gallery::error("from", "This customer has nothing to copy."),
        gallery::error("kinds", "Check at least one."),
        gallery::error("expiresAt", "This day is over."),
        gallery::error("plan", "The plan allows no more keys."),
    ];
    let error = Copy { form: FormState::refused(refused, errors), ..fresh.clone() };
    let one = Copy { offered: vec![CopyKind::LicenseKeys], ..fresh.clone() };
    vec![
        Sample::vendor("license-copy-fresh", Nav::Licenses, &fresh),
        Sample::vendor("license-copy-error", Nav::Licenses, &error),
        Sample::vendor("license-copy-keys-only", Nav::Licenses, &one),
    ]
}
