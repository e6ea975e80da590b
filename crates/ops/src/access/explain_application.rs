//! Explaining why a customer may or may not deploy a version of an application.

use chrono::{DateTime, Utc};
use grantry_model::access::answer::granting;
use grantry_model::access::application::{Allowed, Decision, Index, Refused, Rule};
use grantry_model::application::{Application, Version};
use grantry_model::application_entitlement::{ApplicationEntitlement, Asked, Scope};
use grantry_model::customer::Feature;
use grantry_model::id::{ApplicationEntitlementId, ApplicationId, ApplicationVersionId, CustomerId};
use grantry_model::name::fold;
use grantry_model::page::PageRequest;
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;

use super::explain::Named;
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Why a customer may or may not see and deploy something now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The answer.
    pub answer: Answer,
    /// Whether it was asked of a version, and not of the application as a whole.
    pub is_of_version: bool,
    /// Whether the version is archived, so that nobody deploys it anew.
    pub is_archived: bool,
}

/// Why a customer may or may not see and deploy something now, whether or not it is archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It may: the organization's customers see every application.
    Unrestricted,
    /// It may by an entitlement; of several, by the one that ends last.
    Granted {
        /// The entitlement.
        by: Named<ApplicationEntitlementId>,
        /// By what in it.
        rule: Rule,
        /// What it grants.
        scope: Scope,
        /// Until when; `None`: without end.
        until: Option<DateTime<Utc>>,
    },
    /// It may not: deployments are switched off for it.
    FeatureOff,
    /// It may not: nothing active grants it anything of the application.
    NoEntitlement,
    /// It may not: these active entitlements grant other versions of the application.
    OutsideScope(Vec<(Named<ApplicationEntitlementId>, Scope)>),
    /// It may not any more.
    Expired {
        /// What granted it; of several, what ended last.
        by: Named<ApplicationEntitlementId>,
        /// When it ended.
        at: DateTime<Utc>,
    },
    /// There is no such application or version, for whomever.
    Unknown,
}

impl Answer {
    /// Whether the customer may see it.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Unrestricted | Self::Granted { .. })
    }

    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unrestricted => "unrestricted",
            Self::Granted { .. } => "granted",
            Self::FeatureOff => "feature_off",
            Self::NoEntitlement => "no_entitlement",
            Self::OutsideScope(_) => "outside_scope",
            Self::Expired { .. } => "entitlement_expired",
            Self::Unknown => "unknown",
        }
    }

    /// The entitlement that the answer names; of several, the first.
    pub fn entitlement(&self) -> Option<&Named<ApplicationEntitlementId>> {
        match self {
            Self::Granted { by, .. } | Self::Expired { by, .. } => Some(by),
            Self::OutsideScope(all) => all.first().map(|(by, _)| by),
            Self::Unrestricted | Self::FeatureOff | Self::NoEntitlement | Self::Unknown => None,
        }
    }

    /// The answer about a version as a sentence.
    fn sentence(&self) -> String {
        match self {
            Self::Unrestricted => Allowed::Unrestricted.sentence(""),
            Self::Granted { by, rule, until, .. } => {
                Allowed::Granted { entitlement: by.id, rule: *rule, until: *until }.sentence(by.name.as_str())
            }
            Self::FeatureOff => "Deployments are switched off for this customer.".to_owned(),
            Self::NoEntitlement => Refused::NoEntitlement.sentence(""),
            Self::OutsideScope(all) => {
                let sentences = all
                    .iter()
                    .map(|(by, _)| Refused::OutsideScope { entitlement: by.id }.sentence(by.name.as_str()));
                sentences.collect::<Vec<_>>().join(" ")
            }
            Self::Expired { by, at } => {
                Refused::Expired { entitlement: by.id, at: *at }.sentence(by.name.as_str())
            }
            Self::Unknown => "There is no such application, or no such version of it.".to_owned(),
        }
    }
}

impl Explanation {
    /// The explanation as a sentence or two.
    pub fn sentence(&self) -> String {
        let sentence = match &self.answer {
            Answer::Granted { by, rule, until, .. } if !self.is_of_version && *rule != Rule::All => {
                granting(by.name.as_str(), "versions of this application", *until)
            }
            answer => answer.sentence(),
        };
        if self.is_archived && self.answer.is_allowed() {
            return format!("{sentence} It is archived, so it can't be deployed anew.");
        }
        sentence
    }
}

