//! License keys without a customer, which every customer sees.

use maud::{Markup, html};

use super::customer::sample_keys;
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::guide::guide_and;
use crate::components::icon::Icon;
use crate::gallery::Sample;
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::license_key::{KeyRow, table};
use crate::route::{Licenses, NewLicenseKey};

/// The organization-wide keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationWide {
    /// The keys, by name.
    pub keys: Vec<KeyRow>,
    /// Whether the reader may create keys.
    pub can_edit: bool,
}

impl Page for OrganizationWide {
    fn title(&self) -> String {
        "Organization-wide keys".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Licenses", &Licenses)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        let create = || Button::new(Weight::Primary, "New license key").icon(Icon::Plus).link(NewLicenseKey);
        Head {
            actions: self.can_edit.then(create),
            ..Head::lead("Every customer sees these keys, and every deployment can use them.")
        }
    }

    fn body(&self, visit: &Visit) -> Markup {
        let content = if self.keys.is_empty() {
            html! { (EmptyState {
                icon: Icon::Globe,
                title: "No organization-wide keys",
                text: "Issue one for what all customers share, such as a support level or a common feature set.",
                action: guide_and(Guide::LicenseKeys, None),
            }) }
        } else {
            table("Organization-wide license keys", &self.keys, visit.now)
        };
        html! { (Card::flush("keys", "License keys", content)) }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = OrganizationWide { keys: sample_keys(), can_edit: true };
    let empty = OrganizationWide { keys: Vec::new(), can_edit: true };
    vec![
        Sample::vendor("license-organization-wide-typical", Nav::Licenses, &typical),
        Sample::vendor("license-organization-wide-empty", Nav::Licenses, &empty),
    ]
}
