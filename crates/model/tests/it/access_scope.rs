//! Patterns and ranges of versions, against plain matchers of them.

use grantry_model::artifact_entitlement::Scope;
use grantry_model::artifact_entitlement::draft::{
    EntitlementDraft, EntitlementInput, GrantInput, ScopeInput,
};
use grantry_model::artifact_entitlement::glob::{Glob, MAX_GLOB};
use grantry_model::artifact_entitlement::range::VersionRange;
use grantry_model::field::Invalid;
use grantry_model::id::{ArtifactId, CustomerId, ManifestId};
use grantry_oci::reference::Tag;
use proptest::prelude::*;
use uuid::Uuid;

/// A pattern matches by its definition; slow, and plainly right.
pub(crate) fn matches_plainly(pattern: &[u8], name: &[u8]) -> bool {
    match pattern {
        [] => name.is_empty(),
        [b'*', rest @ ..] => (0..=name.len()).any(|skipped| matches_plainly(rest, &name[skipped..])),
        [b'?', rest @ ..] => !name.is_empty() && matches_plainly(rest, &name[1..]),
        [one, rest @ ..] => name.first() == Some(one) && matches_plainly(rest, &name[1..]),
    }
}

/// A tag is in a range if the `semver` crate says so of the version that it spells.
pub(crate) fn is_in_plainly(range: &str, tag: &str) -> bool {
    let range: semver::VersionReq = range.parse().unwrap();
    let spelled = tag.strip_prefix('v').unwrap_or(tag).replace('_', "+");
    spelled.parse().is_ok_and(|version| range.matches(&version))
}

/// Parts of versions, small so that they often meet, and some that are none.
const VERSION: &str = "v?(0|1|2|10|01)\\.(0|1|2|10)(\\.(0|1|2|10|18446744073709551615|18446744073709551616))?(-(0|1|2|10|01|a|rc|rc1|-|)(\\.(0|1|2|10|rc\\.long-pre-release))?)?(_(a|0|build\\.7|))?";

