//! Customers: the buyers in an organization.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::field::{Check, FieldError, Invalid};
use crate::id::{CustomerId, FileId};
use crate::name::Name;

/// A buyer of the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Its name, unique in the organization without regard to case.
    pub name: Name,
    /// What the Customer Portal offers it.
    pub features: Vec<Feature>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// The image shown with its name.
    pub image: Option<FileId>,
}

/// What a customer has, and what goes with it when it is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomerContents {
    /// Its members, who lose their access.
    pub members: u64,
    /// Its license keys.
    pub license_keys: u64,
    /// Its artifact entitlements.
    pub artifact_entitlements: u64,
    /// Its application entitlements.
    pub application_entitlements: u64,
    /// Its deployment targets, whose agents are refused from then on.
    pub deployment_targets: u64,
    /// Its secrets.
    pub secrets: u64,
}

/// A section of the Customer Portal that can be switched off for a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Deployment targets and deployments.
    DeploymentTargets,
    /// Registry artifacts.
    Artifacts,
    /// Alerts about deployments.
    Alerts,
}

impl Feature {
    /// All features.
    pub const ALL: [Self; 3] = [Self::DeploymentTargets, Self::Artifacts, Self::Alerts];
    /// What a new customer has.
    pub const DEFAULT: [Self; 2] = [Self::DeploymentTargets, Self::Artifacts];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeploymentTargets => "deployment_targets",
            Self::Artifacts => "artifacts",
            Self::Alerts => "alerts",
        }
    }
}

/// A text that names no feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a feature is deployment_targets, artifacts or alerts")]
pub struct UnknownFeature;

impl FromStr for Feature {
    type Err = UnknownFeature;

    fn from_str(text: &str) -> Result<Self, UnknownFeature> {
        Self::ALL.into_iter().find(|feature| feature.as_str() == text).ok_or(UnknownFeature)
    }
}

/// Name and features of a customer, as given for its creation or change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerDraft {
    /// See [`Customer::name`].
    pub name: Name,
    /// See [`Customer::features`]; sorted, each once.
    pub features: Vec<Feature>,
}

impl CustomerDraft {
    /// Reads both from input; without `features` the customer gets [`Feature::DEFAULT`].
    ///
    /// # Errors
    /// All fields that are not valid: a blank name, an unknown feature, alerts without deployments to watch.
    pub fn parse(name: &str, features: Option<&[String]>) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let name = check.take(Name::parse("name", name));
        let features = check.take(parse_features(features));
        check.finish(name.zip(features).map(|(name, features)| Self { name, features }))
    }
}

fn parse_features(features: Option<&[String]>) -> Result<Vec<Feature>, FieldError> {
    let Some(names) = features else { return Ok(Feature::DEFAULT.to_vec()) };
    let mut features = names
        .iter()
        .map(|name| {
            let message = || format!("There is no feature “{name}”: {UnknownFeature}.");
            name.parse().map_err(|_| FieldError::new("features", "feature_unknown", message()))
        })
        .collect::<Result<Vec<Feature>, _>>()?;
    features.sort_unstable();
    features.dedup();
    if features.contains(&Feature::Alerts) && !features.contains(&Feature::DeploymentTargets) {
        let message = "Alerts need deployment targets: switch those on too, or alerts off.";
        return Err(FieldError::new("features", "feature_needs_another", message));
    }
    Ok(features)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(name: &str, features: Option<&[&str]>) -> Vec<&'static str> {
        let features: Option<Vec<String>> =
            features.map(|names| names.iter().map(|&n| n.to_owned()).collect());
        match CustomerDraft::parse(name, features.as_deref()) {
            Ok(_) => Vec::new(),
            Err(Invalid(errors)) => errors.iter().map(|error| error.code).collect(),
        }
    }

    #[test]
    fn features_are_known_and_complete() {
        assert_eq!(codes("Initech", None), Vec::<&str>::new());
        assert_eq!(codes("Initech", Some(&[])), Vec::<&str>::new());
        assert_eq!(codes("Initech", Some(&["alerts", "deployment_targets"])), Vec::<&str>::new());
        assert_eq!(codes("Initech", Some(&["alerts"])), ["feature_needs_another"]);
        assert_eq!(codes(" ", Some(&["telepathy"])), ["name_blank", "feature_unknown"]);
    }
}
