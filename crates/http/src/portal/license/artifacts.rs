//! The artifact side of a customer: its entitlements, what it sees now, and why.

use grantry_model::artifact::TagEntry;
use grantry_model::artifact_entitlement::Scope;
use grantry_model::id::CustomerId;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;
use grantry_ops::access::explain::{self, Named};
use grantry_ops::access::sight;
use grantry_ops::artifact::{show, tags};
use grantry_ops::artifact_entitlement;
use grantry_ops::error::Error;
use grantry_ui::pages::artifact_entitlement::EntitlementRef;
use grantry_ui::pages::license::artifacts::{CustomerArtifacts, SeenArtifact, SeenTag, Sees};
use grantry_ui::pages::license::why::{Answer, Why};
use serde::Deserialize;

use crate::app::App;
use crate::portal::artifact::{choices, scope};
use crate::portal::artifact_entitlement::rows;
use crate::portal::frame::Member;

/// What is asked about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Question {
    artifact: String,
    reference: String,
}

/// The sections, for who may know.
pub(super) async fn of(
    app: &App,
    member: &Member,
    customer: CustomerId,
    question: Question,
) -> Result<Option<CustomerArtifacts>, Error> {
    if !member.may(app, Action::ViewArtifactEntitlements) {
        return Ok(None);
    }
    let (ops, caller, all) = (&app.ops, &member.caller, PageRequest::default());
    let can_open = member.may(app, Action::EditArtifactEntitlements);
    let entitlements = artifact_entitlement::list(ops, caller, Some(customer), &all).await?.items;
    Ok(Some(CustomerArtifacts {
        entitlements: rows(ops, caller, &entitlements).await?,
        sees: sees(sight::sight(ops, caller, customer, &all).await?, can_open),
        why: why(app, member, customer, question).await?,
    }))
}

fn sees(found: sight::Sees, can_open: bool) -> Sees {
    match found {
        sight::Sees::FeatureOff => Sees::FeatureOff,
        sight::Sees::Everything => Sees::Everything,
        sight::Sees::Granted(page) => {
            Sees::Granted(page.items.into_iter().map(|one| seen(one, can_open)).collect())
        }
    }
}

fn seen(found: sight::SeenArtifact, can_open: bool) -> SeenArtifact {
    let tag = |(tag, by): &(grantry_oci::reference::Tag, Named)| SeenTag {
        tag: tag.to_string(),
        by: named(by, can_open),
    };
    SeenArtifact {
        artifact: found.artifact,
        name: found.name,
        seen: found.seen,
        tags: found.tags,
        newest: found.newest.iter().map(tag).collect(),
    }
}

fn named(by: &Named, can_open: bool) -> EntitlementRef {
    EntitlementRef { entitlement: by.id, name: by.name.as_str().to_owned(), can_open }
}

async fn why(app: &App, member: &Member, customer: CustomerId, question: Question) -> Result<Why, Error> {
    let Question { artifact, reference } = question;
    let names = choices(&app.ops, &member.caller).await?.into_iter().map(|one| one.name).collect();
    let mut why = Why { artifact, reference, answer: None, artifacts: names };
    let (artifact, reference) = (why.artifact.trim(), why.reference.trim());
    if !artifact.is_empty() && !reference.is_empty() {
        let answer = explain::explain(&app.ops, &member.caller, customer, (artifact, reference)).await?;
        let now = tags_of(app, member, artifact).await?;
        why.answer = Some(present(answer, &now, member.may(app, Action::EditArtifactEntitlements)));
    }
    Ok(why)
}

/// The tags of the artifact of a name; none if there is no such artifact.
async fn tags_of(app: &App, member: &Member, name: &str) -> Result<Vec<TagEntry>, Error> {
    let Ok(name) = name.parse() else { return Ok(Vec::new()) };
    match show::find_by_name(&app.ops, &member.caller, &name).await {
        Ok(artifact) => tags::list(&app.ops, &member.caller, artifact.id, "").await,
        Err(Error::NotFound(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn present(answer: explain::Answer, now: &[TagEntry], can_open: bool) -> Answer {
    let grants = |(by, scope): &(Named, Scope)| (named(by, can_open), scope::present(scope, now));
    match answer {
        explain::Answer::Unrestricted => Answer::Unrestricted,
        explain::Answer::Granted { by, scope, until, through, .. } => Answer::Granted {
            by: named(&by, can_open),
            scope: scope::present(&scope, now),
            until,
            through: through.map(|tag| tag.to_string()),
        },
        explain::Answer::FeatureOff => Answer::FeatureOff,
        explain::Answer::NoEntitlement => Answer::NotNamed,
        explain::Answer::OutsideScope(all) => Answer::LeftOut(all.iter().map(grants).collect()),
        explain::Answer::Expired { by, at } => Answer::Ended { by: named(&by, can_open), at },
        explain::Answer::Unknown => Answer::Unknown,
    }
}