const COMPARATOR: &str =
    "(=|>|>=|<|<=|~|\\^) ?(0|1|2)(\\.(0|1|2|10|x)|\\.(0|1|2)\\.(0|1|2|10)(-(0|1|10|a|rc|rc\\.1))?)?";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn pattern_matches_as_it_is_defined(pattern in "[ab*?]{1,9}", name in "[ab]{1,12}") {
        let glob: Glob = pattern.parse().unwrap();
        let tag: Tag = name.parse().unwrap();
        prop_assert_eq!(glob.matches(&tag), matches_plainly(pattern.as_bytes(), name.as_bytes()));
    }

    #[test]
    fn pattern_made_from_a_tag_matches_it(name in "[a-z0-9_][a-z0-9._-]{0,90}", cuts in prop::collection::vec(any::<(prop::sample::Index, bool)>(), 0..8)) {
        let mut pattern = name.clone().into_bytes();
        for (at, star) in cuts {
            let at = at.index(pattern.len());
            if star { pattern.insert(at, b'*') } else if pattern[at] != b'*' { pattern[at] = b'?' }
        }
        let glob: Glob = String::from_utf8(pattern).unwrap().parse().unwrap();
        prop_assert!(glob.matches(&name.parse().unwrap()), "{glob} matches {name}");
    }

    #[test]
    fn no_text_makes_a_pattern_panic(text in prop_oneof![any::<String>(), "[a-z*?.]{0,110}"], name in "[a-z]{1,128}") {
        if let Ok(glob) = text.parse::<Glob>() {
            glob.matches(&name.parse().unwrap());
            prop_assert_eq!(glob.to_string(), text);
        }
    }

    #[test]
    fn range_holds_the_versions_that_semver_says(first in COMPARATOR, second in prop::option::of(COMPARATOR), tags in prop::collection::vec(VERSION, 1..20)) {
        let text = second.map_or_else(|| first.clone(), |second| format!("{first}, {second}"));
        if let Ok(range) = text.parse::<VersionRange>() {
            for tag in tags.iter().filter_map(|tag| tag.parse::<Tag>().ok()) {
                prop_assert_eq!(range.matches(&tag), is_in_plainly(&text, tag.as_str()), "{} in {}", tag, text);
            }
        }
    }

    #[test]
    fn wildcard_range_holds_the_versions_that_semver_says(text in "(\\*|[012]\\.[*xX]|[012]\\.[012]\\.\\*)", tag in VERSION) {
        let range: VersionRange = text.parse().unwrap();
        if let Ok(tag) = tag.parse::<Tag>() {
            prop_assert_eq!(range.matches(&tag), is_in_plainly(&text, tag.as_str()), "{} in {}", tag, text);
        }
    }

    #[test]
    fn no_text_makes_a_range_panic(text in prop_oneof![any::<String>(), "[0-9<>=^~*., -]{0,40}"], tag in "[a-z0-9_][0-9a-z._-]{0,127}") {
        if let Ok(range) = text.parse::<VersionRange>() {
            range.matches(&tag.parse().unwrap());
            prop_assert_eq!(range.to_string(), text);
        }
    }

    #[test]
    fn grant_that_is_taken_holds_what_was_chosen_and_no_more(
        kind in prop_oneof![Just("chosen"), Just("current"), Just("all"), Just("pattern"), Just("range"), Just("any")],
        tags in prop::collection::vec("[a-c. ]{1,2}", 0..4),
        manifests in prop::collection::vec(0_u128..4, 0..3),
        expression in prop_oneof![Just(""), Just("2.*"), Just("^1"), Just("[")],
    ) {
        let manifests: Vec<_> = manifests.into_iter().map(|id| ManifestId(Uuid::from_u128(id))).collect();
        let scope = ScopeInput { kind: kind.to_owned(), tags: tags.clone(), manifests: manifests.clone(), expression: expression.to_owned() };
        let grants = vec![GrantInput { artifact: ArtifactId(Uuid::nil()), scope }];
        let customer = Some(CustomerId(Uuid::nil()));
        match EntitlementDraft::parse(&EntitlementInput { name: "Gold", customer, expires_at: None, grants }) {
            Err(Invalid(errors)) => prop_assert_eq!(errors.len(), 1, "{:?}", errors),
            Ok(draft) => {
                let scope = &draft.grants[0].scope;
                prop_assert_eq!(scope.kind().as_str(), kind);
                prop_assert_eq!(scope.tags().count(), tags.len());
                prop_assert!(scope.tags().all(|tag| tags.iter().any(|name| name == tag.as_str())));
                prop_assert_eq!(scope.manifests().count(), manifests.len());
                prop_assert!(scope.manifests().all(|id| manifests.contains(&id)));
                prop_assert_eq!(scope.expression().unwrap_or_default(), expression);
                let chosen = matches!(scope, Scope::Chosen { .. } | Scope::Current { .. });
                prop_assert_eq!(chosen, !(tags.is_empty() && manifests.is_empty()), "nothing chosen is not everything");
            }
        }
    }
}

/// Pre-releases are compared only with a range that names one of the same numbers, which chance seldom makes.
#[test]
fn pre_releases_are_in_the_ranges_that_semver_says() {
    let bounds = ["1", "1.0", "1.0.0", "1.0.0-2", "1.0.0-10", "1.0.0-a", "1.0.0-a.1", "0.1.0-a", "0.0.1-a"];
    let others = ["", ", >=1.0.0-0", ", <=1.0.0-zz", ", >=0.1.0-0", ", >=0.0.1-0"];
    let numbers = ["0.0.1", "0.0.2", "0.1.0", "0.1.1", "1.0.0", "1.0.1", "1.1.0", "2.0.0"];
    let pre_releases = ["", "-0", "-2", "-10", "-a", "-a.1", "-a.b", "-a-b", "-zz", "-zzz"];
    for operator in ["=", ">", ">=", "<", "<=", "~", "^"] {
        for (bound, other) in bounds.iter().flat_map(|bound| others.map(|other| (bound, other))) {
            let text = format!("{operator}{bound}{other}");
            let range: VersionRange = text.parse().unwrap();
            for tag in numbers.iter().flat_map(|number| pre_releases.map(|pre| format!("{number}{pre}"))) {
                assert_eq!(
                    range.matches(&tag.parse().unwrap()),
                    is_in_plainly(&text, &tag),
                    "{tag} in {text}"
                );
            }
        }
    }
}

#[test]
fn pattern_that_blows_up_when_it_is_retried_is_matched_at_once() {
    let pattern = "*a".repeat(MAX_GLOB / 2);
    let glob: Glob = pattern.parse().unwrap();
    let name = "a".repeat(128);
    assert!(glob.matches(&name.parse().unwrap()));
    let name = format!("{}b", "a".repeat(127));
    assert!(!glob.matches(&name.parse().unwrap()));
}
