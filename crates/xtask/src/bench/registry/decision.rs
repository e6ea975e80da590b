//! How long it takes to decide whether a customer may pull a tag, among few and among many grants.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, ensure};
use grantry_model::access::{Entry, Index};
use grantry_model::artifact_entitlement::{Grant, Scope};
use grantry_model::id::{ArtifactEntitlementId, ArtifactId, CustomerId, ManifestId};
use grantry_oci::reference::Tag;
use uuid::Uuid;

use super::super::load::pick;
use super::super::table::{Line, Table, median};

/// Artifacts of the organization; each customer has a grant on each.
const ARTIFACTS: usize = 10;
/// Tags of each artifact: `0.0.0` to `2.9.0`.
const TAGS: usize = 30;
/// Questions that are asked in turn, at random over customers, artifacts and tags, prepared before.
const QUESTIONS: usize = 1 << 16;
/// How often all are asked.
const ROUNDS: usize = 30;
/// What a decision may take, in nanoseconds.
const GOAL: f64 = 1000.0;

/// A question, and the answer that the scope itself gives.
struct Question {
    customer: CustomerId,
    artifact: ArtifactId,
    tag: usize,
    is_granted: bool,
}

/// An index and what it was compiled from.
struct Trial {
    index: Index,
    grants: Vec<(usize, Grant)>,
    tags: Vec<Tag>,
    /// How long it took to compile the index, in milliseconds.
    compiled: f64,
}

/// Measures with each number of grants and adds lines to the table.
///
/// # Errors
/// If an answer is wrong.
pub(super) fn measure(grants: &[usize], table: &mut Table) -> anyhow::Result<()> {
    let mut fewest = None;
    for &grants in grants {
        let trial = Trial::of(grants)?;
        // A pull asks some twenty times about the same customer. Anybody's at random is the worst: nothing of what is
        // looked up is near the processor.
        let one = trial.time(trial.grants.get(..ARTIFACTS).context("no customer")?)?;
        let anybody = trial.time(&trial.grants)?;
        let fewest = *fewest.get_or_insert([one, anybody]);
        for (whose, time, fewest) in
            [("one customer's", one, fewest[0]), ("anybody's at random", anybody, fewest[1])]
        {
            let line =
                Line::of(format!("deciding about a tag, {grants} grants, {whose}"), format!("{time:.0} ns"));
            let line = line.against(format!("fewest grants {fewest:.0} ns"), time / fewest);
            table.add(line.goal("< 1 µs", time < GOAL));
        }
        let what = format!("compiling the index of {grants} grants");
        table.add(Line::of(what, format!("{:.1} ms", trial.compiled)));
    }
    Ok(())
}

impl Trial {
    fn of(grants: usize) -> anyhow::Result<Self> {
        let tags = (0..TAGS).map(|tag| format!("{}.{}.0", tag / 10, tag % 10).parse());
        let tags = tags.collect::<Result<Vec<Tag>, _>>().context("not a tag")?;
        let customers = grants.div_ceil(ARTIFACTS);
        let grants = (0..customers * ARTIFACTS).map(|number| Ok((number, grant(number, &tags)?)));
        let grants = grants.collect::<anyhow::Result<Vec<_>>>()?;
        let start = Instant::now();
        let index = Index::new(true, grants.iter().map(|(number, grant)| entry(*number, grant)));
        let compiled = start.elapsed().as_secs_f64() * 1000.0;
        Ok(Self { index, grants, tags, compiled })
    }

    /// Nanoseconds of a decision about these grants at random, after each was checked.
    fn time(&self, grants: &[(usize, Grant)]) -> anyhow::Result<f64> {
        let question = |number: usize| {
            let (at, grant) = pick(grants, number as u64).context("no grant")?;
            let tag = number % TAGS;
            let is_granted = covers(&grant.scope, self.tags.get(tag).context("no tag")?);
            anyhow::Ok(Question { customer: customer(*at), artifact: grant.artifact, tag, is_granted })
        };
        let questions = (0..QUESTIONS).map(question).collect::<anyhow::Result<Vec<_>>>()?;
        let now = "2026-11-24T12:00:00Z".parse()?;
        let ask = |question: &Question| {
            let manifest = ManifestId(Uuid::from_u128(question.tag as u128));
            let view = self.index.view(question.customer, question.artifact, now);
            view.tag(&self.tags[question.tag], manifest).is_ok()
        };
        let wrong = questions.iter().filter(|question| ask(question) != question.is_granted).count();
        ensure!(wrong == 0, "{wrong} of {QUESTIONS} answers are wrong");
        let round = || {
            let start = Instant::now();
            questions.iter().for_each(|question| _ = black_box(ask(black_box(question))));
            start.elapsed().as_secs_f64() * 1e9 / QUESTIONS as f64
        };
        Ok(median(&(0..ROUNDS).map(|_| round()).collect::<Vec<_>>()))
    }
}

fn customer(number: usize) -> CustomerId {
    CustomerId(Uuid::from_u128((number / ARTIFACTS) as u128))
}

fn entry(number: usize, grant: &Grant) -> Entry<'_> {
    let entitlement = ArtifactEntitlementId(Uuid::from_u128(number as u128));
    Entry { customer: customer(number), entitlement, expires_at: None, grant }
}

/// A grant with one of all kinds of scope.
fn grant(number: usize, tags: &[Tag]) -> anyhow::Result<Grant> {
    let some = |first: usize| -> BTreeSet<_> { tags.iter().skip(first).step_by(6).cloned().collect() };
    let scope = match (number + number / ARTIFACTS) % 5 {
        0 => Scope::All,
        1 => Scope::Pattern("1.*".parse()?),
        2 => Scope::Range(">=2, <3".parse()?),
        3 => Scope::Current { tags: some(number % 3) },
        _ => Scope::Chosen { tags: some(number % 6), manifests: BTreeSet::new() },
    };
    Ok(Grant { artifact: ArtifactId(Uuid::from_u128((number % ARTIFACTS) as u128)), scope })
}

/// What a scope that [`grant`] made covers, read in the plainest way.
fn covers(scope: &Scope, tag: &Tag) -> bool {
    match scope {
        Scope::All => true,
        Scope::Pattern(_) => tag.as_str().starts_with("1."),
        Scope::Range(_) => tag.as_str().starts_with("2."),
        Scope::Current { tags } | Scope::Chosen { tags, .. } => tags.contains(tag),
    }
}
