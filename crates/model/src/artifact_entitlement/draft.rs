//! Artifact entitlements as they come in, read with every error at once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, SubsecRound, Utc};
use grantry_oci::reference::{InvalidTag, Tag};

use super::{Grant, Scope, ScopeKind, UnknownScope};
use crate::field::{Check, FieldError, Invalid};
use crate::id::{ArtifactId, CustomerId, ManifestId};
use crate::name::Name;

/// An artifact entitlement as it came in, nothing checked.
#[derive(Debug, Clone, Default)]
pub struct EntitlementInput<'a> {
    /// Its name.
    pub name: &'a str,
    /// The customer; an entitlement without one is refused.
    pub customer: Option<CustomerId>,
    /// Its expiry, if it has one.
    pub expires_at: Option<DateTime<Utc>>,
    /// The artifacts, in order.
    pub grants: Vec<GrantInput>,
}

/// One artifact of an [`EntitlementInput`].
#[derive(Debug, Clone)]
pub struct GrantInput {
    /// The artifact, which exists.
    pub artifact: ArtifactId,
    /// What of it.
    pub scope: ScopeInput,
}

/// A scope as it came in. What its kind has no use for must be empty: what somebody chose is never left out silently.
#[derive(Debug, Clone, Default)]
pub struct ScopeInput {
    /// A [`ScopeKind`].
    pub kind: String,
    /// Names of tags, for `chosen`; for `current` those that exist, filled in by the hub.
    pub tags: Vec<String>,
    /// Manifests, which exist, for `chosen`.
    pub manifests: Vec<ManifestId>,
    /// The pattern or range.
    pub expression: String,
}

/// An artifact entitlement to be created, or what one is to be from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntitlementDraft {
    /// See [`super::ArtifactEntitlement::customer`].
    pub customer: CustomerId,
    /// See [`super::ArtifactEntitlement::name`].
    pub name: Name,
    /// See [`super::ArtifactEntitlement::expires_at`].
    pub expires_at: Option<DateTime<Utc>>,
    /// See [`super::ArtifactEntitlement::grants`].
    pub grants: Vec<Grant>,
}

impl EntitlementDraft {
    /// Reads an artifact entitlement from input. An expiry in the past is allowed: that is how one is ended.
    ///
    /// # Errors
    /// All fields that are missing or not valid, and each artifact whose scope is not.
    pub fn parse(input: &EntitlementInput<'_>) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let name = check.take(Name::parse("name", input.name));
        let customer = check.take(input.customer.ok_or_else(|| {
            let message = "Choose the customer that is entitled.";
            FieldError::new("customerOrganizationId", "customer_missing", message)
        }));
        let expires_at = check.take(input.expires_at.map(parse_expiry).transpose());
        let grants = parse_grants(&input.grants, &mut check);
        check.finish(name.zip(customer).zip(expires_at).map(|((name, customer), expires_at)| Self {
            customer,
            name,
            expires_at,
            grants,
        }))
    }
}

/// Both databases keep microseconds; cut before it is used, an expiry means the same before and after it was stored.
fn parse_expiry(at: DateTime<Utc>) -> Result<DateTime<Utc>, FieldError> {
    if (1970..=9999).contains(&at.year()) {
        return Ok(at.trunc_subsecs(6));
    }
    Err(FieldError::new("expiresAt", "time_out_of_range", "Choose a time from 1970 to the year 9999."))
}

fn parse_grants(input: &[GrantInput], check: &mut Check) -> Vec<Grant> {
    if input.is_empty() {
        check.fail(artifacts_error("artifacts_missing", "Add at least one artifact."));
    }
    let mut seen = BTreeMap::new();
    let mut grants = Vec::with_capacity(input.len());
    for (index, GrantInput { artifact, scope }) in input.iter().enumerate() {
        let number = index + 1;
        let first = *seen.entry(*artifact).or_insert(number);
        if first != number {
            let message = format!(
                "Artifact {number} of the list is the same as artifact {first}. Grant each artifact once, with all \
                 that is chosen of it."
            );
            check.fail(artifacts_error("artifact_twice", message));
        }
        let scope = parse_scope(scope).map_err(|error| {
            artifacts_error(error.code(), format!("Artifact {number} of the list: {error}"))
        });
        grants.extend(check.take(scope).map(|scope| Grant { artifact: *artifact, scope }));
    }
    grants
}

fn artifacts_error(code: &'static str, message: impl Into<String>) -> FieldError {
    FieldError::new("artifacts", code, message)
}

