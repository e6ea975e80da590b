//! Form that edits an application entitlement. It can only widen what is granted, or change its end.

use chrono::{DateTime, Utc};
use grantry_model::id::ApplicationEntitlementId;
use maud::{Markup, html};

use super::editor::{Editor, sample};
use super::fields::{EntitlementValues, ScopeChoice};
use crate::asset::File;
use crate::components::button::{Button, Weight};
use crate::components::icon::Icon;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::entitlement::way_to;
use crate::route::{DeleteApplicationEntitlement, EditApplicationEntitlement};
use crate::validity::until_phrase;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The entitlement.
    pub entitlement: ApplicationEntitlementId,
    /// Its name, as it is stored.
    pub name: String,
    /// When it ends, as it is stored; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// The form. Its customer and application are fixed.
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
        let delete = DeleteApplicationEntitlement { entitlement: self.entitlement };
        Head {
            picture: None,
            lead: Some("What is granted can grow, but not shrink. It ends by its day, or by deleting the entitlement.".to_owned()),
            badges: Some(html! { (until_phrase(self.expires_at, visit.now)) }),
            actions: Some(Button::new(Weight::Normal, "Delete").icon(Icon::Trash).link(delete)),
        }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Grants]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::ApplicationEntitlements, Guide::EarlyAccess, Guide::Hotfix, Guide::MaintenanceWindow]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let to = EditApplicationEntitlement { entitlement: self.entitlement }.to_string();
        self.editor.render(&to, "Save", visit)
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let page = |editor: Editor| Edit {
        entitlement: gallery::id(901),
        name: "Fleet Manager".to_owned(),
        expires_at: Some(gallery::midnight(341)),
        editor: Editor {
            application: editor.applications.first().cloned(),
            applications: Vec::new(),
            ..editor
        },
    };
    let typical = page(sample(ScopeChoice::Range));
    let base = sample(ScopeChoice::Chosen);
    let values = EntitlementValues {
        registry_host: "registry.example:5000".to_owned(),
        registry_username: "initech".to_owned(),
        ..base.form.values.clone()
    };
    let errors = vec![
        gallery::error("name", "Another entitlement of this customer has this name."),
        gallery::error(
            "",
            "“Fleet Manager” grants all versions. The change would take away: 3.0.4, 3.0.3, and versions to come. What is granted is never taken away by a change. To end it, let the entitlement expire, or delete it.",
        ),
    ];
    let narrowed = page(Editor { form: FormState::refused(values, errors), keeps_password: true, ..base });
    vec![
        Sample::vendor("application-entitlement-edit-typical", Nav::Licenses, &typical),
        Sample::vendor("application-entitlement-edit-narrowed", Nav::Licenses, &narrowed),
    ]
}
