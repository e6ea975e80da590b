//! The question before an application is deleted, and what holds it.

use grantry_model::id::ApplicationId;
use maud::{Markup, html};

use super::way_below;
use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::confirm::Confirm;
use crate::components::size::counted;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::pages::application_entitlement::EntitlementRef;
use crate::pages::deployment::{DeploymentRef, sample_refs};
use crate::pages::license_key::Owner;
use crate::route::{CustomerLicenses, DeleteApplication, ShowApplication};

/// An entitlement to the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The entitlement.
    pub entitlement: EntitlementRef,
    /// The customer it is of.
    pub customer: Owner,
}

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The application.
    pub application: ApplicationId,
    /// Its name.
    pub name: String,
    /// How many versions go along.
    pub versions: u64,
    /// The entitlements that hold it; as long as there is something, it can't be deleted.
    pub entitlements: Vec<Holder>,
    /// The deployments that hold it.
    pub deployments: Vec<DeploymentRef>,
}

impl Delete {
    fn held(&self) -> Markup {
        let title = format!("{} is in use, so it can’t be deleted.", self.name);
        let detail = html! {
            ul.losses.plain {
                @for holder in &self.entitlements {
                    li {
                        "Entitlement " (holder.entitlement.link()) " of "
                        a.link href=(CustomerLicenses { customer: holder.customer.customer }) { (holder.customer.name) }
                    }
                }
                @for deployment in &self.deployments { li { "Deployment at " (deployment.link()) } }
            }
            p { "Undeploy it and delete its entitlements, then try again. To stop new deployments, archive its versions." }
        };
        let back = Button::new(Weight::Normal, "Back to the application")
            .link(ShowApplication { application: self.application });
        html! {
            div.narrow { (Alert::new(Tone::Warning, title).detail(detail)) }
            div.row { (back) }
        }
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
        way_below(self.application, &self.name)
    }

    fn body(&self, visit: &Visit) -> Markup {
        if !self.entitlements.is_empty() || !self.deployments.is_empty() {
            return self.held();
        }
        let application = self.application;
        let confirm = Confirm {
            sentence: html! { strong { (self.name) } " goes for good. Nothing is deployed of it." },
            losses: vec![
                html! { (counted(self.versions, "version", "versions")) " with files and documents" },
            ],
            fields: visit.csrf_field(),
            action: "Delete application",
        };
        confirm.form(DeleteApplication { application }, ShowApplication { application })
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let free = Delete {
        application: gallery::id(803),
        name: "Sensor Hub".to_owned(),
        versions: 3,
        entitlements: Vec::new(),
        deployments: Vec::new(),
    };
    let holder = Holder {
        entitlement: EntitlementRef {
            entitlement: gallery::id(901),
            name: "Fleet Manager".to_owned(),
            can_open: true,
        },
        customer: Owner { customer: gallery::id(101), name: "Initech GmbH".to_owned() },
    };
    let held = Delete { entitlements: vec![holder], deployments: sample_refs(), ..free.clone() };
    vec![
        Sample::vendor("application-delete-typical", Nav::Applications, &free),
        Sample::vendor("application-delete-held", Nav::Applications, &held),
    ]
}