/// Why a scope is refused.
#[derive(Debug, thiserror::Error)]
enum ScopeError {
    #[error("there is no scope “{0}”: {UnknownScope}.")]
    Unknown(String),
    #[error("a scope of kind “{kind}” takes no {other}. Leave them out or choose another scope.")]
    Mixed { kind: &'static str, other: &'static str },
    #[error("nothing of it is chosen. Choose at least one tag, or all tags, present and future.")]
    NothingChosen,
    #[error("it has no tags yet, so there is nothing to grant. Choose all tags, present and future.")]
    NothingCurrent,
    #[error("“{name}” can't be granted: {InvalidTag}.")]
    Tag { name: String },
    #[error("the tag “{0}” is chosen twice. Choose it once.")]
    TagTwice(Tag),
    #[error("the manifest {0} is chosen twice. Choose it once.")]
    ManifestTwice(ManifestId),
    #[error("{0}. Write for example “2.*” for all tags that begin with “2.”.")]
    Pattern(super::glob::GlobError),
    #[error("{0}. Write for example “>=2, <3” or “^1.4”.")]
    Range(super::range::RangeError),
}

impl ScopeError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "scope_unknown",
            Self::Mixed { .. } => "scope_mixed",
            Self::NothingChosen | Self::NothingCurrent => "scope_empty",
            Self::Tag { .. } => "tag_malformed",
            Self::TagTwice(_) => "tag_twice",
            Self::ManifestTwice(_) => "version_twice",
            Self::Pattern(_) => "pattern_malformed",
            Self::Range(_) => "range_malformed",
        }
    }
}

fn parse_scope(input: &ScopeInput) -> Result<Scope, ScopeError> {
    let kind: ScopeKind = input.kind.parse().map_err(|_| ScopeError::Unknown(input.kind.clone()))?;
    let expression = input.expression.trim();
    refuse_mixed(kind, input, expression)?;
    match kind {
        ScopeKind::Chosen if input.tags.is_empty() && input.manifests.is_empty() => {
            Err(ScopeError::NothingChosen)
        }
        ScopeKind::Chosen => Ok(Scope::Chosen {
            tags: parse_tags(&input.tags)?,
            manifests: parse_manifests(&input.manifests)?,
        }),
        ScopeKind::Current if input.tags.is_empty() => Err(ScopeError::NothingCurrent),
        ScopeKind::Current => Ok(Scope::Current { tags: parse_tags(&input.tags)? }),
        ScopeKind::All => Ok(Scope::All),
        ScopeKind::Pattern => expression.parse().map(Scope::Pattern).map_err(ScopeError::Pattern),
        ScopeKind::Range => expression.parse().map(Scope::Range).map_err(ScopeError::Range),
    }
}

fn refuse_mixed(kind: ScopeKind, input: &ScopeInput, expression: &str) -> Result<(), ScopeError> {
    let (tags, manifests, expressions) = match kind {
        ScopeKind::Chosen => (true, true, false),
        ScopeKind::Current => (true, false, false),
        ScopeKind::All => (false, false, false),
        ScopeKind::Pattern | ScopeKind::Range => (false, false, true),
    };
    let wrong = [
        (!tags && !input.tags.is_empty(), "tags"),
        (!manifests && !input.manifests.is_empty(), "versions"),
        (!expressions && !expression.is_empty(), "expressions"),
    ];
    match wrong.into_iter().find(|(given, _)| *given) {
        Some((_, other)) => Err(ScopeError::Mixed { kind: kind.as_str(), other }),
        None => Ok(()),
    }
}

fn parse_tags(names: &[String]) -> Result<BTreeSet<Tag>, ScopeError> {
    let mut tags = BTreeSet::new();
    for name in names {
        let tag: Tag = name.parse().map_err(|_| ScopeError::Tag { name: name.clone() })?;
        if let Some(twice) = tags.replace(tag) {
            return Err(ScopeError::TagTwice(twice));
        }
    }
    Ok(tags)
}

