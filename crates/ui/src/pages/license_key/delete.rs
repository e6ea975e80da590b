//! The question before a license key is deleted.

use grantry_model::id::LicenseKeyId;
use maud::{Markup, html};

use super::show::sample;
use super::{Owner, way_below};
use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::confirm::Confirm;
use crate::components::time;
use crate::gallery::Sample;
use crate::layout::{Crumb, Nav, Page, Portal, Visit};
use crate::pages::deployment::{DeploymentRef, sample_refs};
use crate::route::{DeleteLicenseKey, ShowLicenseKey};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The key.
    pub key: LicenseKeyId,
    /// Its name.
    pub name: String,
    /// The customer it belongs to; `None` for an organization-wide key.
    pub owner: Option<Owner>,
    /// How many revisions go along.
    pub revisions: u32,
    /// When the last of its tokens ends.
    pub expires_at: chrono::DateTime<chrono::Utc>,
    /// Deployments that use the key; as long as there is one, it cannot be deleted.
    pub used_by: Vec<DeploymentRef>,
}

impl Page for Delete {
    fn title(&self) -> String {
        format!("Delete {}?", self.name)
    }

    fn place(&self) -> String {
        "Delete".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(Portal::Vendor, self.owner.as_ref(), self.key, &self.name)
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (to, back) = (DeleteLicenseKey { key: self.key }, ShowLicenseKey { key: self.key });
        if !self.used_by.is_empty() {
            let detail = html! { ul.losses.plain { @for used in &self.used_by { li { (used.link()) } } } };
            return html! {
                (Alert::new(Tone::Warning, "Deployments use this key, so it cannot be deleted.").detail(detail))
                div.row { (Button::new(Weight::Normal, "Back to the key").link(back)) }
            };
        }
        let who = self.owner.as_ref().map_or("every customer", |owner| owner.name.as_str());
        let revisions = if self.revisions == 1 { "its revision" } else { "all its revisions" };
        let losses = vec![
            html! { (self.name) " with " (revisions) " and their tokens, for good." },
            html! { "It disappears from the portal of " (who) "." },
        ];
        let sentence = html! {
            "Tokens already handed out stay valid until they expire: the last one on " (time::day(self.expires_at)) "."
        };
        Confirm { sentence, losses, fields: visit.csrf_field(), action: "Delete license key" }.form(to, back)
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let key = sample();
    let typical = Delete {
        key: key.key,
        name: key.name,
        owner: key.owner,
        revisions: 3,
        expires_at: crate::gallery::midnight(341),
        used_by: Vec::new(),
    };
    let used = Delete { used_by: sample_refs(), ..typical.clone() };
    vec![
        Sample::vendor("license-key-delete-typical", Nav::Licenses, &typical),
        Sample::vendor("license-key-delete-in-use", Nav::Licenses, &used),
    ]
}
