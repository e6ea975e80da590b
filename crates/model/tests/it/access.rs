//! Access decisions: what they mean, in the product's words, and against a plain model that reads all entitlements.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::access::answer::{Allowed, Refused, Rule};
use grantry_model::access::{Entry, Index, Root, View};
use grantry_model::artifact_entitlement::{ArtifactEntitlement, Grant, Scope};
use grantry_model::id::{ArtifactEntitlementId, ArtifactId, CustomerId, ManifestId};
use grantry_model::name::Name;
use grantry_oci::reference::Tag;
use proptest::prelude::*;
use uuid::Uuid;

use crate::access_scope::{is_in_plainly, matches_plainly};

const TAGS: [&str; 7] = ["1.0.0", "1.1.0-rc.1", "v1.2.0", "2.0.0", "2.1.0_linux", "latest", "edge"];
const PATTERNS: [&str; 5] = ["*", "1.*", "v?.*", "*-rc*", "l*t"];
const RANGES: [&str; 5] = [">=1, <2", "^2", "=1.1.0-rc.1", "~1.2", "*"];

fn customer(number: u128) -> CustomerId {
    CustomerId(Uuid::from_u128(number))
}

fn artifact(number: u128) -> ArtifactId {
    ArtifactId(Uuid::from_u128(number))
}

fn manifest(number: u128) -> ManifestId {
    ManifestId(Uuid::from_u128(number))
}

fn id(number: u128) -> ArtifactEntitlementId {
    ArtifactEntitlementId(Uuid::from_u128(number))
}

fn tag(name: &str) -> Tag {
    name.parse().unwrap()
}

/// Some seconds after a moment.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn tags(names: &[&str]) -> Scope {
    Scope::Chosen { tags: names.iter().map(|name| tag(name)).collect(), manifests: [].into() }
}

fn manifests(numbers: &[u128]) -> Scope {
    Scope::Chosen { tags: [].into(), manifests: numbers.iter().map(|&number| manifest(number)).collect() }
}

fn entitlement(
    number: u128,
    of: CustomerId,
    expires_at: Option<DateTime<Utc>>,
    grants: impl IntoIterator<Item = (ArtifactId, Scope)>,
) -> ArtifactEntitlement {
    ArtifactEntitlement {
        id: id(number),
        customer: of,
        name: Name::parse("name", "Gold").unwrap(),
        expires_at,
        created_at: at(0),
        grants: grants.into_iter().map(|(artifact, scope)| Grant { artifact, scope }).collect(),
    }
}

/// Initech's one entitlement, to the artifact 1, ending after ten seconds.
fn initech(scope: Scope) -> Index {
    index(&[entitlement(1, customer(1), Some(at(10)), [(artifact(1), scope)])])
}

fn index(entitlements: &[ArtifactEntitlement]) -> Index {
    Index::new(true, entitlements.iter().flat_map(Entry::of))
}

fn initechs_view(index: &Index) -> View<'_> {
    index.view(customer(1), artifact(1), at(0))
}

fn granted(rule: Rule) -> Result<Allowed, Refused> {
    Ok(Allowed::Granted { entitlement: id(1), rule, until: Some(at(10)) })
}

const OUTSIDE: Refused = Refused::OutsideScope { entitlement: ArtifactEntitlementId(Uuid::from_u128(1)) };

#[test]
fn customers_see_everything_until_the_organization_restricts_them() {
    let entitlements = [entitlement(1, customer(1), Some(at(0)), [(artifact(1), tags(&["1.0.0"]))])];
    let open = Index::new(false, entitlements.iter().flat_map(Entry::of));
    assert!(!open.is_restricted());
    for view in [open.view(customer(1), artifact(1), at(5)), open.view(customer(2), artifact(2), at(5))] {
        assert_eq!(view.artifact(), Ok(Allowed::Unrestricted));
        assert_eq!(view.whole(), Some(Allowed::Unrestricted));
        assert_eq!(view.tag(&tag("2.0.0"), manifest(1)), Ok(Allowed::Unrestricted));
        assert_eq!(view.manifest(manifest(1)), Ok(Allowed::Unrestricted));
        assert_eq!(view.reach([]), Ok(Allowed::Unrestricted));
    }
    let closed = Index::new(true, []);
    assert!(closed.is_restricted());
    assert_eq!(closed.view(customer(1), artifact(1), at(5)).artifact(), Err(Refused::NoEntitlement));
}

