//! Access decisions: what a customer may reach of an organization's artifacts and [applications](application), and why.
//!
//! An [`Index`] is compiled from all grants of an organization. A decision is a handful of look-ups in it, as many with a
//! million grants as with ten, and allocates nothing. What is asked about is one tag or manifest; what these reach
//! (children, layers, referrers) is the store's to say, see [`View::reach`].

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use grantry_oci::reference::Tag;

use crate::artifact_entitlement::glob::Glob;
use crate::artifact_entitlement::range::VersionRange;
use crate::artifact_entitlement::{ArtifactEntitlement, Grant, is_before};
use crate::id::{ArtifactEntitlementId, ArtifactId, CustomerId, ManifestId};

pub mod answer;
pub mod application;
mod compile;

use answer::{Allowed, Refused, Rule};

/// A grant, with what it has from its entitlement: what an [`Index`] is compiled from.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Who is entitled.
    pub customer: CustomerId,
    /// By which entitlement.
    pub entitlement: ArtifactEntitlementId,
    /// When it ends; see [`ArtifactEntitlement::expires_at`].
    pub expires_at: Option<DateTime<Utc>>,
    /// To what.
    pub grant: &'a Grant,
}

impl<'a> Entry<'a> {
    /// The grants of an entitlement, active or not.
    pub fn of(entitlement: &'a ArtifactEntitlement) -> impl Iterator<Item = Self> {
        entitlement.grants.iter().map(|grant| Entry {
            customer: entitlement.customer,
            entitlement: entitlement.id,
            expires_at: entitlement.expires_at,
            grant,
        })
    }
}

/// All grants of an organization, compiled for decisions.
///
/// Holds a grant in about a hundred bytes, and names of tags, patterns and ranges once each. Says the same whatever the
/// order of the grants.
#[derive(Debug)]
pub struct Index {
    restricted: bool,
    /// Sorted by their end, the last one last, so that of two marks the one that ends later is the greater.
    terms: Box<[Term]>,
    // Ids and names are numbered, so that the keys of the large maps are short.
    customers: HashMap<CustomerId, u32>,
    artifacts: HashMap<ArtifactId, u32>,
    tags: HashMap<Tag, u32>,
    /// By customer and artifact.
    pairs: HashMap<(u32, u32), Pair>,
    /// By pair and tag.
    by_tag: HashMap<(u32, u32), u32>,
    /// By pair and manifest.
    by_manifest: HashMap<(u32, ManifestId), u32>,
    /// Each pair's together, the last to end first.
    tests: Box<[Test]>,
    matchers: Box<[Matcher]>,
}

/// An entitlement and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Term {
    entitlement: ArtifactEntitlementId,
    until: Option<DateTime<Utc>>,
}

/// What grants something: the number of a term, and the rule. Of two, the greater is named in answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    term: u32,
    rule: Rule,
}

/// One customer's grants on one artifact.
#[derive(Debug, Clone, Copy)]
struct Pair {
    number: u32,
    /// The greatest of all its grants.
    any: Mark,
    /// The term of the greatest grant of everything.
    all: Option<u32>,
    /// Whether tags, and manifests, are granted one by one. Where they are not, there is no need to look.
    names_tags: bool,
    names_manifests: bool,
    first_test: u32,
    tests: u32,
}

/// A grant by pattern or range.
#[derive(Debug, Clone, Copy)]
struct Test {
    matcher: u32,
    term: u32,
}

#[derive(Debug)]
enum Matcher {
    Pattern(Glob),
    Range(VersionRange),
}

/// A manifest from which something is reached, with all its tags.
#[derive(Debug, Clone, Copy)]
pub struct Root<'a> {
    /// The manifest.
    pub manifest: ManifestId,
    /// The tags that stand for it now.
    pub tags: &'a [Tag],
}

/// One customer's sight of one artifact at one moment: what decisions are asked of. Cheap to make and to copy.
#[derive(Debug, Clone, Copy)]
pub struct View<'i> {
    index: &'i Index,
    pair: Option<&'i Pair>,
    now: DateTime<Utc>,
}

impl Index {
    /// Compiles the grants of an organization. `restricted` says whether its customers see only what they are entitled to;
    /// where they are not, no grant matters and none is kept.
    pub fn new<'a>(restricted: bool, entries: impl IntoIterator<Item = Entry<'a>>) -> Self {
        let entries: Vec<Entry<'a>> = entries.into_iter().filter(|_| restricted).collect();
        compile::compile(restricted, &entries)
    }

    /// Whether customers see only what they are entitled to.
    pub fn is_restricted(&self) -> bool {
        self.restricted
    }

    /// What a customer's grants say of an artifact at `now`.
    pub fn view(&self, customer: CustomerId, artifact: ArtifactId, now: DateTime<Utc>) -> View<'_> {
        let pair = || {
            let key = (*self.customers.get(&customer)?, *self.artifacts.get(&artifact)?);
            self.pairs.get(&key)
        };
        View { index: self, pair: pair(), now }
    }
}

