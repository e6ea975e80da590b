//! Customers.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod list;

use grantry_model::customer::Feature;
use grantry_ops::customer::Input;
use grantry_ui::components::field::CheckBox;
use grantry_ui::pages::customer::fields::CustomerValues;

use crate::extract::form::{Fields, ReadForm};

/// The values of the form, with the names of the checked features.
pub(crate) struct Form {
    name: String,
    features: Vec<String>,
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        Self { name: fields.text("name"), features: fields.all("features").collect() }
    }
}

impl Form {
    fn of(name: &str, features: &[Feature]) -> Self {
        Self {
            name: name.to_owned(),
            features: features.iter().map(|feature| feature.as_str().to_owned()).collect(),
        }
    }

    fn input(&self) -> Input<'_> {
        Input { name: &self.name, features: Some(&self.features), image: None }
    }

    fn values(self) -> CustomerValues {
        let features = Feature::ALL.map(|feature| check_box(feature, &self.features)).into();
        CustomerValues { name: self.name, features }
    }
}

fn check_box(feature: Feature, checked: &[String]) -> CheckBox {
    let (label, hint) = match feature {
        Feature::DeploymentTargets => ("Deployments", "Targets and deployments of the customer’s own."),
        Feature::Artifacts => ("Artifacts", "What the customer may pull from the registry."),
        Feature::Alerts => ("Alerts", "Messages about the customer’s deployments. They need deployments."),
    };
    CheckBox {
        name: "features".to_owned(),
        value: feature.as_str().to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        checked: checked.iter().any(|name| name == feature.as_str()),
    }
}
