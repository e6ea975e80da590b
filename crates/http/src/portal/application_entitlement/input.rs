//! What the form of an application entitlement says, as operations take it.

use grantry_model::application_entitlement::Scope;
use grantry_model::application_entitlement::draft::RegistryInput;
use grantry_model::field::{Check, FieldError};
use grantry_model::id::{ApplicationId, ApplicationVersionId};
use grantry_ops::application_entitlement::{Entitled, Input, ScopeInput};
use grantry_ui::form::Step;
use grantry_ui::pages::application_entitlement::fields::{EntitlementForm, EntitlementValues, ScopeChoice};

use crate::extract::form::{Fields, ReadForm};
use crate::portal::form::{customer, day, write_day};

impl ReadForm for EntitlementForm {
    fn read(fields: &Fields) -> Self {
        Self::read(|name| fields.all(name).collect())
    }
}

/// The form for an existing entitlement. Versions that were there when it was saved are shown as chosen ones, which they are
/// from then on; so nothing is granted anew unless somebody asks for the versions of today.
pub(super) fn written(entitled: &Entitled) -> EntitlementForm {
    let entitlement = &entitled.entitlement;
    let registry = entitlement.registry.as_ref();
    let mut values = EntitlementValues {
        customer: entitlement.customer.to_string(),
        name: entitlement.name.as_str().to_owned(),
        application: entitlement.application.to_string(),
        expires_at: entitlement.expires_at.map(write_day).unwrap_or_default(),
        registry_host: registry.map(|registry| registry.host.clone()).unwrap_or_default(),
        registry_username: registry.map(|registry| registry.username.clone()).unwrap_or_default(),
        ..EntitlementValues::default()
    };
    match &entitlement.scope {
        Scope::Chosen(versions) | Scope::Current(versions) => {
            values.scope = ScopeChoice::Chosen;
            values.versions = versions.iter().map(ApplicationVersionId::to_string).collect();
        }
        Scope::All => values.scope = ScopeChoice::All,
        Scope::Range(range) => (values.scope, values.range) = (ScopeChoice::Range, range.to_string()),
        Scope::PublishedUntil(until) => {
            (values.scope, values.published_until) = (ScopeChoice::PublishedUntil, write_day(*until));
        }
    }
    EntitlementForm { values, registry_password: String::new(), step: Step::Preview }
}

/// What was typed, as an operation takes it. `before` is the entitlement that it changes: what nobody touched keeps what the
/// form can't show, such as the hour of its end.
///
/// # Errors
/// What can't even be read. All else is for the operation to judge.
pub(super) fn typed<'f>(
    form: &'f EntitlementForm,
    before: Option<&Entitled>,
) -> Result<Input<'f>, Vec<FieldError>> {
    let (values, mut check) = (&form.values, Check::new());
    let stored = before.map(|before| &before.entitlement);
    let ids = match stored {
        Some(stored) => Some((Some(stored.customer), Some(stored.application))),
        None => check.take(customer(&values.customer)).zip(check.take(application(&values.application))),
    };
    let expires_at = match stored.and_then(|stored| stored.expires_at) {
        Some(at) if values.expires_at == write_day(at) => Some(Some(at)),
        _ => check.take(day("expiresAt", &values.expires_at)),
    };
    let scope = check.take(scope(values, stored.map(|stored| &stored.scope)));
    let all = ids.zip(expires_at).zip(scope);
    let (((customer, application), expires_at), (scope, versions)) =
        check.finish(all).map_err(|invalid| invalid.0)?;
    let given = |text: &'f str| Some(text).filter(|_| !values.forget_registry);
    Ok(Input {
        name: &values.name,
        customer,
        application,
        expires_at,
        versions,
        scope: Some(scope),
        registry: RegistryInput {
            host: given(&values.registry_host),
            username: given(&values.registry_username),
            password: given(&form.registry_password),
        },
    })
}

fn application(text: &str) -> Result<Option<ApplicationId>, FieldError> {
    if text.is_empty() {
        return Ok(None);
    }
    let message = "Choose an application from the list.";
    text.parse().map(Some).map_err(|_| FieldError::new("applicationId", "application_unknown", message))
}

fn scope(
    values: &EntitlementValues,
    stored: Option<&Scope>,
) -> Result<(ScopeInput, Vec<ApplicationVersionId>), FieldError> {
    let mut scope = ScopeInput { kind: values.scope.as_str().to_owned(), ..ScopeInput::default() };
    let mut versions = Vec::new();
    match values.scope {
        ScopeChoice::All | ScopeChoice::Current => {}
        ScopeChoice::Range => scope.expression.clone_from(&values.range),
        ScopeChoice::PublishedUntil => {
            scope.published_until = match stored {
                Some(Scope::PublishedUntil(until)) if values.published_until == write_day(*until) => {
                    Some(*until)
                }
                _ => day("publishedUntil", &values.published_until)?,
            };
        }
        ScopeChoice::Chosen => {
            let ids = values.versions.iter().map(|id| id.parse());
            versions = ids.collect::<Result<_, _>>().map_err(|_| gone())?;
            if stored.is_some_and(|stored| is_kept(stored, &versions)) {
                ScopeChoice::Current.as_str().clone_into(&mut scope.kind);
            }
        }
    }
    Ok((scope, versions))
}