fn parse_manifests(ids: &[ManifestId]) -> Result<BTreeSet<ManifestId>, ScopeError> {
    let mut manifests = BTreeSet::new();
    match ids.iter().find(|id| !manifests.insert(**id)) {
        Some(twice) => Err(ScopeError::ManifestTwice(*twice)),
        None => Ok(manifests),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn artifact(number: u128) -> ArtifactId {
        ArtifactId(Uuid::from_u128(number))
    }

    fn manifests(numbers: &[u128]) -> Vec<ManifestId> {
        numbers.iter().map(|&number| ManifestId(Uuid::from_u128(number))).collect()
    }

    fn scope(kind: &str) -> ScopeInput {
        ScopeInput { kind: kind.to_owned(), ..ScopeInput::default() }
    }

    fn expression(kind: &str, expression: &str) -> ScopeInput {
        ScopeInput { expression: expression.to_owned(), ..scope(kind) }
    }

    fn tags(kind: &str, names: &[&str]) -> ScopeInput {
        ScopeInput { tags: names.iter().map(|&name| name.to_owned()).collect(), ..scope(kind) }
    }

    fn gold(scopes: impl IntoIterator<Item = ScopeInput>) -> EntitlementInput<'static> {
        let grants =
            (1..).zip(scopes).map(|(number, scope)| GrantInput { artifact: artifact(number), scope });
        let customer = Some(CustomerId(Uuid::from_u128(7)));
        EntitlementInput { name: "Gold", customer, expires_at: None, grants: grants.collect() }
    }

    fn codes(input: &EntitlementInput<'_>) -> Vec<&'static str> {
        match EntitlementDraft::parse(input) {
            Ok(_) => Vec::new(),
            Err(Invalid(errors)) => errors.iter().map(|error| error.code).collect(),
        }
    }

    #[test]
    fn every_kind_of_scope_is_read() {
        let chosen = ScopeInput { manifests: manifests(&[5]), ..tags("chosen", &["1.1", "1.0"]) };
        let kinds = [
            chosen,
            tags("current", &["1.0"]),
            scope("all"),
            expression("pattern", " 2.* "),
            expression("range", "^1.4"),
        ];
        let draft = EntitlementDraft::parse(&gold(kinds)).unwrap();
        let words: Vec<_> = draft.grants.iter().map(|grant| grant.scope.to_string()).collect();
        assert_eq!(
            words,
            [
                "the tags 1.0 and 1.1, and 1 manifest by digest",
                "the tag 1.0, as of when it was saved",
                "all tags, present and future",
                "tags that match 2.*",
                "tags that are a version in ^1.4",
            ]
        );
        assert_eq!(draft.grants[4].artifact, artifact(5), "in the order given");
        let kinds: Vec<_> = draft.grants.iter().map(|grant| grant.scope.kind()).collect();
        assert_eq!(kinds, ScopeKind::ALL);
    }

    #[test]
    fn every_error_is_reported_at_once() {
        let nothing = EntitlementInput { name: " ", ..EntitlementInput::default() };
        assert_eq!(codes(&nothing), ["name_blank", "customer_missing", "artifacts_missing"]);
        let mut bad =
            gold([scope("chosen"), expression("pattern", "[a]"), scope("all"), expression("range", "two")]);
        bad.grants[2].artifact = artifact(1);
        assert_eq!(codes(&bad), ["scope_empty", "pattern_malformed", "artifact_twice", "range_malformed"]);
    }

    #[test]
    fn scope_is_refused_with_the_reason() {
        let with_version = |scope| ScopeInput { manifests: manifests(&[5]), ..scope };
        for (input, code) in [
            (scope(""), "scope_unknown"),
            (scope("everything"), "scope_unknown"),
            (scope("chosen"), "scope_empty"),
            (scope("current"), "scope_empty"),
            (tags("chosen", &["1.0", "a b"]), "tag_malformed"),
            (tags("chosen", &["1.0", "1.1", "1.0"]), "tag_twice"),
            (ScopeInput { manifests: manifests(&[5, 6, 5]), ..scope("chosen") }, "version_twice"),
            (expression("pattern", ""), "pattern_malformed"),
            (expression("range", ""), "range_malformed"),
            (expression("range", "1.4"), "range_malformed"),
            (tags("all", &["1.0"]), "scope_mixed"),
            (tags("pattern", &["1.0"]), "scope_mixed"),
            (with_version(scope("all")), "scope_mixed"),
            (with_version(tags("current", &["1.0"])), "scope_mixed"),
            (expression("all", "2.*"), "scope_mixed"),
        ] {
            assert_eq!(codes(&gold([input.clone()])), [code], "{input:?}");
        }
    }

    #[test]
    fn messages_say_which_artifact_and_what_to_do() {
        let Err(errors) = EntitlementDraft::parse(&gold([scope("all"), expression("range", "1.4")])) else {
            panic!("taken");
        };
        assert_eq!(
            errors.to_string(),
            "Artifact 2 of the list: a version alone is ambiguous: write “=” before it for this version, “^” to allow \
             compatible ones. Write for example “>=2, <3” or “^1.4”."
        );
    }

    #[test]
    fn expiry_is_in_microseconds_and_may_be_past() {
        let parse = |at: &str| {
            let expires_at = Some(at.parse().unwrap());
            EntitlementDraft::parse(&EntitlementInput { expires_at, ..gold([scope("all")]) })
        };
        let kept = parse("2001-02-03T04:05:06.123456789Z").unwrap().expires_at.unwrap();
        assert_eq!(kept.to_rfc3339(), "2001-02-03T04:05:06.123456+00:00");
        for at in ["1969-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"] {
            assert_eq!(parse(at).unwrap_err().0[0].code, "time_out_of_range", "{at}");
        }
    }
}
