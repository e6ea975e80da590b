//! The question before a customer is deleted with everything it has.

use grantry_model::id::CustomerId;
use maud::{Markup, html};

use crate::components::confirm::Confirm;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::{CustomerLicenses, Customers, DeleteCustomer};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The customer.
    pub customer: CustomerId,
    /// Its name.
    pub name: String,
    /// Names of the license keys that go along.
    pub keys: Vec<String>,
    /// Names of the artifact entitlements that go along.
    pub entitlements: Vec<String>,
    /// Names of the deployment targets that go along.
    pub targets: Vec<String>,
    /// Keys of the secrets that go along.
    pub secrets: Vec<String>,
    /// Names of the members who lose their access.
    pub members: Vec<String>,
}

/// So many names are written out.
const NAMED: usize = 12;

fn losses(noun: &str, plural: &str, names: &[String]) -> Option<Markup> {
    if names.is_empty() {
        return None;
    }
    let mut words = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        words.push_str(&format!(" and {} more", names.len() - NAMED));
    }
    let noun = if names.len() == 1 { noun } else { plural };
    Some(html! { (names.len()) " " (noun) ": " (words) })
}

impl Page for Delete {
    fn title(&self) -> String {
        format!("Delete {}?", self.name)
    }

    fn place(&self) -> String {
        "Delete".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::new("Customers", &Customers),
            Crumb::new(&self.name, &CustomerLicenses { customer: self.customer }),
        ]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let keys = losses("license key", "license keys", &self.keys);
        let members = losses("member who loses access", "members who lose access", &self.members);
        let entitlements = losses("artifact entitlement", "artifact entitlements", &self.entitlements);
        let targets = losses("deployment target", "deployment targets", &self.targets);
        let secrets = losses("secret", "secrets", &self.secrets);
        let losses: Vec<Markup> =
            [entitlements, keys, targets, secrets, members].into_iter().flatten().collect();
        let sentence = if losses.is_empty() {
            html! { strong { (self.name) } " has no licenses and no members. It goes for good." }
        } else {
            html! { strong { (self.name) } " goes for good, and with it the following. Tokens already handed out stay valid until they expire." }
        };
        let confirm = Confirm { sentence, losses, fields: visit.csrf_field(), action: "Delete customer" };
        confirm.form(DeleteCustomer { customer: self.customer }, CustomerLicenses { customer: self.customer })
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Delete {
        customer: gallery::id(101),
        name: "Initech GmbH".to_owned(),
        keys: vec!["ANALYTICS".to_owned(), "FLEET_MAIN".to_owned()],
        entitlements: vec!["Runtime images".to_owned()],
        targets: vec!["plant-berlin".to_owned()],
        secrets: vec!["DB_PASSWORD".to_owned()],
        members: vec!["Peter Bolt".to_owned()],
    };
    let empty = Delete {
        keys: Vec::new(),
        entitlements: Vec::new(),
        targets: Vec::new(),
        secrets: Vec::new(),
        members: Vec::new(),
        ..typical.clone()
    };
    let full = Delete { keys: (0..300).map(|number| format!("KEY_{number}")).collect(), ..typical.clone() };
    vec![
        Sample::vendor("customer-delete-typical", Nav::Customers, &typical),
        Sample::vendor("customer-delete-empty", Nav::Customers, &empty),
        Sample::vendor("customer-delete-full", Nav::Customers, &full),
    ]
}
