//! The vendor's overview: one row a customer.

use axum::response::Response;
use chrono::{DateTime, Datelike, Utc};
use grantry_model::overview::{OverviewFilter, OverviewOrder, OverviewRow, OverviewTotals};
use grantry_model::policy::Action;
use grantry_ops::licenses;
use grantry_ui::layout::Nav;
use grantry_ui::pages::license::choice::{Filter, Sort};
use grantry_ui::pages::license::overview::{Counts, Overview, Row};
use serde::Deserialize;

use crate::app::App;
use crate::portal::error::PageError;
use crate::portal::form::ListQuery;
use crate::portal::frame::Member;

/// What the address asks for.
#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(flatten)]
    pub(crate) list: ListQuery,
    #[serde(default)]
    filter: String,
    #[serde(default)]
    sort: String,
}

/// The overview.
pub(super) async fn show(app: &App, member: Member, query: Params) -> Result<Response, PageError> {
    let (filter, sort) = (Filter::of(&query.filter), Sort::of(&query.sort));
    let listed = (wanted(filter), order(sort));
    let found = licenses::overview(&app.ops, &member.caller, listed, &query.list.request()).await?;
    let now = app.ops.clock().now();
    let page = Overview {
        rows: found.page.items.iter().map(row).collect(),
        counts: counts(&found.totals),
        q: query.list.q,
        filter,
        sort,
        after: query.list.after,
        next: found.page.next.map(|cursor| cursor.encode()),
        expiries: by_month(&found.expiries, now),
        application_expiries: by_month(&found.application_entitlement_expiries, now),
        entitlement_expiries: by_month(&found.artifact_entitlement_expiries, now),
        organization_wide: found.totals.organization_wide.total,
        can_edit: member.may(app, Action::CreateCustomer),
    };
    Ok(member.page(Nav::Licenses, &page))
}

fn wanted(filter: Filter) -> OverviewFilter {
    match filter {
        Filter::All => OverviewFilter::All,
        Filter::Expiring => OverviewFilter::Expiring,
        Filter::Expired => OverviewFilter::Expired,
        Filter::None => OverviewFilter::Unlicensed,
    }
}

fn order(sort: Sort) -> OverviewOrder {
    match sort {
        Sort::NextExpiry => OverviewOrder::NextExpiry,
        Sort::Name => OverviewOrder::Name,
    }
}

fn row(row: &OverviewRow) -> Row {
    Row {
        customer: row.customer,
        name: row.name.as_str().to_owned(),
        active_keys: row.keys.active,
        expired_keys: row.keys.expired,
        expiring_keys: row.keys.expiring,
        active_applications: row.application_entitlements.active,
        expired_applications: row.application_entitlements.expired,
        expiring_applications: row.application_entitlements.expiring,
        active_entitlements: row.artifact_entitlements.active,
        expired_entitlements: row.artifact_entitlements.expired,
        expiring_entitlements: row.artifact_entitlements.expiring,
        next_expiry: row.next_expiry,
        last_expiry: row.last_expiry,
    }
}

fn counts(totals: &OverviewTotals) -> Counts {
    Counts {
        all: totals.customers,
        expiring: totals.expiring,
        expired: totals.expired,
        none: totals.unlicensed,
    }
}

/// How many end in each calendar month, from the current one on.
fn by_month(expiries: &[(DateTime<Utc>, u64)], now: DateTime<Utc>) -> [u64; 12] {
    let month = |at: DateTime<Utc>| i64::from(at.year()) * 12 + i64::from(at.month0());
    let mut months = [0; 12];
    for (at, count) in expiries {
        let from_now = usize::try_from(month(*at) - month(now)).ok();
        if let Some(total) = from_now.and_then(|index| months.get_mut(index)) {
            *total += count;
        }
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiries_stand_in_their_month() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let now = at("2026-11-24T12:00:00Z");
        let expiries = [
            (at("2026-11-30T23:59:59Z"), 2),
            (at("2026-12-01T00:00:00Z"), 3),
            (at("2027-10-31T00:00:00Z"), 1),
            (at("2027-11-01T00:00:00Z"), 9),
        ];
        assert_eq!(by_month(&expiries, now), [2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
}
