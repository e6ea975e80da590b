//! What the form of an artifact entitlement says, as operations take it.

use grantry_model::artifact_entitlement::{Scope, ScopeKind};
use grantry_model::field::{Check, FieldError};
use grantry_model::id::ManifestId;
use grantry_oci::reference::Tag;
use grantry_ops::artifact_entitlement::{Entitled, GrantInput, GrantedArtifact, Input, ScopeInput};
use grantry_ui::form::Step;
use grantry_ui::pages::artifact_entitlement::fields::{
    EntitlementForm, EntitlementValues, GrantValues, ScopeChoice,
};
use uuid::Uuid;

use crate::extract::form::{Fields, ReadForm};
use crate::portal::form::{customer, day, write_day};

/// An error, with the row that it belongs to if it is about one.
pub(super) type Placed = (Option<usize>, FieldError);

impl ReadForm for EntitlementForm {
    fn read(fields: &Fields) -> Self {
        Self::read(|name| fields.all(name).collect()).stepped()
    }
}

/// The form for an existing entitlement. Tags that were there when it was saved are shown as chosen ones, which they are
/// from then on; so nothing is granted anew unless somebody asks for the tags of today.
pub(super) fn written(entitled: &Entitled) -> EntitlementForm {
    let entitlement = &entitled.entitlement;
    EntitlementForm {
        values: EntitlementValues {
            customer: entitlement.customer.to_string(),
            name: entitlement.name.as_str().to_owned(),
            expires_at: entitlement.expires_at.map(write_day).unwrap_or_default(),
            confirmed: false,
        },
        grants: entitled.grants.iter().map(written_grant).collect(),
        step: Step::Preview,
    }
}

fn written_grant(grant: &GrantedArtifact) -> GrantValues {
    let expression = grant.scope.expression().unwrap_or_default().to_owned();
    let values = GrantValues {
        artifact: grant.artifact.to_string(),
        tags: grant.scope.tags().map(Tag::to_string).collect(),
        manifests: grant.scope.manifests().map(|id| id.to_string()).collect(),
        ..GrantValues::default()
    };
    match grant.scope {
        Scope::Chosen { .. } | Scope::Current { .. } => GrantValues { scope: ScopeChoice::Chosen, ..values },
        Scope::All => GrantValues { scope: ScopeChoice::All, ..values },
        Scope::Pattern(_) => GrantValues { scope: ScopeChoice::Pattern, pattern: expression, ..values },
        Scope::Range(_) => GrantValues { scope: ScopeChoice::Range, range: expression, ..values },
    }
}

/// What was typed, as an operation takes it. `before` is the entitlement that it changes: what nobody touched keeps what the
/// form can't show, such as the hour of its end.
///
/// # Errors
/// What can't even be read. All else is for the operation to judge.
pub(super) fn typed<'f>(
    form: &'f EntitlementForm,
    before: Option<&Entitled>,
) -> Result<Input<'f>, Vec<Placed>> {
    let mut check = Check::new();
    let values = &form.values;
    let owner = match before {
        Some(before) => Some(Some(before.entitlement.customer)),
        None => check.take(customer(&values.customer)),
    };
    let stored = before.and_then(|before| before.entitlement.expires_at);
    let expires_at = match stored {
        Some(at) if values.expires_at == write_day(at) => Some(Some(at)),
        _ => check.take(day("expiresAt", &values.expires_at)),
    };
    let mut errors: Vec<Placed> = match check.finish(owner.zip(expires_at)) {
        Ok(_) => Vec::new(),
        Err(invalid) => invalid.0.into_iter().map(|error| (None, error)).collect(),
    };
    let mut grants = Vec::with_capacity(form.grants.len());
    for (row, values) in form.grants.iter().enumerate() {
        match grant(values, before) {
            Ok(grant) => grants.push(grant),
            Err(error) => errors.push((Some(row), error)),
        }
    }
    match (owner, expires_at) {
        (Some(customer), Some(expires_at)) if errors.is_empty() => {
            Ok(Input { name: &values.name, customer, expires_at, grants })
        }
        _ => Err(errors),
    }
}

fn grant(values: &GrantValues, before: Option<&Entitled>) -> Result<GrantInput, FieldError> {
    let missing =
        || FieldError::new("artifactId", "artifact_missing", "Choose an artifact, or remove this one.");
    let artifact = values.artifact.parse().map_err(|_| missing())?;
    let stored = before.and_then(|before| before.grants.iter().find(|grant| grant.artifact == artifact));
    let mut versions = Vec::new();
    let mut scope = ScopeInput { kind: values.scope.as_str().to_owned(), ..ScopeInput::default() };
    match values.scope {
        ScopeChoice::All | ScopeChoice::Current => {}
        ScopeChoice::Pattern => scope.expression.clone_from(&values.pattern),
        ScopeChoice::Range => scope.expression.clone_from(&values.range),
        ScopeChoice::Chosen => {
            scope.tags.clone_from(&values.tags);
            versions = manifests(values)?;
            if stored.is_some_and(|stored| is_kept(&stored.scope, values)) {
                ScopeKind::Current.as_str().clone_into(&mut scope.kind);
            }
        }
    }
    Ok(GrantInput { artifact, versions, scope: Some(scope) })
}

