//! One deployment.

use axum::extract::State;
use grantry_model::application::Resource;
use grantry_model::id::DeploymentId;
use grantry_model::policy::Action;
use grantry_ops::application_version;
use grantry_ops::deployment::outlook::{self, Outlook};
use grantry_ops::deployment::revisions::{self, ShownRevision};
use grantry_ops::deployment::{self, Deployed};
use grantry_ops::deployment_status;
use grantry_ops::deployment_target;
use grantry_ops::error::Error;
use grantry_ops::log_line::Wanted;
use grantry_ui::layout::Nav;
use grantry_ui::pages::application_entitlement::EntitlementRef;
use grantry_ui::pages::application_version::show::Document;
use grantry_ui::pages::deployment::revision as ui;
use grantry_ui::pages::deployment::show::{Entitled, Show};

use super::status::said;
use super::{health, license, options, place};
use crate::app::App;
use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// Statuses that are shown beside the rest.
const SAID: usize = 5;
/// Revisions that are listed.
const REVISIONS: usize = 50;

/// The page.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<DeploymentId>) -> PageResult {
    let page = page(&app, &member, id).await?;
    Ok(member.page(Nav::Deployments, &page))
}

/// The page.
pub(super) async fn page(app: &App, member: &Member, id: DeploymentId) -> Result<Show, Error> {
    let (ops, caller) = (&app.ops, &member.caller);
    let deployed = deployment::show(ops, caller, id).await?;
    let entry = &deployed.entry;
    let target = deployment_target::show(ops, caller, entry.deployment.target).await?.target;
    let revisions = revisions::list(ops, caller, id).await?.revisions;
    let wanted = Wanted { limit: SAID, ..Wanted::default() };
    let statuses = deployment_status::list(ops, caller, id, &wanted).await?;
    let outlook = outlook::list(ops, caller, std::slice::from_ref(&deployed)).await?.pop();
    Ok(Show {
        place: place(&deployed),
        image: entry.application.image,
        kind: entry.application.kind,
        release_name: entry.deployment.installation.release_name().map(ToString::to_string),
        link: deployed.link.clone(),
        health: health(entry.status.as_ref()),
        seen_at: target.agent.seen_at,
        license: license(deployed.license),
        entitled: outlook.as_ref().and_then(|outlook| entitled(app, member, outlook)),
        newer: outlook.and_then(|outlook| outlook.newer).map(|version| version.name.as_str().to_owned()),
        render_error: entry.render_error.clone(),
        refused: None,
        said: statuses.into_iter().map(|status| said(status, &revisions)).collect(),
        revisions: revisions.iter().take(REVISIONS).map(present).collect(),
        documents: documents(app, member, &deployed).await?,
        logs: target.options.logs,
        can_edit: member.may(app, Action::EditDeployments),
    })
}

fn entitled(app: &App, member: &Member, outlook: &Outlook) -> Option<Entitled> {
    let can_open = member.may(app, Action::EditApplicationEntitlements);
    outlook.by.as_ref().map(|by| Entitled {
        by: EntitlementRef { entitlement: by.entitlement, name: by.name.as_str().to_owned(), can_open },
        until: by.until,
    })
}

/// The documents of the version that runs; none for a customer's member that it is not granted to any more.
async fn documents(app: &App, member: &Member, deployed: &Deployed) -> Result<Vec<Document>, Error> {
    let at = (deployed.entry.application.id, deployed.entry.version.id);
    let found = match application_version::resources(&app.ops, &member.caller, at).await {
        Err(Error::NotFound(_)) => Vec::new(),
        found => found?,
    };
    let document = |resource: Resource| Document {
        name: resource.name.as_str().to_owned(),
        content: resource.content,
        visible: resource.visible_to_customers,
    };
    Ok(found.into_iter().map(document).collect())
}

/// A revision as pages show it.
pub(super) fn present(shown: &ShownRevision) -> ui::Revision {
    let revision = &shown.entry.revision;
    let content = &revision.content;
    let author = Some(revision.author.name.clone()).filter(|name| shown.shows_author && !name.is_empty());
    ui::Revision {
        number: revision.seq,
        version_name: shown.entry.version_name.as_str().to_owned(),
        source: content.env.as_ref().or(content.values.as_ref()).cloned().unwrap_or_default(),
        options: options::words(content),
        created_at: revision.created_at,
        created_by: author,
        reason: revision.reason.clone(),
    }
}
