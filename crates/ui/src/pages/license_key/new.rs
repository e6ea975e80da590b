//! Form for a new license key.

use maud::{Markup, html};

use super::Owner;
use super::fields::{KeyValues, NAMES, Preview, preview, terms};
use crate::asset::File;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::{Licenses, NewLicenseKey};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Its values and errors; a fresh one has today and one year from today as dates.
    pub form: FormState<KeyValues>,
    /// The customers to choose from, by name.
    pub customers: Vec<Owner>,
    /// What the preview needs to know.
    pub preview: Preview,
}

impl New {
    fn fields(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let everyone = (String::new(), "Every customer (organization-wide)".to_owned());
        let customers = self.customers.iter().map(|owner| (owner.customer.to_string(), owner.name.clone()));
        let choices = std::iter::once(everyone).chain(customers).collect();
        html! {
            (Field::line("text", "name", "Name").value(&values.name).required().autocomplete("off").error(form.error("name"))
                .hint("Unique and fixed. Letters, digits and underscores make the shortest reference, as in FLEET_MAIN."))
            (Field::line("text", "description", "Description").value(&values.description).autocomplete("off")
                .error(form.error("description")).hint("For people. The customer reads it, too."))
            (Field::choice(choices, "customerOrganizationId", "Customer").value(&values.customer).required()
                .error(form.error("customerOrganizationId")))
            (terms(form))
        }
    }
}

impl Page for New {
    fn title(&self) -> String {
        "New license key".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Licenses", &Licenses)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("A signed token that an installation verifies by itself, also without a network.")
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Payload]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::LicenseKeys, Guide::SeatsAndFeatureFlags, Guide::Trial, Guide::TieredPricing]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            (form_errors(&self.form.others(&NAMES)))
            form.cols.half method="post" action=(NewLicenseKey) data-key-form {
                section.card aria-label="License key" {
                    div.body.stack.tight.roomy { (visit.csrf_field()) (self.fields()) }
                    div.foot {
                        (Button::new(Weight::Primary, "Create license key").submit())
                        (Button::new(Weight::Normal, "Cancel").link(Licenses))
                    }
                }
                div.stack { (preview(&self.form.values, &self.preview)) }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let owner = |number, name: &str| Owner { customer: gallery::id(number), name: name.to_owned() };
    let values = KeyValues {
        not_before: "2026-11-24".to_owned(),
        expires_at: "2027-11-24".to_owned(),
        grace_days: "0".to_owned(),
        payload: "{\n  \n}".to_owned(),
        ..KeyValues::default()
    };
    let fresh = New {
        form: FormState::fresh(values.clone()),
        customers: vec![owner(103, "Aperture Labs"), owner(101, "Initech GmbH"), owner(105, "Stark Medical")],
        preview: Preview {
            issuer: "https://hub.northwind.example".to_owned(),
            organization: gallery::id(1),
            subject: None,
            revision: 1,
        },
    };
    let refused = KeyValues {
        name: "fleet_main".to_owned(),
        customer: fresh.customers[1].customer.to_string(),
        expires_at: "2026-11-20".to_owned(),
        payload: "{\n  \"seats\": 250,\n  \"plan\": \"enterprise\"\n  \"exp\": 1\n}".to_owned(),
        ..values.clone()
    };
    let errors = vec![
        gallery::error("name", "Another license key has this name. Choose a different one."),
        gallery::error("expiresAt", "The end must be after the start."),
        gallery::error("payload", "Line 4: expected a comma or the end of the object."),
        gallery::error("plan", "The plan allows no more keys."),
    ];
    let filled = KeyValues {
        name: "FLEET_MAIN".to_owned(),
        description: "Fleet Manager, enterprise tier".to_owned(),
        customer: fresh.customers[1].customer.to_string(),
        payload: crate::token::pretty(super::show::SAMPLE_PAYLOAD),
        grace_days: "14".to_owned(),
        ..values
    };
    let error = New { form: FormState::refused(refused, errors), ..fresh.clone() };
    let typical = New { form: FormState::fresh(filled), ..fresh.clone() };
    let none = New { customers: Vec::new(), ..fresh.clone() };
    vec![
        Sample::vendor("license-key-new-fresh", Nav::Licenses, &fresh),
        Sample::vendor("license-key-new-typical", Nav::Licenses, &typical),
        Sample::vendor("license-key-new-error", Nav::Licenses, &error),
        Sample::vendor("license-key-new-empty", Nav::Licenses, &none),
    ]
}
