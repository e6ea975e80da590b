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
use crate::pages::license_key::Owner;
use crate::route::{CustomerLicenses, DeleteApplication, ShowApplication};

/// What uses the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// An entitlement to it.
    Entitlement {
        /// The entitlement's name.
        name: String,
        /// Its customer.
        customer: Owner,
    },
    /// A deployment of it.
    Deployment {
        /// The deployment target's name.
        target: String,
        /// The target's customer; `None` for the vendor's own.
        customer: Option<Owner>,
    },
}

impl Use {
    fn line(&self) -> Markup {
        let of = |owner: &Owner| html! { " of " a.link href=(CustomerLicenses { customer: owner.customer }) { (owner.name) } };
        html! {
            @match self {
                Self::Entitlement { name, customer } => { "Entitlement " (name) (of(customer)) }
                Self::Deployment { target, customer } => {
                    "Deployment at " (target) @if let Some(customer) = customer { (of(customer)) }
                }
            }
        }
    }
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
    /// What uses it; as long as there is something, it can't be deleted.
    pub uses: Vec<Use>,
}

impl Delete {
    fn held(&self) -> Markup {
        let title = format!("{} is in use, so it can’t be deleted.", self.name);
        let detail = html! {
            ul.losses.plain {
                @for one in &self.uses { li { (one.line()) } }
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
        if !self.uses.is_empty() {
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
        uses: Vec::new(),
    };
    let customer = Owner { customer: gallery::id(101), name: "Initech GmbH".to_owned() };
    let uses = vec![
        Use::Entitlement { name: "Fleet Manager".to_owned(), customer: customer.clone() },
        Use::Deployment { target: "plant-berlin".to_owned(), customer: Some(customer) },
        Use::Deployment { target: "staging".to_owned(), customer: None },
    ];
    let held = Delete { uses, ..free.clone() };
    vec![
        Sample::vendor("application-delete-typical", Nav::Applications, &free),
        Sample::vendor("application-delete-held", Nav::Applications, &held),
    ]
}
