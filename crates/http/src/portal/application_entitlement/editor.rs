//! The form that a new and an existing application entitlement share, with what there is to choose.

use grantry_model::application::Version;
use grantry_model::application_entitlement::Scope;
use grantry_model::field::FieldError;
use grantry_ops::application::{self, Detail};
use grantry_ops::application_entitlement::Entitled;
use grantry_ops::application_entitlement::create::First as ForEverybody;
use grantry_ops::error::Error;
use grantry_ui::form::FormState;
use grantry_ui::pages::application::ApplicationChoice;
use grantry_ui::pages::application_entitlement::editor::{Editor, First, VersionChoice, Versions};
use grantry_ui::pages::application_entitlement::fields::{EntitlementForm, EntitlementValues};
use grantry_ui::pages::entitlement::Matches;

use super::input::place;
use crate::app::App;
use crate::portal::application::scope::covered;
use crate::portal::entitlement::Around;
use crate::portal::form::day;
use crate::portal::frame::Member;
use crate::portal::license_key::owners;

/// Most versions that are offered to choose from, besides the chosen ones.
const OFFERED: usize = 100;
/// Versions that are named of many.
const NAMED: usize = 10;

/// The form.
pub(super) async fn editor(
    app: &App,
    member: &Member,
    form: EntitlementForm,
    errors: Vec<FieldError>,
    around: Around<'_, Entitled, ForEverybody>,
) -> Result<Editor, Error> {
    let (ops, caller) = (&app.ops, &member.caller);
    let all = application::choices(ops, caller).await?;
    let chosen = all.iter().find(|one| one.application.id.to_string() == form.values.application);
    let versions = chosen.map(|one| versions(&form.values, &one.versions)).unwrap_or_default();
    let fixed = chosen.filter(|_| around.before.is_some()).map(choice);
    let customers = if around.customer.is_some() { Vec::new() } else { owners(ops, caller).await? };
    Ok(Editor {
        form: FormState::refused(form.values, errors.into_iter().map(place).collect()),
        customer: around.customer,
        customers,
        applications: if fixed.is_some() { Vec::new() } else { all.iter().map(choice).collect() },
        application: fixed,
        versions,
        keeps_password: around.before.is_some_and(|before| before.entitlement.registry.is_some()),
        first: around
            .first
            .map(|first| First { customers: first.customers, applications: first.applications }),
    })
}

fn choice(detail: &Detail) -> ApplicationChoice {
    let application = &detail.application;
    ApplicationChoice { application: application.id, name: application.name.as_str().to_owned() }
}

/// The versions of the chosen application, where `all` stand the first one first.
fn versions(values: &EntitlementValues, all: &[Version]) -> Versions {
    let (offered, more) = offered(values, all);
    let of = |scope: Option<Scope>| {
        let found = scope.map(|scope| covered(&scope, all)).unwrap_or_default();
        Matches { count: found.len() as u64, newest: names(found.into_iter().rev()) }
    };
    let until = day("publishedUntil", &values.published_until).ok().flatten();
    Versions {
        now: all.len() as u64,
        newest: names(all.iter().rev()),
        offered,
        more,
        range: of(values.range.trim().parse().ok().map(Scope::Range)),
        published: of(until.map(Scope::PublishedUntil)),
    }
}

fn names<'v>(versions: impl Iterator<Item = &'v Version>) -> Vec<String> {
    versions.take(NAMED).map(|version| version.name.as_str().to_owned()).collect()
}

/// The chosen versions, then the newest that fit the search; and how many more do.
fn offered(values: &EntitlementValues, all: &[Version]) -> (Vec<VersionChoice>, u64) {
    let search = values.search.trim().to_lowercase();
    let is_chosen = |version: &&Version| values.versions.contains(&version.id.to_string());
    let (chosen, others): (Vec<_>, Vec<_>) = all.iter().rev().partition(is_chosen);
    let fitting: Vec<_> =
        others.into_iter().filter(|version| version.name.fold().contains(&search)).collect();
    let more = fitting.len().saturating_sub(OFFERED) as u64;
    let offered = chosen.into_iter().chain(fitting.into_iter().take(OFFERED));
    (offered.map(present).collect(), more)
}

fn present(version: &Version) -> VersionChoice {
    VersionChoice {
        version: version.id,
        name: version.name.as_str().to_owned(),
        created_at: version.created_at,
        is_archived: version.archived_at.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use grantry_model::name::Name;
    use uuid::Uuid;

    use super::*;

    fn all(count: u32) -> Vec<Version> {
        let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        let version = |number: u32| Version {
            id: Uuid::from_u128(number.into()).into(),
            application: Uuid::from_u128(1_000_000).into(),
            name: Name::parse("name", &format!("1.{number}.0")).unwrap(),
            link_template: String::new(),
            chart: None,
            created_at: start + TimeDelta::days(number.into()),
            archived_at: None,
        };
        (1..=count).map(version).collect()
    }

    #[test]
    fn chosen_versions_stand_first_whatever_is_searched_for() {
        let values = EntitlementValues {
            search: "1.14".to_owned(),
            versions: vec![Uuid::from_u128(3).to_string()],
            ..EntitlementValues::default()
        };
        let found = versions(&values, &all(150));
        let first: Vec<_> = found.offered.iter().take(3).map(|one| one.name.as_str()).collect();
        assert_eq!(first, ["1.3.0", "1.149.0", "1.148.0"]);
        assert_eq!((found.now, found.offered.len(), found.more), (150, 12, 0));
        let found = versions(&EntitlementValues::default(), &all(150));
        assert_eq!((found.offered.len(), found.more, found.newest[0].as_str()), (100, 50, "1.150.0"));
    }

    #[test]
    fn range_and_window_are_counted_as_they_are_typed() {
        let values = EntitlementValues {
            range: ">=1.4, <1.7".to_owned(),
            published_until: "2026-01-03".to_owned(),
            ..EntitlementValues::default()
        };
        let found = versions(&values, &all(9));
        assert_eq!((found.range.count, found.range.newest[0].as_str()), (3, "1.6.0"));
        assert_eq!((found.published.count, found.published.newest[0].as_str()), (2, "1.2.0"));
        let nonsense = EntitlementValues { range: ">=x".to_owned(), ..EntitlementValues::default() };
        assert_eq!(versions(&nonsense, &all(9)).range.count, 0);
    }
}