impl View<'_> {
    /// Whether the artifact is visible: there is an active grant on it, be it of a tag that does not exist yet.
    ///
    /// # Errors
    /// Why it is not. [`Refused::OutsideScope`] is not among the reasons.
    pub fn artifact(&self) -> Result<Allowed, Refused> {
        self.answer(self.pair.map(|pair| pair.any))
    }

    /// The grant of the whole artifact, if there is one: then everything in it is reached, tagged or not.
    pub fn whole(&self) -> Option<Allowed> {
        self.answer(self.pair.and_then(|pair| self.whole_mark(pair))).ok()
    }

    /// Whether a tag is visible, which stands for `manifest` now.
    ///
    /// # Errors
    /// Why it is not.
    pub fn tag(&self, tag: &Tag, manifest: ManifestId) -> Result<Allowed, Refused> {
        let covering = |pair| {
            self.whole_mark(pair).max(self.manifest_mark(pair, manifest)).max(self.tag_mark(pair, tag))
        };
        self.answer(self.pair.and_then(covering))
    }

    /// Whether a manifest is granted itself, whatever its tags. One that is not may be reached from a granted one.
    ///
    /// # Errors
    /// Why it is not.
    pub fn manifest(&self, manifest: ManifestId) -> Result<Allowed, Refused> {
        self.answer(self.pair.and_then(|pair| self.whole_mark(pair).max(self.manifest_mark(pair, manifest))))
    }

    /// Whether something may be pulled that is reached from `roots`: from any of them that is granted itself or by one of
    /// its tags. Of several grants the one that ends last is named.
    ///
    /// # Errors
    /// Why it may not.
    pub fn reach<'r>(&self, roots: impl IntoIterator<Item = Root<'r>>) -> Result<Allowed, Refused> {
        let covering = |pair| {
            let marks = roots.into_iter().flat_map(|root| {
                let by_tag = root.tags.iter().map(|tag| self.tag_mark(pair, tag));
                by_tag.chain([self.manifest_mark(pair, root.manifest)])
            });
            marks.fold(self.whole_mark(pair), Option::max)
        };
        self.answer(self.pair.and_then(covering))
    }

    fn whole_mark(&self, pair: &Pair) -> Option<Mark> {
        pair.all.map(|term| Mark { term, rule: Rule::All })
    }

    fn manifest_mark(&self, pair: &Pair, manifest: ManifestId) -> Option<Mark> {
        let key = pair.names_manifests.then_some((pair.number, manifest))?;
        Some(Mark { term: *self.index.by_manifest.get(&key)?, rule: Rule::Manifest })
    }

    /// The greatest mark by which a tag is covered for its name.
    fn tag_mark(&self, pair: &Pair, tag: &Tag) -> Option<Mark> {
        let by_name = || {
            let tag = pair.names_tags.then_some(tag)?;
            let key = (pair.number, *self.index.tags.get(tag)?);
            Some(Mark { term: *self.index.by_tag.get(&key)?, rule: Rule::Tag })
        };
        let (first, count) = (pair.first_test as usize, pair.tests as usize);
        let mut tests = self.index.tests[first..first + count].iter();
        let by_test = tests.find_map(|test| {
            let rule = self.index.matchers[test.matcher as usize].covers(tag)?;
            Some(Mark { term: test.term, rule })
        });
        by_name().max(by_test)
    }

    /// What follows from the greatest mark that covers what was asked for.
    fn answer(&self, covering: Option<Mark>) -> Result<Allowed, Refused> {
        if !self.index.restricted {
            return Ok(Allowed::Unrestricted);
        }
        let term = |mark: Mark| self.index.terms[mark.term as usize];
        if let Some(mark) = covering {
            let Term { entitlement, until } = term(mark);
            return match until {
                Some(at) if !is_before(self.now, until) => Err(Refused::Expired { entitlement, at }),
                _ => Ok(Allowed::Granted { entitlement, rule: mark.rule, until }),
            };
        }
        let other = self.pair.map(|pair| term(pair.any)).filter(|other| is_before(self.now, other.until));
        Err(other
            .map_or(Refused::NoEntitlement, |other| Refused::OutsideScope { entitlement: other.entitlement }))
    }
}

impl Matcher {
    fn covers(&self, tag: &Tag) -> Option<Rule> {
        match self {
            Self::Pattern(glob) => glob.matches(tag).then_some(Rule::Pattern),
            Self::Range(range) => range.matches(tag).then_some(Rule::Range),
        }
    }
}
