//! Compiling grants to an index.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;

use grantry_oci::reference::Tag;

use super::answer::Rule;
use super::{Entry, Index, Mark, Matcher, Pair, Term, Test};
use crate::artifact_entitlement::Scope;
use crate::id::{ArtifactId, CustomerId, ManifestId};

pub(super) fn compile(restricted: bool, entries: &[Entry<'_>]) -> Index {
    let mut terms: Vec<Term> = entries.iter().map(Term::of).collect();
    terms.sort_unstable_by_key(Term::rank);
    terms.dedup();
    let mut compiler = Compiler::default();
    for entry in entries {
        let rank = Term::of(entry).rank();
        compiler.add(entry, number(terms.partition_point(|term| term.rank() < rank)));
    }
    compiler.finish(restricted, terms)
}

impl Term {
    fn of(entry: &Entry<'_>) -> Self {
        Self { entitlement: entry.entitlement, until: entry.expires_at }
    }

    /// Never is after all dates. Of those that end together, the one that was made first comes last.
    fn rank(&self) -> impl Ord + use<> {
        (self.until.is_none(), self.until, Reverse(self.entitlement))
    }
}

/// An index in the making.
#[derive(Default)]
struct Compiler<'a> {
    customers: HashMap<CustomerId, u32>,
    artifacts: HashMap<ArtifactId, u32>,
    tags: HashMap<Tag, u32>,
    pairs: HashMap<(u32, u32), Pair>,
    by_tag: HashMap<(u32, u32), u32>,
    by_manifest: HashMap<(u32, ManifestId), u32>,
    /// With the key of the pair.
    tests: Vec<((u32, u32), Test)>,
    matchers: Vec<Matcher>,
    matcher_of: HashMap<(&'a str, Rule), u32>,
}

impl<'a> Compiler<'a> {
    fn add(&mut self, entry: &Entry<'a>, term: u32) {
        let key = (
            numbered(&mut self.customers, entry.customer),
            numbered(&mut self.artifacts, entry.grant.artifact),
        );
        let scope = &entry.grant.scope;
        let mark = Mark { term, rule: rule_of(scope) };
        let next = number(self.pairs.len());
        let pair = self.pairs.entry(key).or_insert(Pair {
            number: next,
            any: mark,
            all: None,
            names_tags: false,
            names_manifests: false,
            first_test: 0,
            tests: 0,
        });
        pair.any = pair.any.max(mark);
        pair.names_tags |= scope.tags().next().is_some();
        pair.names_manifests |= scope.manifests().next().is_some();
        let pair_number = pair.number;
        match scope {
            Scope::All => pair.all = pair.all.max(Some(term)),
            Scope::Chosen { .. } | Scope::Current { .. } => {}
            Scope::Pattern(glob) => {
                let matcher = self.matcher(glob.as_str(), mark.rule, || Matcher::Pattern(glob.clone()));
                self.tests.push((key, Test { matcher, term }));
            }
            Scope::Range(range) => {
                let matcher = self.matcher(range.as_str(), mark.rule, || Matcher::Range(range.clone()));
                self.tests.push((key, Test { matcher, term }));
            }
        }
        for tag in scope.tags() {
            let tag = match self.tags.get(tag) {
                Some(number) => *number,
                None => numbered(&mut self.tags, tag.clone()),
            };
            raise(&mut self.by_tag, (pair_number, tag), term);
        }
        for manifest in scope.manifests() {
            raise(&mut self.by_manifest, (pair_number, manifest), term);
        }
    }

    fn matcher(&mut self, text: &'a str, rule: Rule, make: impl FnOnce() -> Matcher) -> u32 {
        let matchers = &mut self.matchers;
        *self.matcher_of.entry((text, rule)).or_insert_with(|| {
            matchers.push(make());
            number(matchers.len() - 1)
        })
    }

    fn finish(mut self, restricted: bool, terms: Vec<Term>) -> Index {
        self.tests.sort_unstable_by_key(|(key, test)| (*key, Reverse(test.term), test.matcher));
        let mut first = 0;
        for tests in self.tests.chunk_by(|(one, _), (other, _)| one == other) {
            if let Some(pair) = self.pairs.get_mut(&tests[0].0) {
                (pair.first_test, pair.tests) = (first, number(tests.len()));
            }
            first += number(tests.len());
        }
        Index {
            restricted,
            terms: terms.into(),
            customers: self.customers,
            artifacts: self.artifacts,
            tags: self.tags,
            pairs: self.pairs,
            by_tag: self.by_tag,
            by_manifest: self.by_manifest,
            tests: self.tests.into_iter().map(|(_, test)| test).collect(),
            matchers: self.matchers.into(),
        }
    }
}

/// The rule by which a grant makes its artifact visible.
fn rule_of(scope: &Scope) -> Rule {
    match scope {
        Scope::All => Rule::All,
        Scope::Chosen { tags, manifests } if tags.is_empty() && !manifests.is_empty() => Rule::Manifest,
        Scope::Chosen { .. } | Scope::Current { .. } => Rule::Tag,
        Scope::Pattern(_) => Rule::Pattern,
        Scope::Range(_) => Rule::Range,
    }
}

fn numbered<K: Eq + Hash>(numbers: &mut HashMap<K, u32>, key: K) -> u32 {
    let next = number(numbers.len());
    *numbers.entry(key).or_insert(next)
}

fn raise<K: Eq + Hash>(terms: &mut HashMap<K, u32>, key: K, term: u32) {
    terms.entry(key).and_modify(|kept| *kept = term.max(*kept)).or_insert(term);
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("memory holds fewer than four billion grants")
}