#[test]
fn other_customers_and_other_artifacts_are_not_granted() {
    let index = initech(Scope::All);
    assert_eq!(initechs_view(&index).artifact(), granted(Rule::All));
    for view in [index.view(customer(2), artifact(1), at(0)), index.view(customer(1), artifact(2), at(0))] {
        assert_eq!(view.artifact(), Err(Refused::NoEntitlement));
        assert_eq!(view.tag(&tag("1.0.0"), manifest(1)), Err(Refused::NoEntitlement));
        assert_eq!(view.whole(), None);
    }
}

#[test]
fn chosen_tag_is_followed_when_it_moves() {
    let index = initech(tags(&["latest"]));
    let view = initechs_view(&index);
    for now_stands_for in [manifest(1), manifest(2)] {
        assert_eq!(view.tag(&tag("latest"), now_stands_for), granted(Rule::Tag));
    }
    assert_eq!(view.tag(&tag("2.0.0"), manifest(1)), Err(OUTSIDE), "another tag on the same manifest");
    assert_eq!(view.manifest(manifest(1)), Err(OUTSIDE), "it is reached from the tag, not granted itself");
    assert_eq!(view.whole(), None);
}

#[test]
fn chosen_manifest_is_granted_under_all_its_tags() {
    let index = initech(manifests(&[1]));
    let view = initechs_view(&index);
    assert_eq!(view.artifact(), granted(Rule::Manifest));
    assert_eq!(view.manifest(manifest(1)), granted(Rule::Manifest));
    assert_eq!(view.tag(&tag("latest"), manifest(1)), granted(Rule::Manifest));
    assert_eq!(view.tag(&tag("latest"), manifest(2)), Err(OUTSIDE));
}

#[test]
fn whole_artifact_covers_what_no_tag_reaches() {
    let index = initech(Scope::All);
    let view = initechs_view(&index);
    assert_eq!(view.whole(), granted(Rule::All).ok());
    assert_eq!(view.manifest(manifest(9)), granted(Rule::All));
    assert_eq!(view.reach([]), granted(Rule::All));
    let every_tag = initech(Scope::Pattern("*".parse().unwrap()));
    assert_eq!(initechs_view(&every_tag).whole(), None);
    assert_eq!(initechs_view(&every_tag).reach([]), Err(OUTSIDE), "every tag, and nothing without one");
}

#[test]
fn patterns_and_ranges_cover_tags_pushed_later() {
    let pattern = initech(Scope::Pattern("2.*".parse().unwrap()));
    assert_eq!(initechs_view(&pattern).artifact(), granted(Rule::Pattern), "visible before its first tag");
    assert_eq!(initechs_view(&pattern).tag(&tag("2.7"), manifest(1)), granted(Rule::Pattern));
    assert_eq!(initechs_view(&pattern).tag(&tag("3.0"), manifest(1)), Err(OUTSIDE));
    let range = initech(Scope::Range(">=2, <3".parse().unwrap()));
    assert_eq!(initechs_view(&range).tag(&tag("v2.7.0"), manifest(1)), granted(Rule::Range));
    assert_eq!(initechs_view(&range).tag(&tag("3.0.0"), manifest(1)), Err(OUTSIDE));
}

#[test]
fn layer_is_reached_from_any_visible_tag_or_granted_manifest() {
    let index = initech(Scope::Chosen { tags: [tag("1.0.0")].into(), manifests: [manifest(3)].into() });
    let view = initechs_view(&index);
    let (visible, hidden) = ([tag("edge"), tag("1.0.0")], [tag("2.0.0")]);
    let by = |number, tags| Root { manifest: manifest(number), tags };
    assert_eq!(view.reach([by(1, &hidden), by(2, &visible)]), granted(Rule::Tag));
    assert_eq!(view.reach([by(1, &hidden), by(3, &[])]), granted(Rule::Manifest));
    assert_eq!(view.reach([by(1, &hidden), by(2, &[])]), Err(OUTSIDE));
    assert_eq!(view.reach([]), Err(OUTSIDE));
}

