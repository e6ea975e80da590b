//! One application: its versions, and who is entitled.

use axum::extract::State;
use grantry_model::application::Version;
use grantry_model::id::ApplicationId;
use grantry_model::policy::Action;
use grantry_ops::application::{self, Detail, entitled};
use grantry_ui::layout::Nav;
use grantry_ui::pages::application::access::{Access, Entitled};
use grantry_ui::pages::application::show::{Show, VersionRow};
use grantry_ui::pages::application_entitlement::EntitlementRef;
use grantry_ui::pages::license_key::Owner;

use super::scope;
use crate::app::App;
use crate::extract::{Path, Query};
use crate::portal::error::{PageError, PageResult};
use crate::portal::form::{ListQuery, ROWS};
use crate::portal::frame::Member;

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(id): Path<ApplicationId>,
    Query(query): Query<ListQuery>,
) -> PageResult {
    app.ops.require(&member.caller, Action::ViewCustomers).await?;
    let detail = application::show(&app.ops, &member.caller, id).await?;
    let (rows, next) = part(&detail.versions, &query);
    let page = Show {
        application: id,
        name: detail.application.name.as_str().to_owned(),
        image: detail.application.image,
        kind: detail.application.kind,
        versions: rows.into_iter().map(row).collect(),
        total: detail.versions.len() as u64,
        access: access(&app, &member, &detail).await?,
        q: query.q,
        after: query.after,
        next,
        can_edit: member.may(&app, Action::EditApplications),
    };
    Ok(member.page(Nav::Applications, &page))
}

/// The wanted part of the versions, newest first, with the cursor of the next one: the id of the last version.
fn part<'v>(versions: &'v [Version], query: &ListQuery) -> (Vec<&'v Version>, Option<String>) {
    let search = query.q.trim().to_lowercase();
    let found = versions.iter().rev().filter(|version| version.name.fold().contains(&search));
    let mut found: Vec<&Version> = found.collect();
    if let Some(last) = found.iter().position(|version| version.id.to_string() == query.after) {
        found.drain(..=last);
    }
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|version| version.id.to_string());
    (found, next)
}

fn row(version: &Version) -> VersionRow {
    VersionRow {
        version: version.id,
        name: version.name.as_str().to_owned(),
        created_at: version.created_at,
        archived_at: version.archived_at,
    }
}

async fn access(app: &App, member: &Member, detail: &Detail) -> Result<Option<Access>, PageError> {
    if !member.may(app, Action::ViewApplicationEntitlements) {
        return Ok(None);
    }
    let can_open = member.may(app, Action::EditApplicationEntitlements);
    let holders = match entitled::list(&app.ops, &member.caller, detail.application.id).await? {
        entitled::Access::Open => return Ok(Some(Access::Open)),
        entitled::Access::Restricted(holders) => holders,
    };
    let entitled = holders.iter().map(|holder| Entitled {
        customer: Owner { customer: holder.customer, name: holder.customer_name.as_str().to_owned() },
        entitlement: EntitlementRef {
            entitlement: holder.entitlement,
            name: holder.name.as_str().to_owned(),
            can_open,
        },
        scope: scope::present(&holder.scope, &detail.versions),
        until: holder.until,
    });
    Ok(Some(Access::Restricted(entitled.collect())))
}

#[cfg(test)]
mod tests {
    use grantry_model::name::Name;
    use uuid::Uuid;

    use super::*;

    fn versions(count: u128) -> Vec<Version> {
        let version = |number: u128| Version {
            id: Uuid::from_u128(number).into(),
            application: Uuid::from_u128(1_000).into(),
            name: Name::parse("name", &format!("1.{number}-RC")).unwrap(),
            link_template: String::new(),
            chart: None,
            created_at: "2026-11-24T00:00:00Z".parse().unwrap(),
            archived_at: None,
        };
        (1..=count).map(version).collect()
    }

    #[test]
    fn pages_of_versions_join_without_gap() {
        let all = versions(ROWS as u128 + 3);
        let (first, next) = part(&all, &ListQuery::default());
        assert_eq!((first.len(), first[0].name.as_str()), (ROWS, "1.53-RC"));
        let rest = ListQuery { after: next.unwrap(), ..ListQuery::default() };
        let (second, next) = part(&all, &rest);
        assert_eq!((second.len(), second[0].name.as_str(), next), (3, "1.3-RC", None));
    }

    #[test]
    fn a_search_finds_without_regard_to_case() {
        let all = versions(12);
        let names = |q: &str| {
            let query = ListQuery { q: q.to_owned(), after: "nonsense".to_owned() };
            part(&all, &query).0.iter().map(|version| version.name.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(" 1.1-rc "), ["1.1-RC"]);
        assert_eq!(names("zzz"), [""; 0]);
    }
}
