//! One artifact, which is another page in each portal.

use axum::extract::State;
use axum::response::Response;
use chrono::{Datelike, NaiveDate, NaiveTime};
use grantry_model::artifact::{self, TagEntry};
use grantry_model::id::ArtifactId;
use grantry_model::policy::Action;
use grantry_ops::artifact::{entitled, show, tags};
use grantry_ops::pulls::{self, Series};
use grantry_ui::components::stack::{PARTS, StackedBar};
use grantry_ui::components::time;
use grantry_ui::layout::{Nav, Portal};
use grantry_ui::pages::artifact::access::{Access, Entitled};
use grantry_ui::pages::artifact::course::PullCourse;
use grantry_ui::pages::artifact::show::{Show, Upstream};
use grantry_ui::pages::artifact_entitlement::EntitlementRef;
use grantry_ui::pages::license_key::Owner;

use super::{newest_tag, portal_show, registry, scope, version};
use crate::app::App;
use crate::extract::{Path, Query};
use crate::portal::error::{PageError, PageResult};
use crate::portal::form::ListQuery;
use crate::portal::frame::Member;

/// Days of the plot of pulls.
const DAYS: u32 = 30;

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(id): Path<ArtifactId>,
    Query(query): Query<ListQuery>,
) -> PageResult {
    match member.shell.portal() {
        Portal::Vendor => vendor(&app, member, id, query).await,
        Portal::Customer => portal_show::show(&app, member, id, query).await,
    }
}

async fn vendor(app: &App, member: Member, id: ArtifactId, query: ListQuery) -> Result<Response, PageError> {
    let caller = &member.caller;
    let found = show::show(&app.ops, caller, id, &query.request()).await?;
    let totals = pulls::totals(&app.ops, caller, Some(id)).await?.manifests;
    let pulls_of = |manifest| totals.get(&manifest).map_or(0, |total| total.pulls);
    let versions = found.versions.items.into_iter().map(|one| {
        let pulls = pulls_of(one.manifest.id);
        version(one, Some(pulls))
    });
    let page = Show {
        artifact: id,
        name: found.listed.artifact.name.to_string(),
        image: found.listed.artifact.image,
        kind: found.listed.kind,
        size: found.listed.size.unwrap_or_default(),
        registry: registry(app, caller).await?,
        upstream: found.listed.artifact.upstream.as_ref().map(upstream),
        versions: versions.collect(),
        tags: found.listed.tags,
        newest_tag: newest_tag(&found.listed),
        q: query.q,
        after: query.after,
        next: found.versions.next.map(|cursor| cursor.encode()),
        access: access(app, &member, id).await?,
        pulls: course(app, &member, id).await?,
        can_edit: member.may(app, Action::PushArtifacts),
        can_delete: member.may(app, Action::DeleteArtifacts),
    };
    Ok(member.page(Nav::Artifacts, &page))
}

fn upstream(upstream: &artifact::Upstream) -> Upstream {
    Upstream {
        url: upstream.url.clone(),
        username: upstream.username.clone(),
        synced_at: upstream.synced_at,
        error: upstream.sync_error.clone(),
        upkeep: upstream.upkeep,
    }
}

async fn access(app: &App, member: &Member, id: ArtifactId) -> Result<Option<Access>, PageError> {
    if !member.may(app, Action::ViewArtifactEntitlements) {
        return Ok(None);
    }
    let holders = match entitled::list(&app.ops, &member.caller, id).await? {
        entitled::Access::Open => return Ok(Some(Access::Open)),
        entitled::Access::Restricted(holders) => holders,
    };
    let now = tags::list(&app.ops, &member.caller, id, "").await?;
    let can_open = member.may(app, Action::EditArtifactEntitlements);
    Ok(Some(Access::Restricted(holders.iter().map(|holder| entitled(holder, &now, can_open)).collect())))
}

fn entitled(holder: &entitled::Holder, now: &[TagEntry], can_open: bool) -> Entitled {
    Entitled {
        customer: Owner { customer: holder.customer, name: holder.customer_name.as_str().to_owned() },
        entitlement: EntitlementRef {
            entitlement: holder.entitlement,
            name: holder.name.as_str().to_owned(),
            can_open,
        },
        scope: scope::present(&holder.scope, now),
        until: holder.until,
    }
}

async fn course(app: &App, member: &Member, id: ArtifactId) -> Result<Option<PullCourse>, PageError> {
    if !member.may(app, Action::ViewPulls) {
        return Ok(None);
    }
    Ok(Some(plotted(&pulls::series(&app.ops, &member.caller, Some(id), DAYS).await?)))
}

/// The series as the plot shows it: who pulls most one by one, and all others together.
fn plotted(series: &Series) -> PullCourse {
    let named = if series.pullers.len() > PARTS { PARTS - 1 } else { series.pullers.len() };
    let name = |puller: &pulls::Puller| match puller.customer {
        Some(_) => puller.name.clone(),
        None => "Your own staff".to_owned(),
    };
    let mut parts: Vec<String> = series.pullers.iter().take(named).map(name).collect();
    if series.pullers.len() > named {
        parts.push("Others".to_owned());
    }
    let bar = |(date, counts): &(NaiveDate, Vec<u64>)| {
        let mut values: Vec<u64> = counts.iter().take(named).copied().collect();
        if counts.len() > named {
            values.push(counts.iter().skip(named).sum());
        }
        StackedBar { label: label(*date), full: time::date(date.and_time(NaiveTime::MIN).and_utc()), values }
    };
    PullCourse { parts, days: series.days.iter().map(bar).collect() }
}

/// Each Monday is named.
fn label(date: NaiveDate) -> String {
    if date.weekday() == chrono::Weekday::Mon { date.format("%-d %b").to_string() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use grantry_ops::pulls::Puller;
    use uuid::Uuid;

    use super::*;

    fn series(customers: u128) -> Series {
        let puller = |number: u128| Puller {
            customer: (number > 0).then(|| Uuid::from_u128(number).into()),
            name: format!("Customer {number}"),
        };
        let pullers: Vec<_> = (0..customers).map(puller).collect();
        let date = "2026-11-23".parse().unwrap();
        let counts = (1..).take(pullers.len()).collect();
        Series { pullers, days: vec![(date, counts)], artifacts: HashMap::new() }
    }

    #[test]
    fn those_who_pull_less_stand_together() {
        let plot = plotted(&series(8));
        assert_eq!(plot.parts[..2], ["Your own staff", "Customer 1"]);
        assert_eq!((plot.parts.len(), plot.parts[5].as_str()), (PARTS, "Others"));
        assert_eq!(plot.days[0].values, [1, 2, 3, 4, 5, 6 + 7 + 8]);
        assert_eq!(plot.days[0].label, "23 Nov");
        let plot = plotted(&series(6));
        assert_eq!(plot.parts[5], "Customer 5");
        assert_eq!(plot.days[0].values, [1, 2, 3, 4, 5, 6]);
        assert!(plotted(&series(0)).parts.is_empty());
    }
}
