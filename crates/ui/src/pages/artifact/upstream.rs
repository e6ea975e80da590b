//! Form that changes where an artifact is pulled through from.

use grantry_model::id::ArtifactId;
use maud::{Markup, html};

use super::fields::{NAMES, UpstreamValues, upstream};
use super::way_below;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::{EditUpstream, ShowArtifact};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name, which does not change.
    pub name: String,
    /// Values and errors.
    pub form: FormState<UpstreamValues>,
    /// Whether a password is kept already.
    pub has_password: bool,
}

impl Page for Edit {
    fn title(&self) -> String {
        format!("Upstream of {}", self.name)
    }

    fn place(&self) -> String {
        "Upstream".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.artifact, &self.name)
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("What was pulled through before stays here.")
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Registry]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let form = &self.form;
        html! {
            (form_errors(&form.others(&NAMES)))
            form.card.form method="post" action=(EditUpstream { artifact: self.artifact }) {
                div.body.stack { (visit.csrf_field()) (upstream(form, self.has_password)) }
                div.foot {
                    (Button::new(Weight::Primary, "Save").submit())
                    (Button::new(Weight::Normal, "Cancel").link(ShowArtifact { artifact: self.artifact }))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let values = UpstreamValues {
        name: String::new(),
        url: "docker.io/library/postgres".to_owned(),
        username: "northwind".to_owned(),
        cache_limit: "20480".to_owned(),
        cache_days: "90".to_owned(),
        sync_hours: "24".to_owned(),
    };
    let typical = Edit {
        artifact: gallery::id(604),
        name: "mirror/postgres".to_owned(),
        form: FormState::fresh(values.clone()),
        has_password: true,
    };
    let errors = vec![
        gallery::error("upstreamUrl", "This registry lies within the hub’s own network."),
        gallery::error("upstreamCacheDays", "Give a whole number of days from 1 to 3650, or leave it out."),
    ];
    let values = UpstreamValues { cache_days: "0".to_owned(), ..values };
    let error = Edit { form: FormState::refused(values, errors), has_password: false, ..typical.clone() };
    vec![
        Sample::vendor("artifact-upstream-typical", Nav::Artifacts, &typical),
        Sample::vendor("artifact-upstream-error", Nav::Artifacts, &error),
    ]
}
