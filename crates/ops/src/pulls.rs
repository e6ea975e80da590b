//! Pulls: who pulled what, when and from where.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use grantry_model::field::FieldError;
use grantry_model::id::{ArtifactId, CustomerId, ManifestId, UserId};
use grantry_model::page::{Cursor, MAX_LIMIT, Page};
use grantry_model::policy::Action;
use grantry_model::pull::{Pull, PullFilter, PullOption, PullTally};

use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// Pulls in a page unless asked otherwise.
pub const DEFAULT_LIMIT: usize = 50;
/// Most pulls of an export.
pub const MAX_EXPORT: usize = 10_000;
/// Most days of a [`series`].
pub const MAX_DAYS: u32 = 366;
/// Most network addresses to filter by.
const MAX_ADDRESSES: i64 = 1_000;

/// Pulls of the organization's artifacts, the newest first.
///
/// # Errors
/// The caller is not the vendor's; more are asked for than a page can have.
pub async fn list(
    ops: &Ops,
    caller: &Caller,
    filter: &PullFilter,
    (before, limit): (Option<&Cursor>, Option<usize>),
) -> Result<Page<Pull>> {
    let permit = ops.authorize(caller, Action::ViewPulls).await?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let message = format!("count must be a number from 1 to {MAX_LIMIT}.");
        return Err(FieldError::new("count", "count_out_of_range", message).into());
    }
    Ok(ops.store().read().await?.list_pulls(&permit, filter, (before, limit)).await?)
}

/// The newest pulls for a file, at most [`MAX_EXPORT`].
///
/// # Errors
/// The caller is not the vendor's.
pub async fn export(ops: &Ops, caller: &Caller, filter: &PullFilter) -> Result<Vec<Pull>> {
    let permit = ops.authorize(caller, Action::ViewPulls).await?;
    Ok(ops.store().read().await?.list_pulls(&permit, filter, (None, MAX_EXPORT)).await?.items)
}

/// What pulls can be filtered by: what there are pulls of, also of what has been deleted since.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilterOptions {
    /// Customers, by name.
    pub customers: Vec<PullOption>,
    /// Users, by name.
    pub users: Vec<PullOption>,
    /// Artifacts, by name.
    pub artifacts: Vec<PullOption>,
    /// Network addresses; the first thousand.
    pub addresses: Vec<String>,
}

/// What pulls can be filtered by.
///
/// # Errors
/// The caller is not the vendor's.
pub async fn filter_options(ops: &Ops, caller: &Caller) -> Result<FilterOptions> {
    let permit = ops.authorize(caller, Action::ViewPulls).await?;
    let mut tx = ops.store().read().await?;
    Ok(FilterOptions {
        customers: tx.list_pulling_customers(&permit).await?,
        users: tx.list_pulling_users(&permit).await?,
        artifacts: tx.list_pulled_artifacts(&permit).await?,
        addresses: tx.list_pulling_addresses(&permit, MAX_ADDRESSES).await?,
    })
}

/// Manifests of an artifact of which there are pulls, by what they were asked for.
///
/// # Errors
/// The caller is not the vendor's.
pub async fn version_options(ops: &Ops, caller: &Caller, artifact: ArtifactId) -> Result<Vec<PullOption>> {
    let permit = ops.authorize(caller, Action::ViewPulls).await?;
    Ok(ops.store().read().await?.list_pulled_versions(&permit, artifact).await?)
}

/// The last pull of each artifact by each customer's members, by artifact.
///
/// # Errors
/// The caller is not the vendor's.
pub async fn last_by_customer(ops: &Ops, caller: &Caller) -> Result<Vec<Pull>> {
    let permit = ops.authorize(caller, Action::ViewPulls).await?;
    Ok(ops.store().read().await?.list_last_pulls(&permit).await?)
}

/// Who pulls in a [`Series`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Puller {
    /// The customer; `None` for the vendor's staff.
    pub customer: Option<CustomerId>,
    /// What it is called, or was when it was still there; empty for the vendor's staff.
    pub name: String,
}

