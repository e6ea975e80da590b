//! The fields that the forms for a new and an existing customer share.

use maud::{Markup, html};

use crate::components::field::{CheckBox, Field};
use crate::form::FormState;

/// The values of a customer's form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerValues {
    /// `name`.
    pub name: String,
    /// What the Customer Portal may offer: check boxes named `features`. Empty if there is nothing to choose.
    pub features: Vec<CheckBox>,
}

/// The names of the inputs.
pub(super) const NAMES: [&str; 2] = ["name", "features"];

pub(super) fn fields(form: &FormState<CustomerValues>) -> Markup {
    let features = &form.values.features;
    html! {
        (Field::line("text", "name", "Name").value(&form.values.name).required().autocomplete("off").error(form.error("name")))
        @if !features.is_empty() {
            fieldset.stack.tight {
                legend.legend { "Features" }
                @for feature in features { (feature) }
                @if let Some(error) = form.error("features") { p.error { (error) } }
            }
        }
    }
}

pub(super) fn sample_features() -> Vec<CheckBox> {
    let feature = |value: &str, label: &str, hint: &str, checked| CheckBox {
        name: "features".to_owned(),
        value: value.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        checked,
    };
    vec![
        feature("deployment_targets", "Deployments", "Targets and deployments of the customer’s own.", true),
        feature("artifacts", "Artifacts", "What the customer may pull from the registry.", true),
        feature("alerts", "Alerts", "Messages about the customer’s deployments.", false),
    ]
}
