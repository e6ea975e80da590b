//! Form for a new artifact entitlement.

use maud::Markup;

use super::editor::{Editor, First, sample_artifacts, sample_row};
use super::fields::{EntitlementValues, GrantValues, ScopeChoice};
use super::grant::GrantRow;
use crate::asset::File;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::entitlement::{sample_customer, way_to};
use crate::route::NewArtifactEntitlement;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// The form, of which a fresh one has one empty row.
    pub editor: Editor,
}

impl Page for New {
    fn title(&self) -> String {
        "New artifact entitlement".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_to(self.editor.customer.as_ref().map(|owner| (owner.customer, owner.name.as_str())))
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("Which images, charts and files a customer may pull, and until when.")
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Grants]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::ArtifactEntitlements, Guide::EarlyAccess, Guide::TieredPricing]
    }

    fn body(&self, visit: &Visit) -> Markup {
        self.editor.render(&NewArtifactEntitlement.to_string(), "Create entitlement", visit)
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let editor = Editor {
        form: FormState::default(),
        customer: Some(sample_customer()),
        customers: Vec::new(),
        artifacts: sample_artifacts(),
        rows: vec![GrantRow::default()],
        first: None,
    };
    let fresh = New { editor: editor.clone() };
    let values = EntitlementValues {
        name: "Runtime images".to_owned(),
        expires_at: "2027-11-24".to_owned(),
        ..EntitlementValues::default()
    };
    let rows = vec![
        sample_row(602, ScopeChoice::All),
        sample_row(603, ScopeChoice::Chosen),
        sample_row(601, ScopeChoice::Range),
    ];
    let typical = New { editor: Editor { form: FormState::fresh(values.clone()), rows, ..editor.clone() } };
    let first = New {
        editor: Editor {
            form: FormState::fresh(values.clone()),
            rows: vec![sample_row(602, ScopeChoice::Current)],
            first: Some(First { customers: 214, artifacts: 6 }),
            ..editor.clone()
        },
    };
    let errors = vec![
        gallery::error("customerOrganizationId", "Choose a customer."),
        gallery::error("name", "Another entitlement of this customer has this name."),
        gallery::error("expiresAt", "This day is over."),
        gallery::error("artifacts", "An entitlement grants at least one artifact."),
        gallery::error("confirm", "Say that you know what this changes."),
        gallery::error("plan", "The plan allows no more entitlements."),
    ];
    let mut pattern = sample_row(602, ScopeChoice::Pattern);
    pattern.form.errors.push(gallery::error("artifactId", "This artifact stands in another row already."));
    pattern.form.errors.push(gallery::error("expression", "A pattern has no spaces."));
    let mut chosen = sample_row(602, ScopeChoice::Chosen);
    chosen.form = FormState::refused(
        GrantValues { tags: Vec::new(), ..chosen.form.values },
        vec![
            gallery::error("scope", "Check at least one tag."),
            gallery::error("else", "This artifact is gone."),
        ],
    );
    let error = New {
        editor: Editor {
            form: FormState::refused(values, errors),
            customer: None,
            customers: vec![sample_customer()],
            rows: vec![pattern, chosen],
            first: Some(First { customers: 1, artifacts: 1 }),
            ..editor.clone()
        },
    };
    let empty = New { editor: Editor { artifacts: Vec::new(), rows: Vec::new(), ..editor } };
    vec![
        Sample::vendor("artifact-entitlement-new-fresh", Nav::Licenses, &fresh),
        Sample::vendor("artifact-entitlement-new-typical", Nav::Licenses, &typical),
        Sample::vendor("artifact-entitlement-new-first", Nav::Licenses, &first),
        Sample::vendor("artifact-entitlement-new-error", Nav::Licenses, &error),
        Sample::vendor("artifact-entitlement-new-empty", Nav::Licenses, &empty),
    ]
}
