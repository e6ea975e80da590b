//! The front page: what there is for a customer; the vendor's staff are led to a section that they may open.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use chrono::TimeDelta;
use grantry_model::artifact::ArtifactOrder;
use grantry_model::license_key::Holder;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;
use grantry_ops::artifact::list::{self, Listed};
use grantry_ops::deployment::summary::summary;
use grantry_ops::error::Error;
use grantry_ops::license_key;
use grantry_ui::layout::{Nav, Portal};
use grantry_ui::pages::deployment::DeploymentRef;
use grantry_ui::pages::home::show::{ArtifactsCard, DeploymentsCard, Home, LicensesCard, NewTag};
use grantry_ui::route;
use grantry_ui::validity::Validity;

use crate::app::App;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;
use crate::portal::license::window;

/// Artifacts that are named, each with its newest tag.
const NEWEST: usize = 5;
/// Deployments with an error that are named.
const FAULTY: usize = 5;

/// The page.
pub(crate) async fn show(State(app): State<App>, member: Member) -> PageResult {
    if member.shell.portal() == Portal::Vendor {
        return Ok(Redirect::to(&address(first(&member.shell.sections))).into_response());
    }
    let page = Home {
        vendor: member.shell.current.name.clone(),
        customer: member.shell.current.customer_name.clone().unwrap_or_default(),
        deployments: deployments(&app, &member).await?,
        artifacts: artifacts(&app, &member).await?,
        licenses: licenses(&app, &member).await?,
    };
    Ok(member.page(Nav::Home, &page))
}

async fn deployments(app: &App, member: &Member) -> Result<Option<DeploymentsCard>, Error> {
    if !member.may(app, Action::ViewDeployments) {
        return Ok(None);
    }
    let found = summary(&app.ops, &member.caller).await?;
    let faulty = found.faulty.iter().take(FAULTY).map(|deployed| DeploymentRef {
        deployment: deployed.entry.deployment.id,
        application: deployed.entry.application.name.as_str().to_owned(),
        target: deployed.entry.target_name.as_str().to_owned(),
        customer: None,
    });
    Ok(Some(DeploymentsCard {
        count: found.count,
        faulty: faulty.collect(),
        faults: found.faulty.len() as u64,
    }))
}

async fn artifacts(app: &App, member: &Member) -> Result<Option<ArtifactsCard>, Error> {
    if !member.may(app, Action::ViewArtifacts) {
        return Ok(None);
    }
    let newest = PageRequest { limit: Some(NEWEST), ..PageRequest::default() };
    let found = list::list(&app.ops, &member.caller, ArtifactOrder::Newest, &newest).await?;
    Ok(Some(ArtifactsCard {
        count: list::count(&app.ops, &member.caller).await?,
        newest: found.items.iter().filter_map(new_tag).collect(),
    }))
}

fn new_tag(listed: &Listed) -> Option<NewTag> {
    Some(NewTag {
        artifact: listed.artifact.id,
        name: listed.artifact.name.to_string(),
        tag: listed.newest_tag.as_ref()?.to_string(),
        pushed_at: listed.artifact.pushed_at?,
    })
}

async fn licenses(app: &App, member: &Member) -> Result<Option<LicensesCard>, Error> {
    if !member.may(app, Action::ViewLicenseKeys) {
        return Ok(None);
    }
    let now = app.ops.clock().now();
    let keys = license_key::list(&app.ops, &member.caller, Holder::Any, &PageRequest::default()).await?.items;
    let windows: Vec<_> = keys.iter().map(|key| window(&key.current.terms)).collect();
    let works = |state: Validity| !matches!(state, Validity::Expired | Validity::NotYet);
    let ahead = keys.iter().map(|key| key.current.terms.expires_at).filter(|at| *at > now);
    let soon = now + TimeDelta::days(30);
    Ok(Some(LicensesCard {
        active: windows.iter().filter(|window| works(window.at(now))).count() as u64,
        expiring: ahead.clone().filter(|at| *at <= soon).count() as u64,
        next_expiry: ahead.min(),
    }))
}

/// Licenses for who may open them, else the first section that is another page than this one.
fn first(sections: &[Nav]) -> Nav {
    let others = || sections.iter().copied().filter(|section| *section != Nav::Home);
    others().find(|section| *section == Nav::Licenses).or_else(|| others().next()).unwrap_or(Nav::Account)
}

fn address(section: Nav) -> String {
    match section {
        Nav::Home => route::Home.to_string(),
        Nav::Deployments => route::Deployments.to_string(),
        Nav::Applications => route::Applications.to_string(),
        Nav::Artifacts => route::Artifacts.to_string(),
        Nav::Licenses => route::Licenses.to_string(),
        Nav::Customers => route::Customers.to_string(),
        Nav::Users => route::Users.to_string(),
        Nav::Secrets => route::Secrets.to_string(),
        Nav::AccessTokens => route::AccessTokens.to_string(),
        Nav::AuditLog => route::AuditLog.to_string(),
        Nav::Settings => route::Settings.to_string(),
        Nav::Guides => route::Guides.to_string(),
        Nav::Account => route::Account.to_string(),
    }
}
