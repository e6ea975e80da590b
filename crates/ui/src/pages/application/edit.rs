//! Form that renames an application.

use grantry_model::id::ApplicationId;
use maud::{Markup, html};

use super::way_below;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::{EditApplication, ShowApplication};

/// The form. Its only value is `name`, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The application.
    pub application: ApplicationId,
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
        way_below(self.application, &self.name)
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (form, application) = (&self.form, self.application);
        html! {
            (form_errors(&form.others(&["name"])))
            form.card.form method="post" action=(EditApplication { application }) {
                div.body.stack {
                    (visit.csrf_field())
                    (Field::line("text", "name", "Name").value(&form.values).required().autocomplete("off")
                        .error(form.error("name")).hint("What runs goes on; only the name changes."))
                }
                div.foot {
                    (Button::new(Weight::Primary, "Save").submit())
                    (Button::new(Weight::Normal, "Cancel").link(ShowApplication { application }))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let name = "Fleet Manager".to_owned();
    let typical = Edit { application: gallery::id(801), form: FormState::fresh(name.clone()), name };
    let errors = vec![
        gallery::error("name", "Another application has this name."),
        gallery::error("", "Somebody else changed it. Load the page again."),
    ];
    let error = Edit { form: FormState::refused("fleet manager".to_owned(), errors), ..typical.clone() };
    vec![
        Sample::vendor("application-edit-typical", Nav::Applications, &typical),
        Sample::vendor("application-edit-error", Nav::Applications, &error),
    ]
}