#[test]
fn grant_ends_at_the_very_moment_of_its_expiry() {
    let index = initech(tags(&["1.0.0"]));
    let decide = |now, name| index.view(customer(1), artifact(1), now).tag(&tag(name), manifest(1));
    assert_eq!(decide(at(10) - TimeDelta::microseconds(1), "1.0.0"), granted(Rule::Tag));
    let expired = Err(Refused::Expired { entitlement: id(1), at: at(10) });
    assert_eq!(decide(at(10), "1.0.0"), expired);
    assert_eq!(index.view(customer(1), artifact(1), at(10)).artifact(), expired);
    assert_eq!(decide(at(10), "2.0.0"), Err(Refused::NoEntitlement), "that was never granted");
}

#[test]
fn of_several_grants_the_last_to_end_is_named() {
    let all = |number, end: Option<i64>, scope| {
        entitlement(number, customer(1), end.map(at), [(artifact(1), scope)])
    };
    let several = [
        all(4, Some(10), tags(&["1.0.0"])),
        all(3, None, Scope::Pattern("1.*".parse().unwrap())),
        all(2, Some(20), Scope::All),
        all(1, None, Scope::Range(">=1".parse().unwrap())),
    ];
    let index = index(&several);
    let view = index.view(customer(1), artifact(1), at(0));
    let answer = |entitlement, rule, until: Option<i64>| {
        Ok(Allowed::Granted { entitlement: id(entitlement), rule, until: until.map(at) })
    };
    assert_eq!(
        view.tag(&tag("1.0"), manifest(1)),
        answer(3, Rule::Pattern, None),
        "without end is after any date"
    );
    assert_eq!(
        view.tag(&tag("1.0.0"), manifest(1)),
        answer(1, Rule::Range, None),
        "of two, the one made first"
    );
    assert_eq!(view.tag(&tag("edge"), manifest(1)), answer(2, Rule::All, Some(20)));
    let later = index.view(customer(1), artifact(1), at(20));
    assert_eq!(
        later.tag(&tag("edge"), manifest(1)),
        Err(Refused::Expired { entitlement: id(2), at: at(20) }),
        "it would help to renew this one"
    );
}

#[test]
fn reasons_are_sentences_with_stable_codes() {
    let end = "2027-03-09T14:05:06Z".parse().unwrap();
    let until = Some(end);
    let allow = |rule, until| Allowed::Granted { entitlement: id(1), rule, until };
    let expired = Refused::Expired { entitlement: id(1), at: end };
    let said = [
        (allow(Rule::All, None).code(), allow(Rule::All, None).sentence("Gold")),
        (allow(Rule::Tag, until).code(), allow(Rule::Tag, until).sentence("Gold")),
        (Allowed::Unrestricted.code(), Allowed::Unrestricted.sentence("")),
        (Refused::NoEntitlement.code(), Refused::NoEntitlement.sentence("")),
        (expired.code(), expired.sentence("Gold")),
        (OUTSIDE.code(), OUTSIDE.sentence("Gold")),
    ];
    assert_eq!(
        said.each_ref().map(|(code, sentence)| (*code, &**sentence)),
        [
            ("granted", "“Gold” grants all tags of this artifact, present and future, without end."),
            ("granted", "“Gold” grants this tag by its name, until 9 Mar 2027, 14:05 UTC."),
            (
                "unrestricted",
                "Customers are not restricted to what they are entitled to, so they see every artifact."
            ),
            ("no_entitlement", "No active entitlement grants this customer anything of this artifact."),
            ("entitlement_expired", "“Gold” granted this, and expired on 9 Mar 2027, 14:05 UTC."),
            ("outside_scope", "“Gold” grants this artifact, but its scope does not cover this."),
        ]
    );
    assert_eq!((expired.entitlement(), Refused::NoEntitlement.entitlement()), (Some(id(1)), None));
    assert_eq!(
        (allow(Rule::All, None).entitlement(), Allowed::Unrestricted.entitlement()),
        (Some(id(1)), None)
    );
}

