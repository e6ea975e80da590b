//! Access decisions on applications: which versions a customer may see and deploy, and why.
//!
//! As with artifacts, an [`Index`] is compiled from grants, of an organization or of one customer, and a decision is a
//! handful of look-ups in it. An entitlement is to one application and has one scope, so its term says everything of it.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::answer::{Allowance, InWords, Refusal};
use crate::application_entitlement::{ApplicationEntitlement, Asked, Scope};
use crate::artifact_entitlement::is_before;
use crate::artifact_entitlement::range::VersionRange;
use crate::id::{ApplicationEntitlementId, ApplicationId, ApplicationVersionId, CustomerId};

/// Why an application or a version of it may be reached.
pub type Allowed = Allowance<ApplicationEntitlementId>;
/// Why it may not.
pub type Refused = Refusal<ApplicationEntitlementId>;
/// What is decided on one version.
pub type Decision = Result<Allowed, Refused>;

/// By what in an entitlement a version is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The version is chosen.
    Chosen,
    /// The version was there when all current ones were granted.
    Current,
    /// The version's name is in a range.
    Range,
    /// The version was created before a maintenance window ended.
    PublishedUntil,
    /// The whole application is granted.
    All,
}

impl Rule {
    /// A stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Current => "current",
            Self::Range => "range",
            Self::PublishedUntil => "published_until",
            Self::All => "all",
        }
    }

    fn of(scope: &Scope) -> Self {
        match scope {
            Scope::Chosen(_) => Self::Chosen,
            Scope::Current(_) => Self::Current,
            Scope::All => Self::All,
            Scope::Range(_) => Self::Range,
            Scope::PublishedUntil(_) => Self::PublishedUntil,
        }
    }
}

impl InWords for Rule {
    fn in_words(self) -> &'static str {
        match self {
            Self::Chosen => "this version by choice",
            Self::Current => "this version as one that there was when it was saved",
            Self::Range => "this version by a range of versions",
            Self::PublishedUntil => "this version by the date of its publication",
            Self::All => "all versions of this application, present and future",
        }
    }
}

/// Grants on applications, compiled for decisions. Says the same whatever the order of the grants.
#[derive(Debug)]
pub struct Index {
    restricted: bool,
    /// Sorted by their end, the last one last, so that of two terms the one that ends later has the greater number.
    terms: Box<[Term]>,
    pairs: HashMap<(CustomerId, ApplicationId), Pair>,
    /// By the number of a pair and a version that is granted one by one.
    by_version: HashMap<(u32, ApplicationVersionId), u32>,
}

/// An entitlement, its end and its rule.
#[derive(Debug, Clone, Copy)]
struct Term {
    entitlement: ApplicationEntitlementId,
    until: Option<DateTime<Utc>>,
    rule: Rule,
}

/// One customer's grants on one application, by the numbers of their terms.
#[derive(Debug)]
struct Pair {
    number: u32,
    /// The greatest of all.
    any: u32,
    /// The greatest that grants everything.
    all: Option<u32>,
    /// Grants by range or time, the last to end first.
    tests: Vec<(u32, Test)>,
}

#[derive(Debug)]
enum Test {
    Range(VersionRange),
    PublishedUntil(DateTime<Utc>),
}

/// One customer's sight of one application at one moment: what decisions are asked of. Cheap to make and to copy.
#[derive(Debug, Clone, Copy)]
pub struct View<'i> {
    index: &'i Index,
    pair: Option<&'i Pair>,
    now: DateTime<Utc>,
}

