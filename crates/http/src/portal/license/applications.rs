//! The application side of a customer: its entitlements, what it may deploy now, and why.

use grantry_model::application::Version;
use grantry_model::application_entitlement::{Of, Scope};
use grantry_model::id::{ApplicationEntitlementId, ApplicationId, CustomerId};
use grantry_model::name::fold;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;
use grantry_ops::access::explain::Named;
use grantry_ops::access::explain_application::{self as explain, Explanation};
use grantry_ops::access::sight_application as sight;
use grantry_ops::application::{self, Detail};
use grantry_ops::application_entitlement::{self, Entitled};
use grantry_ops::error::Error;
use grantry_ui::pages::application_entitlement::{EntitlementRef, EntitlementRow};
use grantry_ui::pages::license::applications::{
    CustomerApplications, SeenApplication, SeenVersion, SeesApplications,
};
use grantry_ui::pages::license::why_version::{VersionAnswer, WhyVersion};
use serde::Deserialize;

use crate::app::App;
use crate::portal::application::scope;
use crate::portal::frame::Member;

/// What is asked about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Question {
    application: String,
    version: String,
}

/// The versions that an application has now.
fn versions(applications: &[Detail], id: ApplicationId) -> &[Version] {
    applications.iter().find(|one| one.application.id == id).map_or(&[], |one| &one.versions)
}

/// The sections, for who may know.
pub(super) async fn of(
    app: &App,
    member: &Member,
    customer: CustomerId,
    question: Question,
) -> Result<Option<CustomerApplications>, Error> {
    if !member.may(app, Action::ViewApplicationEntitlements) {
        return Ok(None);
    }
    let (ops, caller, all) = (&app.ops, &member.caller, PageRequest::default());
    let can_open = member.may(app, Action::EditApplicationEntitlements);
    let of = Of { customer: Some(customer), application: None };
    let entitlements = application_entitlement::list(ops, caller, of, &all).await?.items;
    let applications = application::list(ops, caller, &all).await?.items;
    Ok(Some(CustomerApplications {
        entitlements: entitlements.iter().map(|one| row(one, &applications)).collect(),
        sees: sees(sight::sight(ops, caller, customer, &all).await?, can_open),
        why: why(app, member, (customer, question), &applications).await?,
    }))
}

fn row(one: &Entitled, applications: &[Detail]) -> EntitlementRow {
    let entitlement = &one.entitlement;
    EntitlementRow {
        entitlement: entitlement.id,
        name: entitlement.name.as_str().to_owned(),
        application: entitlement.application,
        application_name: one.application.name.as_str().to_owned(),
        scope: scope::present(&entitlement.scope, versions(applications, entitlement.application)),
        expires_at: entitlement.expires_at,
    }
}

fn sees(found: sight::Sees, can_open: bool) -> SeesApplications {
    match found {
        sight::Sees::FeatureOff => SeesApplications::FeatureOff,
        sight::Sees::Everything => SeesApplications::Everything,
        sight::Sees::Granted(page) => {
            SeesApplications::Granted(page.items.iter().map(|one| seen(one, can_open)).collect())
        }
    }
}

fn seen(found: &sight::SeenApplication, can_open: bool) -> SeenApplication {
    let version = |(version, by): &(Version, Named<ApplicationEntitlementId>)| SeenVersion {
        name: version.name.as_str().to_owned(),
        by: named(by, can_open),
    };
    SeenApplication {
        application: found.application,
        name: found.name.as_str().to_owned(),
        seen: found.seen,
        versions: found.versions,
        newest: found.newest.iter().map(version).collect(),
    }
}

fn named(by: &Named<ApplicationEntitlementId>, can_open: bool) -> EntitlementRef {
    EntitlementRef { entitlement: by.id, name: by.name.as_str().to_owned(), can_open }
}

/// The question, with its answer if something was asked.
async fn why(
    app: &App,
    member: &Member,
    (customer, question): (CustomerId, Question),
    applications: &[Detail],
) -> Result<WhyVersion, Error> {
    let Question { application, version } = question;
    let names = applications.iter().map(|one| one.application.name.as_str().to_owned()).collect();
    let mut why = WhyVersion { application, version, answer: None, applications: names };
    let (application, version) = (why.application.trim(), why.version.trim());
    if !application.is_empty() && !version.is_empty() {
        let asked = (application, Some(version));
        let found = explain::explain(&app.ops, &member.caller, customer, asked).await?;
        let is_asked = |one: &&Detail| {
            one.application.name.fold() == fold(application) || one.application.id.to_string() == application
        };
        let now = applications.iter().find(is_asked).map_or(&[][..], |one| &one.versions);
        why.answer = Some(present(found, now, member.may(app, Action::EditApplicationEntitlements)));
    }
    Ok(why)
}

fn present(found: Explanation, now: &[Version], can_open: bool) -> VersionAnswer {
    if found.is_archived && found.answer.is_allowed() {
        return VersionAnswer::Archived;
    }
    let grants = |(by, scope): &(Named<ApplicationEntitlementId>, Scope)| {
        (named(by, can_open), scope::present(scope, now))
    };
    match found.answer {
        explain::Answer::Unrestricted => VersionAnswer::Unrestricted,
        explain::Answer::Granted { by, scope, until, .. } => {
            VersionAnswer::Granted { by: named(&by, can_open), scope: scope::present(&scope, now), until }
        }
        explain::Answer::FeatureOff => VersionAnswer::FeatureOff,
        explain::Answer::NoEntitlement => VersionAnswer::NotNamed,
        explain::Answer::OutsideScope(all) => VersionAnswer::LeftOut(all.iter().map(grants).collect()),
        explain::Answer::Expired { by, at } => VersionAnswer::Ended { by: named(&by, can_open), at },
        explain::Answer::Unknown => VersionAnswer::Unknown,
    }
}