/// Pulls day by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Who pulled, most first.
    pub pullers: Vec<Puller>,
    /// Days in UTC, the oldest first, each with how often each of `pullers` pulled.
    pub days: Vec<(NaiveDate, Vec<u64>)>,
    /// Pulls of each artifact, day by day as `days`; for lists.
    pub artifacts: HashMap<ArtifactId, Vec<u64>>,
}

/// Pulls of the last days up to today, by customer; of one artifact, or of all.
///
/// # Errors
/// The caller is not the vendor's; there are too many days or none.
pub async fn series(ops: &Ops, caller: &Caller, artifact: Option<ArtifactId>, days: u32) -> Result<Series> {
    let permit = ops.authorize(caller, Action::ViewPulls).await?;
    if !(1..=MAX_DAYS).contains(&days) {
        let message = format!("days must be a number from 1 to {MAX_DAYS}.");
        return Err(FieldError::new("days", "days_out_of_range", message).into());
    }
    let today = ops.clock().now().date_naive();
    let mut tx = ops.store().read().await?;
    let mut pullers: BTreeMap<Option<CustomerId>, (String, Vec<u64>)> = BTreeMap::new();
    let mut artifacts: HashMap<ArtifactId, Vec<u64>> = HashMap::new();
    let mut dates = Vec::new();
    for index in 0..days {
        let date = today.checked_sub_days(Days::new(u64::from(days - 1 - index))).unwrap_or(today);
        dates.push(date);
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        for one in tx.count_pulls(&permit, artifact, (midnight(date), midnight(next))).await? {
            let name = one.customer_name.unwrap_or_default();
            let (_, counts) = pullers.entry(one.customer).or_insert_with(|| (name, vec![0; days as usize]));
            counts[index as usize] += one.count;
            artifacts.entry(one.artifact).or_insert_with(|| vec![0; days as usize])[index as usize] +=
                one.count;
        }
    }
    let mut pullers: Vec<_> = pullers.into_iter().collect();
    pullers.sort_by_key(|(_, (name, counts))| (std::cmp::Reverse(counts.iter().sum::<u64>()), name.clone()));
    let of_day = |index: usize| pullers.iter().map(|(_, (_, counts))| counts[index]).collect();
    let days = dates.iter().enumerate().map(|(index, date)| (*date, of_day(index))).collect();
    let pullers = pullers
        .iter()
        .map(|(customer, (name, _))| Puller { customer: *customer, name: name.clone() })
        .collect();
    Ok(Series { pullers, days, artifacts })
}

fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// How often something was pulled, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Total {
    /// How often.
    pub pulls: u64,
    /// By which users.
    pub users: BTreeSet<UserId>,
    /// By members of which customers.
    pub customers: BTreeSet<CustomerId>,
}

impl Total {
    fn add(&mut self, tally: &PullTally) {
        self.pulls += tally.count;
        self.users.extend(tally.user);
        self.customers.extend(tally.customer);
    }
}

/// Totals by what was pulled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// By artifact.
    pub artifacts: HashMap<ArtifactId, Total>,
    /// By manifest, whatever it was asked for by.
    pub manifests: HashMap<ManifestId, Total>,
    /// By artifact and reference: a tag's name, or a digest.
    pub references: HashMap<(ArtifactId, String), Total>,
}

/// Totals of all artifacts, or of one. A customer's member gets those of their customer.
///
/// # Errors
/// Artifacts are switched off for the caller's customer.
pub async fn totals(ops: &Ops, caller: &Caller, artifact: Option<ArtifactId>) -> Result<Totals> {
    let permit = ops.authorize(caller, Action::ViewArtifacts).await?;
    let mut totals = Totals::default();
    for tally in ops.store().read().await?.tally_pulls(&permit, artifact).await? {
        totals.artifacts.entry(tally.artifact).or_default().add(&tally);
        totals.manifests.entry(tally.manifest).or_default().add(&tally);
        totals.references.entry((tally.artifact, tally.reference.clone())).or_default().add(&tally);
    }
    Ok(totals)
}
