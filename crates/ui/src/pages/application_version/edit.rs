//! Form that renames a version.

use grantry_model::id::{ApplicationId, ApplicationVersionId};
use maud::{Markup, html};

use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::pages::application::way_below;
use crate::route::{EditApplicationVersion, ShowApplicationVersion};

/// The form. Its only value is `name`, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The application.
    pub application: ApplicationId,
    /// Its name.
    pub application_name: String,
    /// The version.
    pub version: ApplicationVersionId,
    /// Its name, as it is stored.
    pub name: String,
    /// The new name and what is wrong with it.
    pub form: FormState<String>,
}

impl Page for Edit {
    fn title(&self) -> String {
        format!("Rename {}", self.name)
    }

    fn place(&self) -> String {
        "Rename".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        let at = ShowApplicationVersion { application: self.application, version: self.version };
        let mut way = way_below(self.application, &self.application_name);
        way.push(Crumb::new(&self.name, &at));
        way
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (form, application, version) = (&self.form, self.application, self.version);
        html! {
            (form_errors(&form.others(&["name"])))
            form.card.form method="post" action=(EditApplicationVersion { application, version }) {
                div.body.stack {
                    (visit.csrf_field())
                    (Field::line("text", "name", "Name").value(&form.values).required().autocomplete("off").error(form.error("name"))
                        .hint("Entitlements to a range follow the new name. What runs goes on."))
                }
                div.foot {
                    (Button::new(Weight::Primary, "Save").submit())
                    (Button::new(Weight::Normal, "Cancel").link(ShowApplicationVersion { application, version }))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Edit {
        application: gallery::id(801),
        application_name: "Fleet Manager".to_owned(),
        version: gallery::id(857),
        name: "3.1.0".to_owned(),
        form: FormState::fresh("3.1.0".to_owned()),
    };
    let errors = vec![
        gallery::error("name", "This application has a version of this name."),
        gallery::error("", "Renaming it would take it from Hooli, which is entitled to >=3."),
    ];
    let error = Edit { form: FormState::refused("3.0.4".to_owned(), errors), ..typical.clone() };
    vec![
        Sample::vendor("application-version-edit-typical", Nav::Applications, &typical),
        Sample::vendor("application-version-edit-error", Nav::Applications, &error),
    ]
}
