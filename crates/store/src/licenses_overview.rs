//! The licenses overview: customers with a summary of what they have, the next expiry first.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::license_key::EXPIRING_SOON;
use grantry_model::overview::{LicenseCounts, OverviewFilter, OverviewOrder, OverviewRow, OverviewTotals};
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;

use crate::column::{PageParams, count, id, name};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// Customers of organization `$1` whose folded name is like `$2`, summed up at `$3`, with `$4` as the end of “soon”.
macro_rules! summaries {
    () => {
        "with license as (
           select customer_id, 'key' as kind, expires_at from license_key
           where organization_id = $1 and customer_id is not null
           union all
           select customer_id, 'artifacts' as kind, expires_at from artifact_entitlement where organization_id = $1
           union all
           select customer_id, 'applications' as kind, expires_at from application_entitlement
           where organization_id = $1),
         summary as (
           select c.id as id, c.name as name, c.name_fold as name_fold,
             count(l.kind) as total,
             sum(case when l.expires_at > $3 and l.expires_at <= $4 then 1 else 0 end) as expiring,
             sum(case when l.expires_at <= $3 then 1 else 0 end) as expired,
             sum(case when l.kind = 'key' then 1 else 0 end) as keys,
             sum(case when l.kind = 'key' and l.expires_at > $3 then 1 else 0 end) as keys_active,
             sum(case when l.kind = 'key' and l.expires_at > $3 and l.expires_at <= $4 then 1 else 0 end)
               as keys_expiring,
             sum(case when l.kind = 'key' and l.expires_at <= $3 then 1 else 0 end) as keys_expired,
             sum(case when l.kind = 'artifacts' then 1 else 0 end) as artifacts,
             sum(case when l.kind = 'artifacts' and (l.expires_at > $3 or l.expires_at is null) then 1 else 0 end)
               as artifacts_active,
             sum(case when l.kind = 'artifacts' and l.expires_at > $3 and l.expires_at <= $4 then 1 else 0 end)
               as artifacts_expiring,
             sum(case when l.kind = 'artifacts' and l.expires_at <= $3 then 1 else 0 end) as artifacts_expired,
             sum(case when l.kind = 'applications' then 1 else 0 end) as applications,
             sum(case when l.kind = 'applications' and (l.expires_at > $3 or l.expires_at is null) then 1 else 0 end)
               as applications_active,
             sum(case when l.kind = 'applications' and l.expires_at > $3 and l.expires_at <= $4 then 1 else 0 end)
               as applications_expiring,
             sum(case when l.kind = 'applications' and l.expires_at <= $3 then 1 else 0 end) as applications_expired,
             min(case when l.expires_at > $3 then l.expires_at end) as next_expiry,
             max(case when l.expires_at <= $3 then l.expires_at end) as last_expiry
           from customer c
           left join license l on l.customer_id = c.id
           where c.organization_id = $1 and c.name_fold like $2 escape '\\'
           group by c.id, c.name, c.name_fold) "
    };
}

fn counts(row: &Row, at: usize) -> Result<LicenseCounts, Error> {
    Ok(LicenseCounts {
        total: count(row, at)?,
        active: count(row, at + 1)?,
        expiring: count(row, at + 2)?,
        expired: count(row, at + 3)?,
    })
}

fn overview_row(row: &Row) -> Result<OverviewRow, Error> {
    let customer = id(row, 0)?;
    Ok(OverviewRow {
        customer,
        name: name(row, 1, "customer", customer)?,
        keys: counts(row, 2)?,
        artifact_entitlements: counts(row, 6)?,
        application_entitlements: counts(row, 10)?,
        next_expiry: row.get(14)?,
        last_expiry: row.get(15)?,
    })
}

/// What stands for “never” in the order: later than any expiry that there can be.
fn never() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(253_402_300_800)
}

fn order_name(order: OverviewOrder) -> &'static str {
    match order {
        OverviewOrder::NextExpiry => "expiry",
        OverviewOrder::Name => "name",
    }
}

/// The order of the list as text: the next expiry in seconds, then the folded name. By name, all expire alike.
fn cursor(row: &OverviewRow, order: OverviewOrder) -> Cursor {
    let next =
        row.next_expiry.filter(|_| order == OverviewOrder::NextExpiry).unwrap_or_else(never).timestamp();
    Cursor { key: format!("{next} {}", row.name.fold()), id: row.customer.0 }
}

fn after(cursor: &Cursor) -> (DateTime<Utc>, &str) {
    let parts = cursor.key.split_once(' ');
    let parsed =
        parts.and_then(|(next, name)| Some((DateTime::from_timestamp(next.parse().ok()?, 0)?, name)));
    parsed.unwrap_or((DateTime::UNIX_EPOCH, ""))
}