impl Index {
    /// Compiles entitlements, active or not. `restricted` says whether the organization's customers see only what they are
    /// entitled to; where they are not, no grant matters and none is kept.
    pub fn new<'a>(
        restricted: bool,
        entitlements: impl IntoIterator<Item = &'a ApplicationEntitlement>,
    ) -> Self {
        let mut entitlements: Vec<_> = entitlements.into_iter().filter(|_| restricted).collect();
        // Never is after all dates. Of those that end together, the one that was made first comes last.
        entitlements.sort_by_key(|one| (one.expires_at.is_none(), one.expires_at, Reverse(one.id)));
        let mut index = Self {
            restricted,
            terms: entitlements.iter().map(|one| Term::of(one)).collect(),
            pairs: HashMap::new(),
            by_version: HashMap::new(),
        };
        for (term, entitlement) in (0..).zip(entitlements) {
            index.add(term, entitlement);
        }
        index
    }

    /// Terms are added in order, so each is greater than those before it.
    fn add(&mut self, term: u32, entitlement: &ApplicationEntitlement) {
        let number = u32::try_from(self.pairs.len()).expect("memory holds fewer than four billion grants");
        let key = (entitlement.customer, entitlement.application);
        let pair = self.pairs.entry(key).or_insert(Pair { number, any: term, all: None, tests: Vec::new() });
        pair.any = term;
        match &entitlement.scope {
            Scope::Chosen(versions) | Scope::Current(versions) => {
                self.by_version.extend(versions.iter().map(|version| ((pair.number, *version), term)));
            }
            Scope::All => pair.all = Some(term),
            Scope::Range(range) => pair.tests.insert(0, (term, Test::Range(range.clone()))),
            Scope::PublishedUntil(until) => pair.tests.insert(0, (term, Test::PublishedUntil(*until))),
        }
    }

    /// Whether customers see only what they are entitled to.
    pub fn is_restricted(&self) -> bool {
        self.restricted
    }

    /// What a customer sees of an application at `now`.
    pub fn view(&self, customer: CustomerId, application: ApplicationId, now: DateTime<Utc>) -> View<'_> {
        View { index: self, pair: self.pairs.get(&(customer, application)), now }
    }
}

impl Term {
    fn of(entitlement: &ApplicationEntitlement) -> Self {
        Self {
            entitlement: entitlement.id,
            until: entitlement.expires_at,
            rule: Rule::of(&entitlement.scope),
        }
    }
}

impl View<'_> {
    /// Whether the application is visible: there is an active grant on it, be it of a version that does not exist yet.
    ///
    /// # Errors
    /// Why it is not. [`Refused::OutsideScope`](Refusal::OutsideScope) is not among the reasons.
    pub fn application(&self) -> Decision {
        self.answer(self.pair.map(|pair| pair.any))
    }

    /// Whether a version of the application may be seen and deployed. Of several grants the one that ends last is named.
    /// Whether the version is archived is another question.
    ///
    /// # Errors
    /// Why it may not.
    pub fn version(&self, version: Asked<'_>) -> Decision {
        let covering = |pair: &Pair| {
            let named = self.index.by_version.get(&(pair.number, version.id)).copied();
            let tested = pair.tests.iter().find(|(_, test)| test.covers(version)).map(|(term, _)| *term);
            pair.all.max(named).max(tested)
        };
        self.answer(self.pair.and_then(covering))
    }

    /// What follows from the greatest term that covers what was asked for.
    fn answer(&self, covering: Option<u32>) -> Decision {
        if !self.index.restricted {
            return Ok(Allowed::Unrestricted);
        }
        let term = |number: u32| self.index.terms[number as usize];
        if let Some(number) = covering {
            let Term { entitlement, until, rule } = term(number);
            return match until {
                Some(at) if !is_before(self.now, until) => Err(Refused::Expired { entitlement, at }),
                _ => Ok(Allowed::Granted { entitlement, rule, until }),
            };
        }
        let other = self.pair.map(|pair| term(pair.any)).filter(|other| is_before(self.now, other.until));
        Err(other
            .map_or(Refused::NoEntitlement, |other| Refused::OutsideScope { entitlement: other.entitlement }))
    }
}

impl Test {
    fn covers(&self, version: Asked<'_>) -> bool {
        match self {
            Self::Range(range) => range.matches_version(version.name),
            Self::PublishedUntil(until) => version.created_at <= *until,
        }
    }
}
