//! Access decisions on applications, against a plain model that reads all entitlements for every question; and narrowing,
//! against what decisions say before and after.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::access::application::{Allowed, Decision, Index, Refused, Rule};
use grantry_model::application::Version;
use grantry_model::application_entitlement::narrowing::Narrowing;
use grantry_model::application_entitlement::{ApplicationEntitlement, Asked, Scope};
use grantry_model::id::{ApplicationEntitlementId, ApplicationId, ApplicationVersionId, CustomerId};
use grantry_model::name::Name;
use proptest::prelude::*;
use uuid::Uuid;

const NAMES: [&str; 8] =
    ["1.0.0", "1.4.2", "v1.4.9", "2.0.0", "2.1.0-rc.1", "2.1.0+build.5", "3.0.0", "nightly"];
const RANGES: [&str; 6] = ["*", "^1.4", ">=2, <3", ">=1", "~1.4.2", "=3.0.0"];

fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
}

/// The version of this number, which was created at that hour.
fn version(number: usize) -> Version {
    Version {
        id: id(number as u128),
        application: id(1),
        name: Name::parse("name", NAMES[number]).unwrap(),
        link_template: String::new(),
        chart: None,
        created_at: at(i64::try_from(number).unwrap()),
        archived_at: None,
    }
}

fn versions() -> Vec<Version> {
    (0..NAMES.len()).map(version).collect()
}

fn entitlement(number: u128, scope: Scope) -> ApplicationEntitlement {
    ApplicationEntitlement {
        id: id(number),
        customer: id(1),
        application: id(1),
        name: Name::parse("name", "Gold").unwrap(),
        expires_at: None,
        created_at: at(0),
        scope,
        registry: None,
    }
}

fn chosen(numbers: &[u128]) -> Scope {
    Scope::Chosen(numbers.iter().map(|&number| id(number)).collect())
}

fn covered(scope: &Scope) -> Vec<&'static str> {
    let index = Index::new(true, [&entitlement(1, scope.clone())]);
    let view = index.view(id(1), id(1), at(0));
    let seen = versions().into_iter().filter(|one| view.version(Asked::from(one)).is_ok());
    seen.map(|one| NAMES[usize::try_from(one.id.0.as_u128()).unwrap()]).collect()
}

#[test]
fn scope_covers_what_it_says() {
    for (scope, expected) in [
        (chosen(&[0, 3]), vec!["1.0.0", "2.0.0"]),
        (Scope::Current([id(7)].into()), vec!["nightly"]),
        (Scope::All, NAMES.to_vec()),
        (Scope::Range("^1.4".parse().unwrap()), vec!["1.4.2", "v1.4.9"]),
        (Scope::Range(">=2, <3".parse().unwrap()), vec!["2.0.0", "2.1.0+build.5"]),
        (Scope::PublishedUntil(at(2)), vec!["1.0.0", "1.4.2", "v1.4.9"]),
    ] {
        assert_eq!(covered(&scope), expected, "{scope}");
    }
}

#[test]
fn decision_names_the_entitlement_that_ends_last_and_the_reason() {
    let mut entitlements = [
        entitlement(1, Scope::All),
        entitlement(2, chosen(&[0])),
        entitlement(3, Scope::Range("^1".parse().unwrap())),
    ];
    for (entitlement, end) in entitlements.iter_mut().zip([10, 20, 30]) {
        entitlement.expires_at = Some(at(end));
    }
    let index = Index::new(true, &entitlements);
    let decide = |hour, number| index.view(id(1), id(1), at(hour)).version(Asked::from(&version(number)));
    let granted =
        |number, rule, until| Ok(Allowed::Granted { entitlement: id(number), rule, until: Some(at(until)) });
    assert_eq!(decide(5, 0), granted(3, Rule::Range, 30));
    assert_eq!(decide(5, 3), granted(1, Rule::All, 10));
    assert_eq!(decide(10, 3), Err(Refused::Expired { entitlement: id(1), at: at(10) }));
    assert_eq!(decide(30, 0), Err(Refused::Expired { entitlement: id(3), at: at(30) }));
    assert_eq!(
        index.view(id(1), id(1), at(30)).application(),
        Err(Refused::Expired { entitlement: id(3), at: at(30) })
    );
    assert_eq!(index.view(id(1), id(2), at(5)).application(), Err(Refused::NoEntitlement));
    assert_eq!(index.view(id(2), id(1), at(5)).application(), Err(Refused::NoEntitlement));
    let other = Index::new(true, &entitlements[1..2]);
    let outside = Refused::OutsideScope { entitlement: id(2) };
    assert_eq!(other.view(id(1), id(1), at(5)).version(Asked::from(&version(3))), Err(outside));
    let open = Index::new(false, &entitlements);
    assert_eq!(open.view(id(9), id(9), at(5)).application(), Ok(Allowed::Unrestricted));
    assert_eq!(
        outside.sentence("Gold"),
        "“Gold” grants this application, but its scope does not cover this."
    );
    assert_eq!(
        decide(5, 3).unwrap().sentence("Gold"),
        "“Gold” grants all versions of this application, present and future, until 1 Jan 1970, 10:00 UTC."
    );
}

