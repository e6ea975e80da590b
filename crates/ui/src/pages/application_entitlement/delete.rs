//! The question before an application entitlement is deleted, what its customer loses by it, and what holds it.

use grantry_model::id::ApplicationEntitlementId;
use maud::{Markup, html};

use super::fields::ScopeChoice;
use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::confirm::Confirm;
use crate::components::size::{counted, some_of};
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::pages::entitlement::way_to;
use crate::pages::license_key::Owner;
use crate::route::{CustomerLicenses, DeleteApplicationEntitlement};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The entitlement.
    pub entitlement: ApplicationEntitlementId,
    /// Its name.
    pub name: String,
    /// Its customer.
    pub customer: Owner,
    /// The application's name.
    pub application_name: String,
    /// The versions that the customer loses at once, newest first; what another entitlement of it grants, too, is not here.
    pub lost: Vec<String>,
    /// Whether it has ended already, so that nothing is lost.
    pub is_expired: bool,
    /// Whether customers see only what they are entitled to.
    pub restricted: bool,
    /// The names of the targets at which a deployment carries it; as long as there is one, it can't be deleted.
    pub held_by: Vec<String>,
}

/// So many versions are written out.
const NAMED: usize = 8;

impl Delete {
    fn held(&self) -> Markup {
        let detail = html! {
            ul.losses.plain { @for target in &self.held_by { li { "Deployment at " (target) } } }
            p { "Undeploy there first. To stop updates at once, let the entitlement end: set a day under Until." }
        };
        let back = CustomerLicenses { customer: self.customer.customer };
        let title = format!("{} is in use, so it can’t be deleted.", self.name);
        html! {
            div.narrow { (Alert::new(Tone::Warning, title).detail(detail)) }
            div.row { (Button::new(Weight::Normal, "Back to the customer").link(back)) }
        }
    }

    fn losses(&self) -> Vec<Markup> {
        let count = self.lost.len() as u64;
        let line = html! {
            strong { (self.application_name) } ": " (counted(count, "version", "versions")) " (" (some_of(&self.lost, NAMED, count)) ")"
        };
        if self.lost.is_empty() { Vec::new() } else { vec![line] }
    }
}

impl Page for Delete {
    fn title(&self) -> String {
        format!("Delete {}?", self.name)
    }

    fn place(&self) -> String {
        "Delete".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_to(Some((self.customer.customer, &self.customer.name)))
    }

    fn body(&self, visit: &Visit) -> Markup {
        if !self.held_by.is_empty() {
            return self.held();
        }
        let who = html! { strong { (self.customer.name) } };
        let sentence = html! {
            @if self.is_expired { "It has ended already, so " (who) " loses nothing." }
            @else if !self.restricted { "Your organization does not restrict applications, so " (who) " goes on seeing all of them." }
            @else if self.lost.is_empty() { (who) " loses nothing: other entitlements grant the same." }
            @else { (who) " can no longer deploy the following. Nothing of it runs by this entitlement." }
        };
        let confirm = Confirm {
            sentence,
            losses: self.losses(),
            fields: visit.csrf_field(),
            action: "Delete entitlement",
        };
        let back = CustomerLicenses { customer: self.customer.customer };
        confirm.form(DeleteApplicationEntitlement { entitlement: self.entitlement }, back)
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let editor = super::editor::sample(ScopeChoice::All);
    let customer = Owner { customer: gallery::id(101), name: "Initech GmbH".to_owned() };
    let typical = Delete {
        entitlement: gallery::id(901),
        name: "Fleet Manager".to_owned(),
        customer,
        application_name: "Fleet Manager".to_owned(),
        lost: editor.versions.newest,
        is_expired: false,
        restricted: true,
        held_by: Vec::new(),
    };
    let many = (0..30).map(|patch| format!("3.0.{patch}")).collect();
    let full = Delete { lost: many, ..typical.clone() };
    let nothing = Delete { lost: Vec::new(), ..typical.clone() };
    let expired = Delete { is_expired: true, ..nothing.clone() };
    let open = Delete { restricted: false, ..nothing.clone() };
    let held =
        Delete { held_by: vec!["plant-berlin".to_owned(), "plant-lyon".to_owned()], ..typical.clone() };
    vec![
        Sample::vendor("application-entitlement-delete-typical", Nav::Licenses, &typical),
        Sample::vendor("application-entitlement-delete-full", Nav::Licenses, &full),
        Sample::vendor("application-entitlement-delete-nothing-lost", Nav::Licenses, &nothing),
        Sample::vendor("application-entitlement-delete-expired", Nav::Licenses, &expired),
        Sample::vendor("application-entitlement-delete-unrestricted", Nav::Licenses, &open),
        Sample::vendor("application-entitlement-delete-held", Nav::Licenses, &held),
    ]
}