fn gone() -> FieldError {
    FieldError::new("scope", "version_unknown", "A chosen version is gone. Choose again.")
}

/// Whether the chosen versions are just those that there were when the entitlement was saved.
fn is_kept(stored: &Scope, versions: &[ApplicationVersionId]) -> bool {
    matches!(stored, Scope::Current(current) if *current == versions.iter().copied().collect())
}

/// The error beside the input that it is about: operations know one field for the whole scope.
pub(super) fn place(error: FieldError) -> FieldError {
    let field = match error.code {
        "range_malformed" => "range",
        "published_until_missing" | "time_out_of_range" if error.field == "scope" => "publishedUntil",
        _ if error.field == "versions" => "scope",
        _ => error.field,
    };
    FieldError { field, ..error }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use grantry_model::application::{Application, TargetKind};
    use grantry_model::application_entitlement::{ApplicationEntitlement, Registry};
    use grantry_model::customer::Customer;
    use grantry_model::name::Name;
    use uuid::Uuid;

    use super::*;

    fn entitled(scope: Scope) -> Entitled {
        let (customer, application) = (Uuid::from_u128(2).into(), Uuid::from_u128(3).into());
        let name = |text| Name::parse("name", text).unwrap();
        let created_at = "2026-11-24T00:00:00Z".parse().unwrap();
        Entitled {
            entitlement: ApplicationEntitlement {
                id: Uuid::from_u128(1).into(),
                customer,
                application,
                name: name("Gold"),
                expires_at: Some("2027-11-24T15:30:00Z".parse().unwrap()),
                created_at,
                scope,
                registry: Some(Registry { host: "registry.example".to_owned(), username: "bot".to_owned() }),
            },
            application: Application {
                id: application,
                name: name("Fleet"),
                kind: TargetKind::Docker,
                created_at,
                image: None,
            },
            customer: Customer {
                id: customer,
                name: name("Initech"),
                created_at,
                features: Vec::new(),
                image: None,
            },
            versions: Vec::new(),
        }
    }

    fn ids(numbers: &[u128]) -> BTreeSet<ApplicationVersionId> {
        numbers.iter().map(|number| Uuid::from_u128(*number).into()).collect()
    }

    #[test]
    fn what_nobody_touched_stays_as_it_is() {
        for scope in [
            Scope::All,
            Scope::Current(ids(&[7, 8])),
            Scope::Chosen(ids(&[7])),
            Scope::Range(">=1, <2".parse().unwrap()),
            Scope::PublishedUntil("2027-01-01T08:15:00Z".parse().unwrap()),
        ] {
            let before = entitled(scope.clone());
            let form = written(&before);
            let input = typed(&form, Some(&before)).unwrap();
            assert_eq!((input.name, input.customer), ("Gold", Some(before.entitlement.customer)));
            assert_eq!(input.expires_at, before.entitlement.expires_at);
            let sent = input.scope.unwrap();
            assert_eq!(sent.kind, scope.kind().as_str());
            assert_eq!(input.versions, scope.versions().collect::<Vec<_>>());
            assert_eq!(sent.expression, scope.expression().unwrap_or_default());
            assert_eq!(sent.published_until, scope.published_until());
            assert_eq!((input.registry.host, input.registry.password), (Some("registry.example"), Some("")));
        }
    }

    #[test]
    fn versions_of_a_moment_that_were_changed_are_chosen_ones() {
        let before = entitled(Scope::Current(ids(&[7, 8])));
        let mut form = written(&before);
        form.values.versions.pop();
        assert_eq!(typed(&form, Some(&before)).unwrap().scope.unwrap().kind, "chosen");
        form.values.scope = ScopeChoice::Current;
        let input = typed(&form, Some(&before)).unwrap();
        assert_eq!((input.scope.unwrap().kind.as_str(), input.versions.len()), ("current", 0));
    }

    #[test]
    fn credentials_that_are_to_be_forgotten_are_not_sent_on() {
        let before = entitled(Scope::All);
        let mut form = written(&before);
        form.values.forget_registry = true;
        form.registry_password = "typed".to_owned();
        let registry = typed(&form, Some(&before)).unwrap().registry;
        assert!(registry.host.is_none() && registry.username.is_none() && registry.password.is_none());
    }

    #[test]
    fn all_that_cannot_be_read_is_reported_beside_its_input() {
        let values = EntitlementValues {
            customer: "x".to_owned(),
            application: "x".to_owned(),
            expires_at: "tomorrow".to_owned(),
            scope: ScopeChoice::Chosen,
            versions: vec!["x".to_owned()],
            ..EntitlementValues::default()
        };
        let form = EntitlementForm { values, registry_password: String::new(), step: Step::Save };
        let errors = typed(&form, None).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field).collect();
        assert_eq!(fields, ["customerOrganizationId", "applicationId", "expiresAt", "scope"]);
    }
}
