//! What the form of an application entitlement sends.

use crate::form::Step;

/// Which versions the form grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScopeChoice {
    /// Every version, now and later.
    #[default]
    All,
    /// The versions that there are when it is saved.
    Current,
    /// Chosen versions.
    Chosen,
    /// Semantic versions in a range.
    Range,
    /// Versions that are added before a day.
    PublishedUntil,
}

impl ScopeChoice {
    /// All choices.
    pub const ALL: [Self; 5] = [Self::All, Self::Current, Self::Chosen, Self::Range, Self::PublishedUntil];

    /// The value in the form, as `scope.kind` on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Current => "current",
            Self::Chosen => "chosen",
            Self::Range => "range",
            Self::PublishedUntil => "published_until",
        }
    }

    /// Reads the value; anything else grants nothing until something is chosen.
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|choice| choice.as_str() == text).unwrap_or(Self::Chosen)
    }
}

/// The values of the form, as typed. The registry's password is not among them: it is sent as `registryPassword`, and an
/// empty one keeps what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntitlementValues {
    /// `customerOrganizationId`; empty if none is chosen yet.
    pub customer: String,
    /// `name`.
    pub name: String,
    /// `applicationId`; empty if none is chosen yet.
    pub application: String,
    /// `expiresAt`, a day such as `2027-11-24`, up to its first second, UTC; empty for never.
    pub expires_at: String,
    /// `scope`.
    pub scope: ScopeChoice,
    /// `search`: what the versions are searched for.
    pub search: String,
    /// `version`, once for each: the ids of the chosen versions.
    pub versions: Vec<String>,
    /// `range`.
    pub range: String,
    /// `publishedUntil`, a day.
    pub published_until: String,
    /// `registryUrl`: the host of a private registry.
    pub registry_host: String,
    /// `registryUsername`.
    pub registry_username: String,
    /// `forgetRegistry`: whether the credentials that are there are to be removed.
    pub forget_registry: bool,
    /// `confirm`: whether the consequences of the organization's first entitlement were accepted.
    pub confirmed: bool,
}

/// Everything that the form sends.
///
/// No `Debug`: it holds a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct EntitlementForm {
    /// The values.
    pub values: EntitlementValues,
    /// `registryPassword`; never shown again.
    pub registry_password: String,
    /// What the button asked for.
    pub step: Step,
}

/// The names of the inputs that have a place for what is wrong with them.
pub(super) const NAMES: [&str; 11] = [
    "customerOrganizationId",
    "name",
    "applicationId",
    "expiresAt",
    "scope",
    "range",
    "publishedUntil",
    "registryUrl",
    "registryUsername",
    "registryPassword",
    "confirm",
];

impl EntitlementForm {
    /// Takes the values from the fields of a request: `all` gives the values of a field, in the order they were sent.
    pub fn read(all: impl Fn(&str) -> Vec<String>) -> Self {
        let first = |name: &str| all(name).into_iter().next().unwrap_or_default();
        Self {
            values: EntitlementValues {
                customer: first("customerOrganizationId"),
                name: first("name"),
                application: first("applicationId"),
                expires_at: first("expiresAt"),
                scope: ScopeChoice::of(&first("scope")),
                search: first("search"),
                versions: all("version"),
                range: first("range"),
                published_until: first("publishedUntil"),
                registry_host: first("registryUrl"),
                registry_username: first("registryUsername"),
                forget_registry: first("forgetRegistry") == "true",
                confirmed: first("confirm") == "true",
            },
            registry_password: first("registryPassword"),
            step: Step::of(&first("step")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_scope_grants_nothing() {
        let form = EntitlementForm::read(|name| {
            if name == "version" { vec!["1".to_owned(), "2".to_owned()] } else { Vec::new() }
        });
        assert_eq!((form.values.scope, form.values.versions.len()), (ScopeChoice::Chosen, 2));
        assert_eq!(form.step, Step::Preview);
        for choice in ScopeChoice::ALL {
            assert_eq!(ScopeChoice::of(choice.as_str()), choice);
        }
    }
}
