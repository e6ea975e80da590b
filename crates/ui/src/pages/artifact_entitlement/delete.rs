//! The question before an artifact entitlement is deleted, and what its customer loses by it.

use grantry_model::id::{ArtifactEntitlementId, ArtifactId};
use maud::{Markup, html};

use crate::components::confirm::Confirm;
use crate::components::size::{counted, some_of};
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::pages::entitlement::{sample_customer, way_to};
use crate::pages::license_key::Owner;
use crate::route::{CustomerLicenses, DeleteArtifactEntitlement};

/// What the customer can no longer pull of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name.
    pub name: String,
    /// How many tags nothing else grants.
    pub tags: u64,
    /// Some of them.
    pub named: Vec<String>,
    /// Whether nothing of the artifact is left to the customer.
    pub is_all: bool,
}

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The entitlement.
    pub entitlement: ArtifactEntitlementId,
    /// Its name.
    pub name: String,
    /// Its customer.
    pub customer: Owner,
    /// What the customer loses at once; what another entitlement of it grants, too, is not here.
    pub losses: Vec<Loss>,
    /// Whether it has ended already, so that nothing is lost.
    pub is_expired: bool,
    /// Whether customers see only what they are entitled to.
    pub restricted: bool,
}

/// So many tags are written out.
const NAMED: usize = 8;

fn line(loss: &Loss) -> Markup {
    html! {
        strong { (loss.name) } ": "
        @if loss.is_all { "all of it, " }
        (counted(loss.tags, "tag", "tags"))
        @if !loss.named.is_empty() { " (" (some_of(&loss.named, NAMED, loss.tags)) ")" }
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
        let who = html! { strong { (self.customer.name) } };
        let sentence = html! {
            @if self.is_expired { "It has ended already, so " (who) " loses nothing." }
            @else if !self.restricted { "Your organization does not restrict artifacts, so " (who) " goes on seeing all of them." }
            @else if self.losses.is_empty() { (who) " loses nothing: other entitlements grant the same." }
            @else { "From the next pull on " (who) " can no longer pull the following. What it has pulled stays with it." }
        };
        let confirm = Confirm {
            sentence,
            losses: self.losses.iter().map(line).collect(),
            fields: visit.csrf_field(),
            action: "Delete entitlement",
        };
        let back = CustomerLicenses { customer: self.customer.customer };
        confirm.form(DeleteArtifactEntitlement { entitlement: self.entitlement }, back)
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let loss = |number: u128, name: &str, tags: u64, is_all| Loss {
        artifact: gallery::id(number),
        name: name.to_owned(),
        tags,
        named: (0..tags.min(10)).map(|patch| format!("3.0.{patch}")).collect(),
        is_all,
    };
    let typical = Delete {
        entitlement: gallery::id(701),
        name: "Runtime images".to_owned(),
        customer: sample_customer(),
        losses: vec![loss(602, "fleet/api", 38, true), loss(603, "fleet/worker", 1, false)],
        is_expired: false,
        restricted: true,
    };
    let nothing = Delete { losses: Vec::new(), ..typical.clone() };
    let expired = Delete { is_expired: true, ..nothing.clone() };
    let open = Delete { restricted: false, ..nothing.clone() };
    vec![
        Sample::vendor("artifact-entitlement-delete-typical", Nav::Licenses, &typical),
        Sample::vendor("artifact-entitlement-delete-nothing-lost", Nav::Licenses, &nothing),
        Sample::vendor("artifact-entitlement-delete-expired", Nav::Licenses, &expired),
        Sample::vendor("artifact-entitlement-delete-unrestricted", Nav::Licenses, &open),
    ]
}
