//! Form that edits a customer.

use grantry_model::id::CustomerId;
use maud::{Markup, html};

use super::fields::{CustomerValues, NAMES, fields, sample_features};
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::icon::Icon;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::{CustomerLicenses, Customers, DeleteCustomer, EditCustomer};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The customer.
    pub customer: CustomerId,
    /// Its name as it is stored.
    pub name: String,
    /// Values and errors of the form.
    pub form: FormState<CustomerValues>,
    /// Whether the reader may delete the customer.
    pub can_delete: bool,
}

impl Page for Edit {
    fn title(&self) -> String {
        format!("Edit {}", self.name)
    }

    fn place(&self) -> String {
        "Edit".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::new("Customers", &Customers),
            Crumb::new(&self.name, &CustomerLicenses { customer: self.customer }),
        ]
    }

    fn head(&self, _visit: &Visit) -> Head {
        let delete = DeleteCustomer { customer: self.customer };
        let button = || Button::new(Weight::Normal, "Delete").icon(Icon::Trash).link(delete);
        Head { actions: self.can_delete.then(button), ..Head::default() }
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            (form_errors(&self.form.others(&NAMES)))
            form.card.form method="post" action=(EditCustomer { customer: self.customer }) {
                div.body.stack { (visit.csrf_field()) (fields(&self.form)) }
                div.foot {
                    (Button::new(Weight::Primary, "Save").submit())
                    (Button::new(Weight::Normal, "Cancel").link(CustomerLicenses { customer: self.customer }))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let values = CustomerValues { name: "Initech GmbH".to_owned(), features: sample_features() };
    let typical = Edit {
        customer: gallery::id(101),
        name: "Initech GmbH".to_owned(),
        form: FormState::fresh(values.clone()),
        can_delete: true,
    };
    let errors =
        vec![gallery::error("name", "A name is needed."), gallery::error("", "Somebody else changed it.")];
    let blank = CustomerValues { name: String::new(), ..values };
    let error = Edit { form: FormState::refused(blank, errors), can_delete: false, ..typical.clone() };
    vec![
        Sample::vendor("customer-edit-typical", Nav::Customers, &typical),
        Sample::vendor("customer-edit-error", Nav::Customers, &error),
    ]
}