/// The plain model: reads all entitlements for every question.
struct Plain<'a> {
    restricted: bool,
    entitlements: &'a [ArtifactEntitlement],
    customer: CustomerId,
    artifact: ArtifactId,
    now: DateTime<Utc>,
}

impl Plain<'_> {
    /// What follows if `covers` says by which rules a grant covers what is asked for.
    fn decide(&self, covers: impl Fn(&Scope) -> Vec<Rule>) -> Result<Allowed, Refused> {
        if !self.restricted {
            return Ok(Allowed::Unrestricted);
        }
        let own: Vec<(&ArtifactEntitlement, &Scope)> = self
            .entitlements
            .iter()
            .filter(|one| one.customer == self.customer)
            .flat_map(|one| one.grants.iter().map(move |grant| (one, grant)))
            .filter(|(_, grant)| grant.artifact == self.artifact)
            .map(|(one, grant)| (one, &grant.scope))
            .collect();
        let last = |all: Vec<&'_ ArtifactEntitlement>| {
            let never = DateTime::<Utc>::MAX_UTC;
            all.into_iter().map(|one| (one.expires_at.unwrap_or(never), std::cmp::Reverse(one.id))).max()
        };
        let (active, expired): (Vec<_>, Vec<_>) =
            own.iter().partition(|(one, _)| one.expires_at.is_none_or(|end| self.now < end));
        let covering = |of: &[(&ArtifactEntitlement, &Scope)]| {
            of.iter()
                .filter(|(_, scope)| !covers(scope).is_empty())
                .map(|(one, _)| self.find(one.id))
                .collect::<Vec<_>>()
        };
        if let Some((_, std::cmp::Reverse(best))) = last(covering(&active)) {
            let (one, scope) = own.iter().find(|(one, _)| one.id == best).unwrap();
            let rule = covers(scope)[0];
            return Ok(Allowed::Granted { entitlement: best, rule, until: one.expires_at });
        }
        if let Some((at, std::cmp::Reverse(entitlement))) = last(covering(&expired)) {
            return Err(Refused::Expired { entitlement, at });
        }
        let others = active.iter().map(|(one, _)| self.find(one.id)).collect();
        match last(others) {
            Some((_, std::cmp::Reverse(entitlement))) => Err(Refused::OutsideScope { entitlement }),
            None => Err(Refused::NoEntitlement),
        }
    }

    fn find(&self, id: ArtifactEntitlementId) -> &ArtifactEntitlement {
        self.entitlements.iter().find(|one| one.id == id).unwrap()
    }
}

/// By which rules a scope covers a tag's name or a manifest itself, the one to be named first.
fn rules(scope: &Scope, tags: &[Tag], number: Option<ManifestId>) -> Vec<Rule> {
    let found = match scope {
        Scope::All => vec![(true, Rule::All)],
        Scope::Chosen { tags: names, manifests } => vec![
            (tags.iter().any(|tag| names.contains(tag)), Rule::Tag),
            (number.is_some_and(|id| manifests.contains(&id)), Rule::Manifest),
        ],
        Scope::Current { tags: names } => vec![(tags.iter().any(|tag| names.contains(tag)), Rule::Tag)],
        Scope::Pattern(glob) => {
            let matches = |tag: &Tag| matches_plainly(glob.as_str().as_bytes(), tag.as_str().as_bytes());
            vec![(tags.iter().any(matches), Rule::Pattern)]
        }
        Scope::Range(range) => {
            vec![(tags.iter().any(|tag| is_in_plainly(range.as_str(), tag.as_str())), Rule::Range)]
        }
    };
    found.into_iter().filter(|(covers, _)| *covers).map(|(_, rule)| rule).collect()
}

/// The rule by which a grant shows its artifact.
fn shows(scope: &Scope) -> Vec<Rule> {
    vec![match scope {
        Scope::All => Rule::All,
        Scope::Chosen { tags, .. } if tags.is_empty() => Rule::Manifest,
        Scope::Chosen { .. } | Scope::Current { .. } => Rule::Tag,
        Scope::Pattern(_) => Rule::Pattern,
        Scope::Range(_) => Rule::Range,
    }]
}

fn some_tags() -> impl Strategy<Value = std::collections::BTreeSet<Tag>> {
    prop::collection::btree_set(prop::sample::select(&TAGS[..]).prop_map(tag), 1..4)
}

