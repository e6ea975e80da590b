//! Form for a new customer.

use maud::{Markup, html};

use super::fields::{CustomerValues, NAMES, fields, sample_features};
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::{Customers, NewCustomer};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Its values and errors.
    pub form: FormState<CustomerValues>,
}

impl Page for New {
    fn title(&self) -> String {
        "New customer".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Customers", &Customers)]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            (form_errors(&self.form.others(&NAMES)))
            form.card.form method="post" action=(NewCustomer) {
                div.body.stack { (visit.csrf_field()) (fields(&self.form)) }
                div.foot {
                    (Button::new(Weight::Primary, "Create customer").submit())
                    (Button::new(Weight::Normal, "Cancel").link(Customers))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let fresh = New { form: FormState::fresh(CustomerValues::default()) };
    let values = CustomerValues { name: "initech gmbh".to_owned(), features: sample_features() };
    let errors = vec![
        gallery::error("name", "Another customer has this name. Choose a different one."),
        gallery::error("features", "Alerts need deployments. Choose both or neither."),
    ];
    let error = New { form: FormState::refused(values, errors) };
    vec![
        Sample::vendor("customer-new-fresh", Nav::Customers, &fresh),
        Sample::vendor("customer-new-error", Nav::Customers, &error),
    ]
}