fn manifests(values: &GrantValues) -> Result<Vec<Uuid>, FieldError> {
    let ids = values.manifests.iter().map(|id| id.parse::<ManifestId>().map(Uuid::from));
    let unknown = |_| FieldError::new("scope", "version_unknown", "A chosen manifest is gone. Choose again.");
    ids.collect::<Result<_, _>>().map_err(unknown)
}

/// Whether the chosen tags are just those that there were when the entitlement was saved.
fn is_kept(stored: &Scope, values: &GrantValues) -> bool {
    let Scope::Current { tags } = stored else { return false };
    let same = values.tags.len() == tags.len()
        && tags.iter().all(|tag| values.tags.iter().any(|name| name == tag.as_str()));
    same && values.manifests.is_empty()
}

#[cfg(test)]
mod tests {
    use grantry_model::artifact_entitlement::{ArtifactEntitlement, Grant};
    use grantry_model::name::Name;

    use super::*;

    fn entitled(scope: Scope) -> Entitled {
        let artifact = Uuid::from_u128(3).into();
        Entitled {
            entitlement: ArtifactEntitlement {
                id: Uuid::from_u128(1).into(),
                customer: Uuid::from_u128(2).into(),
                name: Name::parse("name", "Gold").unwrap(),
                expires_at: Some("2027-11-24T15:30:00Z".parse().unwrap()),
                created_at: "2026-11-24T00:00:00Z".parse().unwrap(),
                grants: vec![Grant { artifact, scope: scope.clone() }],
            },
            grants: vec![GrantedArtifact { artifact, name: "ship".to_owned(), scope, versions: Vec::new() }],
        }
    }

    fn tags(names: &[&str]) -> std::collections::BTreeSet<Tag> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    #[test]
    fn what_nobody_touched_stays_as_it_is() {
        for scope in [
            Scope::All,
            Scope::Current { tags: tags(&["1.0", "1.1"]) },
            Scope::Chosen { tags: tags(&["1.0"]), manifests: [Uuid::from_u128(9).into()].into() },
            Scope::Pattern("1.*".parse().unwrap()),
            Scope::Range(">=1, <2".parse().unwrap()),
        ] {
            let before = entitled(scope.clone());
            let form = written(&before);
            let input = typed(&form, Some(&before)).unwrap();
            assert_eq!((input.name, input.customer), ("Gold", Some(before.entitlement.customer)));
            assert_eq!(input.expires_at, before.entitlement.expires_at);
            let grant = &input.grants[0];
            let sent = grant.scope.clone().unwrap();
            assert_eq!(
                (grant.artifact, sent.kind.as_str()),
                (before.grants[0].artifact, scope.kind().as_str())
            );
            assert_eq!(sent.tags, scope.tags().map(Tag::to_string).collect::<Vec<_>>());
            assert_eq!(grant.versions, scope.manifests().map(Uuid::from).collect::<Vec<_>>());
            assert_eq!(sent.expression, scope.expression().unwrap_or_default());
        }
    }

    #[test]
    fn tags_of_a_moment_that_were_changed_are_chosen_ones() {
        let before = entitled(Scope::Current { tags: tags(&["1.0", "1.1"]) });
        let mut form = written(&before);
        form.grants[0].tags.pop();
        let input = typed(&form, Some(&before)).unwrap();
        assert_eq!(input.grants[0].scope.clone().unwrap().kind, "chosen");
        form.grants[0].scope = ScopeChoice::Current;
        let scope = typed(&form, Some(&before)).unwrap().grants[0].scope.clone().unwrap();
        assert_eq!((scope.kind.as_str(), scope.tags.len()), ("current", 0));
    }

    #[test]
    fn all_that_cannot_be_read_is_reported_in_its_place() {
        let grants = vec![GrantValues::default(); 2];
        let values = EntitlementValues {
            customer: "x".to_owned(),
            expires_at: "tomorrow".to_owned(),
            ..EntitlementValues::default()
        };
        let form = EntitlementForm { values, grants, step: Step::Save };
        let errors = typed(&form, None).unwrap_err();
        let places: Vec<_> = errors.iter().map(|(row, error)| (*row, error.field)).collect();
        assert_eq!(
            places,
            [
                (None, "customerOrganizationId"),
                (None, "expiresAt"),
                (Some(0), "artifactId"),
                (Some(1), "artifactId")
            ]
        );
    }
}