fn some_scope() -> impl Strategy<Value = Scope> {
    let some_manifests = || prop::collection::btree_set((0_u128..3).prop_map(manifest), 1..3);
    prop_oneof![
        Just(Scope::All),
        some_tags().prop_map(|tags| Scope::Current { tags }),
        some_tags().prop_map(|tags| Scope::Chosen { tags, manifests: [].into() }),
        some_manifests().prop_map(|manifests| Scope::Chosen { tags: [].into(), manifests }),
        (some_tags(), some_manifests()).prop_map(|(tags, manifests)| Scope::Chosen { tags, manifests }),
        prop::sample::select(&PATTERNS[..]).prop_map(|text| Scope::Pattern(text.parse().unwrap())),
        prop::sample::select(&RANGES[..]).prop_map(|text| Scope::Range(text.parse().unwrap())),
    ]
}

/// Entitlements of three customers to three artifacts, which end within five seconds or never.
fn some_entitlements() -> impl Strategy<Value = Vec<ArtifactEntitlement>> {
    let grants = prop::collection::btree_map(0_u128..3, some_scope(), 1..4);
    let one = (0_u128..3, prop::option::weighted(0.8, 0_i64..5), grants);
    prop::collection::btree_map(any::<u128>(), one, 0..14).prop_map(
        |all: BTreeMap<_, (_, _, BTreeMap<_, _>)>| {
            all.into_iter()
                .map(|(number, (of, end, grants))| {
                    let grants = grants.into_iter().map(|(number, scope)| (artifact(number), scope));
                    entitlement(number, customer(of), end.map(at), grants)
                })
                .collect()
        },
    )
}

/// A moment at, just before or just after one at which something may end.
fn some_moment() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..6, -1_i64..2).prop_map(|(seconds, micros)| at(seconds) + TimeDelta::microseconds(micros))
}

fn check(view: View<'_>, plain: &Plain<'_>, roots: &[(ManifestId, Vec<Tag>)]) -> Result<(), TestCaseError> {
    prop_assert_eq!(view.artifact(), plain.decide(shows));
    let whole = plain.decide(|scope| if *scope == Scope::All { vec![Rule::All] } else { vec![] });
    prop_assert_eq!(view.whole(), whole.ok());
    for number in (0..4).map(manifest) {
        prop_assert_eq!(view.manifest(number), plain.decide(|scope| rules(scope, &[], Some(number))));
        for name in TAGS.map(tag).into_iter().chain([tag("unheard-of")]) {
            let expected = plain.decide(|scope| rules(scope, std::slice::from_ref(&name), Some(number)));
            prop_assert_eq!(view.tag(&name, number), expected, "{}", name);
        }
    }
    let expected = plain.decide(|scope| {
        let mut all: Vec<Rule> = if *scope == Scope::All { vec![Rule::All] } else { vec![] };
        all.extend(roots.iter().flat_map(|(number, tags)| rules(scope, tags, Some(*number))));
        all.sort_by_key(|rule| *rule == Rule::Manifest);
        all
    });
    let given = roots.iter().map(|(number, tags)| Root { manifest: *number, tags });
    prop_assert_eq!(view.reach(given), expected);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn index_decides_as_reading_all_entitlements_does(
        entitlements in some_entitlements(),
        restricted in prop::bool::weighted(0.9),
        now in some_moment(),
        backwards in any::<bool>(),
        roots in prop::collection::vec(((0_u128..4).prop_map(manifest), some_tags()), 0..3),
    ) {
        let mut entries: Vec<_> = entitlements.iter().flat_map(Entry::of).collect();
        if backwards {
            entries.reverse();
        }
        let index = Index::new(restricted, entries);
        prop_assert_eq!(index.is_restricted(), restricted);
        let roots: Vec<_> = roots.into_iter().map(|(number, tags)| (number, tags.into_iter().collect())).collect();
        for customer in (0..4).map(customer) {
            for artifact in (0..4).map(artifact) {
                let plain = Plain { restricted, entitlements: &entitlements, customer, artifact, now };
                check(index.view(customer, artifact, now), &plain, &roots)?;
            }
        }
    }
}
