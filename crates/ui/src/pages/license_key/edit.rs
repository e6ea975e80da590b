//! Form that edits a license key. New dates or a new payload make a revision.

use grantry_model::id::LicenseKeyId;
use maud::{Markup, html};

use super::fields::{KeyValues, NAMES, Preview, preview, terms};
use super::show::sample;
use super::{Owner, way_below};
use crate::asset::File;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Portal, Visit};
use crate::pages::deployment::affected::{Affected, action, notice, samples as sample_affected};
use crate::route::{EditLicenseKey, ShowLicenseKey};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The key.
    pub key: LicenseKeyId,
    /// Its name, which does not change.
    pub name: String,
    /// The customer it belongs to, which does not change; `None` for an organization-wide key.
    pub owner: Option<Owner>,
    /// Values and errors of the form.
    pub form: FormState<KeyValues>,
    /// What the preview needs to know.
    pub preview: Preview,
    /// Deployments that a new revision would redeploy. If there are any, the form asks for confirmation and sends
    /// `confirm=true`.
    pub affected: Vec<Affected>,
}

impl Edit {
    fn fields(&self, visit: &Visit) -> Markup {
        let form = &self.form;
        html! {
            (visit.csrf_field())
            @if !self.affected.is_empty() { input type="hidden" name="confirm" value="true"; }
            (Field::line("text", "description", "Description").value(&form.values.description).autocomplete("off")
                .error(form.error("description")).hint("Changes in place, without a revision."))
            (terms(form))
        }
    }
}

impl Page for Edit {
    fn title(&self) -> String {
        format!("Edit {}", self.name)
    }

    fn place(&self) -> String {
        "Edit".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(Portal::Vendor, self.owner.as_ref(), self.key, &self.name)
    }

    fn head(&self, _visit: &Visit) -> Head {
        let next = self.preview.revision;
        Head::lead(format!(
            "New dates or a new payload make revision {next}. Tokens handed out before stay valid until they expire."
        ))
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Payload]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::LicenseKeys, Guide::SeatsAndFeatureFlags, Guide::Trial, Guide::TieredPricing]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let action = action(&self.affected);
        let owner = self.owner.as_ref().map(|owner| owner.customer.to_string()).unwrap_or_default();
        let values = KeyValues { name: self.name.clone(), customer: owner, ..self.form.values.clone() };
        html! {
            (form_errors(&self.form.others(&NAMES)))
            (notice(&self.affected))
            form.cols.half method="post" action=(EditLicenseKey { key: self.key }) data-key-form
                data-name=(values.name) data-customer=(values.customer) {
                section.card aria-label="License key" {
                    div.body.stack.tight.roomy { (self.fields(visit)) }
                    div.foot {
                        (Button::new(Weight::Primary, &action).submit())
                        (Button::new(Weight::Normal, "Cancel").link(ShowLicenseKey { key: self.key }))
                    }
                }
                div.stack { (preview(&values, &self.preview)) }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let key = sample();
    let values = KeyValues {
        description: key.description.clone(),
        not_before: "2026-11-24".to_owned(),
        expires_at: "2027-10-31".to_owned(),
        grace_days: "14".to_owned(),
        payload: crate::token::pretty(super::show::SAMPLE_PAYLOAD),
        ..KeyValues::default()
    };
    let typical = Edit {
        key: key.key,
        name: key.name,
        owner: key.owner,
        form: FormState::fresh(values.clone()),
        preview: Preview {
            issuer: key.hub,
            organization: key.organization,
            subject: Some(key.key.to_string()),
            revision: 4,
        },
        affected: Vec::new(),
    };
    let confirm = Edit { affected: sample_affected(), ..typical.clone() };
    let broken = KeyValues { payload: "[1, 2]".to_owned(), grace_days: "-1".to_owned(), ..values };
    let errors = vec![
        gallery::error("payload", "The payload must be a JSON object, such as {\"seats\": 5}."),
        gallery::error("graceSeconds", "The grace must not be negative."),
    ];
    let error = Edit { form: FormState::refused(broken, errors), owner: None, ..typical.clone() };
    vec![
        Sample::vendor("license-key-edit-typical", Nav::Licenses, &typical),
        Sample::vendor("license-key-edit-confirm", Nav::Licenses, &confirm),
        Sample::vendor("license-key-edit-error", Nav::Licenses, &error),
    ]
}