#[test]
fn change_that_takes_something_away_is_told() {
    let now = at(7);
    let range = |text: &str| Scope::Range(text.parse().unwrap());
    let (early, late) = (Scope::PublishedUntil(at(3)), Scope::PublishedUntil(at(5)));
    let (open, longer) = (Scope::PublishedUntil(at(20)), Scope::PublishedUntil(at(30)));
    for (before, after, lost, is_future_lost) in [
        (chosen(&[0, 3]), chosen(&[0, 3, 6]), vec![], false),
        (chosen(&[0, 3]), chosen(&[0]), vec!["2.0.0"], false),
        (chosen(&[0, 3]), Scope::All, vec![], false),
        (chosen(&[3, 5]), range(">=2, <3"), vec![], false),
        (chosen(&[0, 3]), range(">=2"), vec!["1.0.0"], false),
        (Scope::All, Scope::Current((0..8).map(id).collect()), vec![], true),
        (Scope::All, range("*"), vec!["2.1.0-rc.1", "nightly"], true),
        (range("^1.4"), range(">=1"), vec![], false),
        (range(">=1"), range(">=1, <9"), vec![], true),
        (range(">=1"), range("=3.0.0"), vec!["1.0.0", "1.4.2", "v1.4.9", "2.0.0", "2.1.0+build.5"], true),
        (range("=3.0.0"), chosen(&[6]), vec![], true),
        (early.clone(), late.clone(), vec![], false),
        (late, early.clone(), vec!["2.1.0-rc.1", "2.1.0+build.5"], false),
        (early, chosen(&[0, 1, 2, 3]), vec![], false),
        (open.clone(), longer.clone(), vec![], false),
        (longer, open.clone(), vec![], true),
        (open, range("*"), vec!["2.1.0-rc.1", "nightly"], true),
    ] {
        let all = versions();
        let narrowing = Narrowing::of((&before, &after), &all, now);
        let names: Vec<_> = narrowing.lost.iter().map(|version| version.name.as_str()).collect();
        assert_eq!((names, narrowing.is_future_lost), (lost, is_future_lost), "from {before} to {after}");
    }
}

/// The plain model.
fn decide_plainly(
    (restricted, entitlements): (bool, &[ApplicationEntitlement]),
    (customer, application): (CustomerId, ApplicationId),
    version: Asked<'_>,
    now: DateTime<Utc>,
) -> Decision {
    if !restricted {
        return Ok(Allowed::Unrestricted);
    }
    let covers = |scope: &Scope| match scope {
        Scope::Chosen(ids) | Scope::Current(ids) => ids.contains(&version.id),
        Scope::All => true,
        Scope::Range(range) => {
            let name = version.name.strip_prefix('v').unwrap_or(version.name);
            let requirement: semver::VersionReq = range.as_str().parse().unwrap();
            name.parse().is_ok_and(|version| requirement.matches(&version))
        }
        Scope::PublishedUntil(until) => version.created_at <= *until,
    };
    let end = |one: &ApplicationEntitlement| one.expires_at.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let last = |of: &dyn Fn(&ApplicationEntitlement) -> bool| {
        let own =
            entitlements.iter().filter(|one| (one.customer, one.application) == (customer, application));
        own.filter(|one| of(one)).max_by_key(|one| (end(one), std::cmp::Reverse(one.id)))
    };
    if let Some(one) = last(&|one| one.is_active(now) && covers(&one.scope)) {
        let rule = match one.scope {
            Scope::Chosen(_) => Rule::Chosen,
            Scope::Current(_) => Rule::Current,
            Scope::All => Rule::All,
            Scope::Range(_) => Rule::Range,
            Scope::PublishedUntil(_) => Rule::PublishedUntil,
        };
        return Ok(Allowed::Granted { entitlement: one.id, rule, until: one.expires_at });
    }
    if let Some(one) = last(&|one| covers(&one.scope)) {
        return Err(Refused::Expired { entitlement: one.id, at: end(one) });
    }
    match last(&|one| one.is_active(now)) {
        Some(one) => Err(Refused::OutsideScope { entitlement: one.id }),
        None => Err(Refused::NoEntitlement),
    }
}

