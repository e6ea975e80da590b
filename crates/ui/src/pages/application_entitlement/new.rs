//! Form for a new application entitlement.

use maud::Markup;

use super::editor::{Editor, First, Versions, sample};
use super::fields::{EntitlementValues, ScopeChoice};
use crate::asset::File;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::entitlement::way_to;
use crate::route::NewApplicationEntitlement;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// The form.
    pub editor: Editor,
}

impl Page for New {
    fn title(&self) -> String {
        "New application entitlement".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_to(self.editor.customer.as_ref().map(|owner| (owner.customer, owner.name.as_str())))
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("Which versions of an application a customer may deploy, and until when.")
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Grants]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::ApplicationEntitlements, Guide::EarlyAccess, Guide::Hotfix, Guide::MaintenanceWindow]
    }

    fn body(&self, visit: &Visit) -> Markup {
        self.editor.render(&NewApplicationEntitlement.to_string(), "Create entitlement", visit)
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let page = |scope| New { editor: sample(scope) };
    let fresh = New {
        editor: Editor {
            form: FormState::default(),
            versions: Versions::default(),
            ..sample(ScopeChoice::All)
        },
    };
    let first = New {
        editor: Editor {
            first: Some(First { customers: 214, applications: 3 }),
            ..sample(ScopeChoice::Current)
        },
    };
    let none = New { editor: Editor { applications: Vec::new(), ..fresh.editor.clone() } };
    let errors = vec![
        gallery::error("customerOrganizationId", "Choose a customer."),
        gallery::error("applicationId", "Choose an application."),
        gallery::error("name", "Another entitlement of this customer has this name."),
        gallery::error("expiresAt", "This day is over."),
        gallery::error("scope", "Check at least one version."),
        gallery::error("registryUrl", "Leave out https://."),
        gallery::error("registryUsername", "Registry, user name and password go together."),
        gallery::error("registryPassword", "Registry, user name and password go together."),
        gallery::error("confirm", "Say that you know what this changes."),
        gallery::error("plan", "The plan allows no more entitlements."),
    ];
    let values = EntitlementValues {
        versions: Vec::new(),
        registry_host: "https://registry.example".to_owned(),
        search: "2.8".to_owned(),
        ..sample(ScopeChoice::Chosen).form.values
    };
    let error = New {
        editor: Editor {
            form: FormState::refused(values, errors),
            customer: None,
            customers: sample(ScopeChoice::All).customer.into_iter().collect(),
            versions: Versions { more: 21, ..sample(ScopeChoice::All).versions },
            first: Some(First { customers: 1, applications: 1 }),
            ..sample(ScopeChoice::Chosen)
        },
    };
    let errors = vec![gallery::error("range", "A range is comparisons such as >=2, <3.")];
    let ranged = sample(ScopeChoice::Range);
    let range_error =
        New { editor: Editor { form: FormState::refused(ranged.form.values.clone(), errors), ..ranged } };
    vec![
        Sample::vendor("application-entitlement-new-fresh", Nav::Licenses, &fresh),
        Sample::vendor("application-entitlement-new-typical", Nav::Licenses, &page(ScopeChoice::All)),
        Sample::vendor("application-entitlement-new-chosen", Nav::Licenses, &page(ScopeChoice::Chosen)),
        Sample::vendor(
            "application-entitlement-new-window",
            Nav::Licenses,
            &page(ScopeChoice::PublishedUntil),
        ),
        Sample::vendor("application-entitlement-new-first", Nav::Licenses, &first),
        Sample::vendor("application-entitlement-new-error", Nav::Licenses, &error),
        Sample::vendor("application-entitlement-new-range-error", Nav::Licenses, &range_error),
        Sample::vendor("application-entitlement-new-empty", Nav::Licenses, &none),
    ]
}
