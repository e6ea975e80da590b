//! Applications: what customers deploy, in versions that never change.

use grantry_model::application::TargetKind;
use grantry_model::id::ApplicationId;
use maud::{Markup, html};

use crate::layout::Crumb;
use crate::route::{Applications, ShowApplication};

pub mod access;
pub mod delete;
pub mod edit;
pub mod list;
pub mod new;
pub mod show;

/// What an application is, in words.
pub(crate) fn kind_words(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Docker => "Docker Compose",
        TargetKind::Kubernetes => "Helm chart",
    }
}

/// An application to choose, or to lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationChoice {
    /// The application.
    pub application: ApplicationId,
    /// Its name.
    pub name: String,
}

/// The way to what belongs to an application.
pub(crate) fn way_below(application: ApplicationId, name: &str) -> Vec<Crumb> {
    vec![Crumb::new("Applications", &Applications), Crumb::new(name, &ShowApplication { application })]
}

/// A link to an application.
pub(crate) fn link(application: ApplicationId, name: &str) -> Markup {
    html! { a.link href=(ShowApplication { application }) { (name) } }
}