fn any_scope() -> impl Strategy<Value = Scope> {
    let ids = || proptest::collection::btree_set((0..8_u128).prop_map(id::<ApplicationVersionId>), 0..4);
    prop_oneof![
        ids().prop_map(Scope::Chosen),
        ids().prop_map(Scope::Current),
        Just(Scope::All),
        (0..RANGES.len()).prop_map(|one| Scope::Range(RANGES[one].parse().unwrap())),
        (0..12_i64).prop_map(|hour| Scope::PublishedUntil(at(hour))),
    ]
}

fn any_entitlement() -> impl Strategy<Value = ApplicationEntitlement> {
    let expiry = proptest::option::of((0..6_i64).prop_map(at));
    (0..3_u128, 0..3_u128, expiry, any_scope()).prop_map(|(customer, application, expires_at, scope)| {
        ApplicationEntitlement {
            customer: id(customer),
            application: id(application),
            expires_at,
            ..entitlement(0, scope)
        }
    })
}

proptest! {
    #[test]
    fn decisions_are_those_of_the_plain_model(
        restricted in prop_oneof![1 => Just(false), 9 => Just(true)],
        entitlements in proptest::collection::vec(any_entitlement(), 0..8),
        number in 0..NAMES.len(),
        (customer, application) in (0..3_u128, 0..3_u128),
        hour in 0..7_i64,
    ) {
        let numbered = |(number, one)| ApplicationEntitlement { id: id::<ApplicationEntitlementId>(number), ..one };
        let entitlements: Vec<_> = (0..).zip(entitlements).map(numbered).collect();
        let (whose, now) = ((id(customer), id(application)), at(hour));
        let asked = version(number);
        let expected = decide_plainly((restricted, &entitlements), whose, Asked::from(&asked), now);
        let reversed: Vec<_> = entitlements.iter().rev().collect();
        let index = Index::new(restricted, reversed);
        let view = index.view(whose.0, whose.1, now);
        prop_assert_eq!(view.version(Asked::from(&asked)), expected);
        prop_assert!(view.application().is_ok() || expected.is_err(), "what is seen is in an application that is seen");
    }

    #[test]
    fn change_that_narrows_nothing_takes_nothing_away(before in any_scope(), after in any_scope(), hour in 0..10_i64) {
        let now = at(hour);
        let (present, future): (Vec<_>, Vec<_>) = versions().into_iter().partition(|one| one.created_at <= now);
        let narrowing = Narrowing::of((&before, &after), &present, now);
        // A version that does not exist yet can't have been chosen.
        let known: BTreeSet<_> = present.iter().map(|one| one.id).collect();
        let loses = |one: &&Version| before.covers(Asked::from(*one)) && !after.covers(Asked::from(*one));
        prop_assert_eq!(narrowing.lost.len(), present.iter().filter(loses).count());
        if narrowing.is_none() && before.versions().all(|one| known.contains(&one)) {
            prop_assert_eq!(future.iter().find(loses), None);
        }
    }

    #[test]
    fn included_range_holds_no_version_that_the_wider_does_not(
        wide in "(>=|>|<=|<|\\^|~|=)[0-3](\\.[0-3]){0,2}(, (<|<=)[0-3](\\.[0-3]){0,2})?",
        narrow in "(>=|>|<=|<|\\^|~|=)[0-3](\\.[0-3]){0,2}(, (<|<=)[0-3](\\.[0-3]){0,2})?",
    ) {
        use grantry_model::artifact_entitlement::range::VersionRange;
        let (wide, narrow): (VersionRange, VersionRange) = (wide.parse().unwrap(), narrow.parse().unwrap());
        for number in 0..125 {
            let name = format!("{}.{}.{}", number / 25, number / 5 % 5, number % 5);
            if wide.surely_includes(&narrow) && narrow.matches_version(&name) {
                prop_assert!(wide.matches_version(&name), "{} in {} but not in {}", name, narrow, wide);
            }
        }
    }
}
