//! Deployments: one application at one deployment target, in revisions.

use grantry_model::id::{DeploymentId, DeploymentTargetId};
use maud::{Markup, html};

use crate::components::badge::{Badge, Tone};
use crate::layout::Crumb;
use crate::route::{Deployments, ShowDeployment, ShowDeploymentTarget};

pub mod affected;
pub mod delete;
pub mod edit;
pub mod editor;
pub mod fields;
pub mod line;
pub mod log;
pub mod logs;
pub mod new;
mod options;
pub mod revision;
pub mod show;
mod source;
pub mod status;

/// A deployment to lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentRef {
    /// The deployment.
    pub deployment: DeploymentId,
    /// The application's name.
    pub application: String,
    /// The deployment target's name.
    pub target: String,
    /// The name of the customer whose target it is; `None` for the vendor's own, and for readers of a customer.
    pub customer: Option<String>,
}

impl DeploymentRef {
    /// A link to it, such as “Fleet Manager at plant-berlin of Initech GmbH”.
    pub(crate) fn link(&self) -> Markup {
        html! {
            a.link href=(ShowDeployment { deployment: self.deployment }) { (self.application) " at " (self.target) }
            @if let Some(customer) = &self.customer { " of " (customer) }
        }
    }
}

/// What an agent says of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It runs, and its own checks say that it works.
    Healthy,
    /// It runs, and has no check of its own.
    Running,
    /// Something is being done.
    Progressing,
    /// It failed.
    Error,
    /// The agent has said nothing yet.
    Unknown,
}

impl Health {
    /// As a badge.
    pub(crate) fn badge(self) -> Badge {
        let (tone, words) = match self {
            Self::Healthy => (Tone::Good, "Healthy"),
            Self::Running => (Tone::Good, "Running"),
            Self::Progressing => (Tone::Info, "Progressing"),
            Self::Error => (Tone::Bad, "Error"),
            Self::Unknown => (Tone::Neutral, "No word yet"),
        };
        Badge::new(tone, words)
    }
}

/// Whether what runs is entitled. If it is not it runs on, but can't be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum License {
    /// It is, or it needs no entitlement.
    Granted,
    /// It was, and no longer is.
    Expired,
    /// It is not, and was not: it was deployed before customers were restricted.
    Missing,
}

impl License {
    /// As a badge, unless all is well.
    pub(crate) fn badge(self) -> Option<Badge> {
        match self {
            Self::Granted => None,
            Self::Expired => Some(Badge::new(Tone::Warning, "License expired")),
            Self::Missing => Some(Badge::new(Tone::Warning, "Not entitled")),
        }
    }
}

/// Where a deployment is, for its crumbs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The deployment target.
    pub target: DeploymentTargetId,
    /// Its name.
    pub target_name: String,
    /// The deployment.
    pub deployment: DeploymentId,
    /// The application's name.
    pub application_name: String,
}

impl Place {
    /// The way to the deployment itself.
    pub(crate) fn way(&self) -> Vec<Crumb> {
        let target = ShowDeploymentTarget { target: self.target };
        vec![Crumb::new("Deployments", &Deployments), Crumb::new(&self.target_name, &target)]
    }

    /// The way to what belongs to the deployment.
    pub(crate) fn way_below(&self) -> Vec<Crumb> {
        let mut way = self.way();
        way.push(Crumb::new(&self.application_name, &ShowDeployment { deployment: self.deployment }));
        way
    }
}

/// The deployment of the samples.
pub(crate) fn sample_place() -> Place {
    use crate::gallery;
    Place {
        target: gallery::id(1001),
        target_name: "plant-berlin".to_owned(),
        deployment: gallery::id(1101),
        application_name: "Fleet Manager".to_owned(),
    }
}

/// Deployments of the samples, as a vendor reads them.
pub(crate) fn sample_refs() -> Vec<DeploymentRef> {
    use crate::gallery;
    let one = |number, target: &str| DeploymentRef {
        deployment: gallery::id(number),
        application: "Fleet Manager".to_owned(),
        target: target.to_owned(),
        customer: Some("Initech GmbH".to_owned()),
    };
    vec![one(1101, "plant-berlin"), one(1102, "plant-lyon")]
}
