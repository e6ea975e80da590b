//! Form that edits an artifact entitlement.

use chrono::{DateTime, Utc};
use grantry_model::id::ArtifactEntitlementId;
use maud::{Markup, html};

use super::editor::{Editor, sample_artifacts, sample_manifest, sample_row};
use super::fields::{EntitlementValues, ScopeChoice};
use crate::asset::File;
use crate::components::button::{Button, Weight};
use crate::components::icon::Icon;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::entitlement::{sample_customer, way_to};
use crate::route::{DeleteArtifactEntitlement, EditArtifactEntitlement};
use crate::validity::until_phrase;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The entitlement.
    pub entitlement: ArtifactEntitlementId,
    /// Its name, as it is stored.
    pub name: String,
    /// When it ends, as it is stored; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// The form. Its customer is fixed.
    pub editor: Editor,
}

impl Page for Edit {
    fn title(&self) -> String {
        format!("Edit {}", self.name)
    }

    fn place(&self) -> String {
        self.name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_to(self.editor.customer.as_ref().map(|owner| (owner.customer, owner.name.as_str())))
    }

    fn head(&self, visit: &Visit) -> Head {
        let delete = DeleteArtifactEntitlement { entitlement: self.entitlement };
        Head {
            picture: None,
            lead: Some("What you save holds from the next pull on.".to_owned()),
            badges: Some(html! { (until_phrase(self.expires_at, visit.now)) }),
            actions: Some(Button::new(Weight::Normal, "Delete").icon(Icon::Trash).link(delete)),
        }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Grants]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::ArtifactEntitlements, Guide::EarlyAccess, Guide::TieredPricing]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let to = EditArtifactEntitlement { entitlement: self.entitlement }.to_string();
        self.editor.render(&to, "Save", visit)
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let mut chosen = sample_row(602, ScopeChoice::Chosen);
    chosen.manifests = vec![sample_manifest()];
    chosen.form.values.manifests = vec![sample_manifest().manifest.to_string()];
    chosen.form.values.search = "2.8".to_owned();
    chosen.tags.truncate(3);
    chosen.tags[1].pushed_at = None;
    chosen.more = 0;
    let values = EntitlementValues {
        name: "Hotfix 2.8".to_owned(),
        expires_at: "2026-12-08".to_owned(),
        ..EntitlementValues::default()
    };
    let typical = Edit {
        entitlement: gallery::id(703),
        name: "Hotfix 2.8".to_owned(),
        expires_at: Some(gallery::midnight(14)),
        editor: Editor {
            form: FormState::fresh(values),
            customer: Some(sample_customer()),
            customers: Vec::new(),
            artifacts: sample_artifacts(),
            rows: vec![chosen, sample_row(606, ScopeChoice::Pattern)],
            first: None,
        },
    };
    let mut full = Edit { expires_at: Some(gallery::midnight(-20)), ..typical.clone() };
    full.editor.rows = (0..8).map(|_| sample_row(602, ScopeChoice::Current)).collect();
    vec![
        Sample::vendor("artifact-entitlement-edit-typical", Nav::Licenses, &typical),
        Sample::vendor("artifact-entitlement-edit-full", Nav::Licenses, &full),
    ]
}