impl Tx {
    /// Customers with a summary of their licenses at `now`, in the given order.
    pub async fn list_licenses_overview(
        &mut self,
        permit: &Permit,
        (filter, order): (OverviewFilter, OverviewOrder),
        page: &PageRequest,
        now: DateTime<Utc>,
    ) -> Result<Page<OverviewRow>, Error> {
        let params = PageParams::new(page);
        let (next, name) = after(&params.after);
        let filter = match filter {
            OverviewFilter::All => "all",
            OverviewFilter::Expiring => "expiring",
            OverviewFilter::Expired => "expired",
            OverviewFilter::Unlicensed => "unlicensed",
        };
        let rows = self
            .db
            .query(
                concat!(
                    summaries!(),
                    "select id, name, keys, keys_active, keys_expiring, keys_expired,
                       artifacts, artifacts_active, artifacts_expiring, artifacts_expired, applications,
                       applications_active, applications_expiring, applications_expired, next_expiry, last_expiry
                     from summary
                     where (case cast($11 as text) when 'name' then $5 else coalesce(next_expiry, $5) end,
                             name_fold, id) > ($6, $7, $8)
                       and case cast($9 as text) when 'expiring' then expiring > 0 when 'expired' then expired > 0
                             when 'unlicensed' then total = 0 else 1 = 1 end
                     order by case cast($11 as text) when 'name' then $5 else coalesce(next_expiry, $5) end,
                       name_fold, id limit $10"
                ),
                params![
                    permit.organization(),
                    params.pattern,
                    now,
                    now + EXPIRING_SOON,
                    never(),
                    next,
                    name,
                    params.after.id,
                    filter,
                    params.limit,
                    order_name(order)
                ],
            )
            .await?;
        let items = rows.iter().map(overview_row).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(items, page.limit, |row| cursor(row, order)))
    }

    /// How many customers each filter of the overview shows, and the keys that belong to none of them.
    pub async fn licenses_overview_totals(
        &mut self,
        permit: &Permit,
        page: &PageRequest,
        now: DateTime<Utc>,
    ) -> Result<OverviewTotals, Error> {
        let pattern = PageParams::new(page).pattern;
        let soon = now + EXPIRING_SOON;
        let customers = self
            .db
            .query_opt(
                concat!(
                    summaries!(),
                    "select count(*), sum(case when expiring > 0 then 1 else 0 end),
                       sum(case when expired > 0 then 1 else 0 end), sum(case when total = 0 then 1 else 0 end)
                     from summary"
                ),
                params![permit.organization(), pattern, now, soon],
            )
            .await?;
        let wide = self
            .db
            .query_opt(
                "select count(*), sum(case when expires_at > $2 then 1 else 0 end),
                   sum(case when expires_at > $2 and expires_at <= $3 then 1 else 0 end),
                   sum(case when expires_at <= $2 then 1 else 0 end)
                 from license_key where organization_id = $1 and customer_id is null",
                params![permit.organization(), now, soon],
            )
            .await?;
        let (Some(customers), Some(wide)) = (customers, wide) else { return Ok(OverviewTotals::default()) };
        // The sum over no rows is null.
        let sum =
            |row: &Row, index| Ok::<_, Error>(row.get::<Option<i64>>(index)?.unwrap_or(0).unsigned_abs());
        Ok(OverviewTotals {
            customers: count(&customers, 0)?,
            expiring: sum(&customers, 1)?,
            expired: sum(&customers, 2)?,
            unlicensed: sum(&customers, 3)?,
            organization_wide: LicenseCounts {
                total: count(&wide, 0)?,
                active: sum(&wide, 1)?,
                expiring: sum(&wide, 2)?,
                expired: sum(&wide, 3)?,
            },
        })
    }

    /// When license keys expire between two moments, each with how many do.
    pub async fn list_expiries(
        &mut self,
        permit: &Permit,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<(DateTime<Utc>, u64)>, Error> {
        let rows = self
            .db
            .query(
                "select expires_at, count(*) from license_key
                 where organization_id = $1 and expires_at > $2 and expires_at <= $3
                 group by expires_at order by expires_at",
                params![permit.organization(), from, until],
            )
            .await?;
        rows.iter().map(|row| Ok((row.get(0)?, count(row, 1)?))).collect()
    }

    /// As [`Tx::list_expiries`], of artifact entitlements.
    pub async fn list_artifact_entitlement_expiries(
        &mut self,
        permit: &Permit,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<(DateTime<Utc>, u64)>, Error> {
        let rows = self
            .db
            .query(
                "select expires_at, count(*) from artifact_entitlement
                 where organization_id = $1 and expires_at > $2 and expires_at <= $3
                 group by expires_at order by expires_at",
                params![permit.organization(), from, until],
            )
            .await?;
        rows.iter().map(|row| Ok((row.get(0)?, count(row, 1)?))).collect()
    }

    /// As [`Tx::list_expiries`], of application entitlements.
    pub async fn list_application_entitlement_expiries(
        &mut self,
        permit: &Permit,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<(DateTime<Utc>, u64)>, Error> {
        let rows = self
            .db
            .query(
                "select expires_at, count(*) from application_entitlement
                 where organization_id = $1 and expires_at > $2 and expires_at <= $3
                 group by expires_at order by expires_at",
                params![permit.organization(), from, until],
            )
            .await?;
        rows.iter().map(|row| Ok((row.get(0)?, count(row, 1)?))).collect()
    }
}