/// Why the members of a customer may or may not see and deploy a version of an application; without a version, anything of it.
/// Both are named by name or id.
///
/// # Errors
/// There is no such customer; the caller is not the vendor's.
pub async fn explain(
    ops: &Ops,
    caller: &Caller,
    customer: CustomerId,
    (application, version): (&str, Option<&str>),
) -> Result<Explanation> {
    let permit = ops.authorize(caller, Action::ViewArtifactEntitlements).await?;
    let now = ops.clock().now();
    let mut tx = ops.store().read().await?;
    let found = tx.find_customer(&permit, customer).await?.ok_or(Error::NotFound(Kind::Customer))?;
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    let is_of_version = version.is_some();
    let unknown = Explanation { answer: Answer::Unknown, is_of_version, is_archived: false };
    let Some(application) = find_application(&mut tx, &permit, application).await? else {
        return Ok(unknown);
    };
    let mut asked = None;
    if let Some(text) = version {
        asked = find_version(&mut tx, &permit, application.id, text).await?;
        if asked.is_none() {
            return Ok(unknown);
        }
    }
    let is_archived = asked.as_ref().is_some_and(|version| version.archived_at.is_some());
    if !found.features.contains(&Feature::DeploymentTargets) {
        return Ok(Explanation { answer: Answer::FeatureOff, is_of_version, is_archived });
    }
    let entitlements = tx.list_application_entitlements(&permit, Some(customer)).await?;
    let index = Index::new(organization.applications_restricted, &entitlements);
    let view = index.view(customer, application.id, now);
    let decided = asked.as_ref().map_or_else(|| view.application(), |asked| view.version(Asked::from(asked)));
    let answer = answer(decided, (&entitlements, application.id), now);
    Ok(Explanation { answer, is_of_version, is_archived })
}

async fn find_application(tx: &mut Tx, permit: &Permit, text: &str) -> Result<Option<Application>> {
    let text = text.trim();
    if let Ok(id) = text.parse::<ApplicationId>() {
        return Ok(tx.find_application(permit, id).await?);
    }
    let page = PageRequest { search: Some(text.to_owned()), ..PageRequest::default() };
    let found = tx.list_applications(permit, &page).await?.items;
    Ok(found.into_iter().find(|one| one.name.fold() == fold(text)))
}

async fn find_version(
    tx: &mut Tx,
    permit: &Permit,
    application: ApplicationId,
    text: &str,
) -> Result<Option<Version>> {
    let text = text.trim();
    let id = text.parse::<ApplicationVersionId>().ok();
    let versions = tx.list_application_versions(permit, application).await?;
    Ok(versions.into_iter().find(|one| Some(one.id) == id || one.name.fold() == fold(text)))
}

fn answer(
    decided: Decision,
    (entitlements, application): (&[ApplicationEntitlement], ApplicationId),
    now: DateTime<Utc>,
) -> Answer {
    let find = |id| entitlements.iter().find(|one| one.id == id);
    let named = |one: &ApplicationEntitlement| Named { id: one.id, name: one.name.clone() };
    match decided {
        Ok(Allowed::Unrestricted) => Answer::Unrestricted,
        Ok(Allowed::Granted { entitlement, rule, until }) => match find(entitlement) {
            Some(one) => Answer::Granted { by: named(one), rule, scope: one.scope.clone(), until },
            None => Answer::NoEntitlement,
        },
        Err(Refused::Expired { entitlement, at }) => match find(entitlement) {
            Some(one) => Answer::Expired { by: named(one), at },
            None => Answer::NoEntitlement,
        },
        Err(Refused::OutsideScope { .. }) => {
            let active =
                entitlements.iter().filter(|one| one.application == application && one.is_active(now));
            Answer::OutsideScope(active.map(|one| (named(one), one.scope.clone())).collect())
        }
        Err(Refused::NoEntitlement) => Answer::NoEntitlement,
    }
}
