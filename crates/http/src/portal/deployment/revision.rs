//! One revision of a deployment, and rolling back to it.

use axum::extract::State;
use grantry_model::policy::Action;
use grantry_ops::deployment::choices::{Asked, choices};
use grantry_ops::deployment::revisions::{self, ShownRevision};
use grantry_ops::deployment::{self, Deployed, License, revise};
use grantry_ops::error::{Error, Kind};
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::deployment::revision::Show;
use grantry_ui::route::ShowDeployment;

use super::place;
use super::show::present;
use crate::app::App;
use crate::extract::DeploymentRevisionPath;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The page.
pub(crate) async fn show(State(app): State<App>, member: Member, path: DeploymentRevisionPath) -> PageResult {
    let page = page(&app, &member, &path).await?;
    Ok(member.page(Nav::Deployments, &page))
}

/// Rolls back to it; if that can't be, its page says why.
pub(crate) async fn roll_back(
    State(app): State<App>,
    path: DeploymentRevisionPath,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    let DeploymentRevisionPath { deployment, number } = path;
    match checked(revise::roll_back(&app.ops, &member.caller, deployment, number).await)? {
        Ok(_) => Ok(go(&ShowDeployment { deployment }, Notice::Deployed)),
        Err(refusal) => {
            let refused = refusal.errors.first().map(|error| error.message.clone());
            let page = Show { refused, ..page(&app, &member, &path).await? };
            Ok(member.refused(&refusal, Nav::Deployments, &page))
        }
    }
}

async fn page(app: &App, member: &Member, path: &DeploymentRevisionPath) -> Result<Show, Error> {
    let (ops, caller) = (&app.ops, &member.caller);
    let deployed = deployment::show(ops, caller, path.deployment).await?;
    let all = revisions::list(ops, caller, path.deployment).await?.revisions;
    let numbered = |number: u32| all.iter().find(|one| one.entry.revision.seq == number);
    let shown = numbered(path.number).ok_or(Error::NotFound(Kind::DeploymentRevision))?;
    let current = all.first().filter(|current| current.entry.revision.seq != path.number);
    let can_edit = member.may(app, Action::EditDeployments);
    let refused = match current {
        Some(_) if can_edit => refused(app, member, &deployed, shown).await?,
        _ => None,
    };
    Ok(Show {
        place: place(&deployed),
        revision: present(shown),
        before: numbered(path.number.saturating_sub(1)).map(present),
        current: current.map(present),
        can_edit,
        refused,
    })
}

/// Why a revision can't be rolled back to, as far as that is known beforehand.
async fn refused(
    app: &App,
    member: &Member,
    deployed: &Deployed,
    shown: &ShownRevision,
) -> Result<Option<String>, Error> {
    let deployment = &deployed.entry.deployment;
    let asked = Asked { deployment: Some(deployment.id), open: &[] };
    let found = choices(&app.ops, &member.caller, deployment.target, asked).await?;
    let version = shown.entry.revision.version;
    let is_open =
        found.applications.iter().flat_map(|one| &one.versions).any(|one| one.version.id == version);
    let runs = version == deployed.entry.version.id;
    if is_open && (!runs || deployed.license == License::Granted) {
        return Ok(None);
    }
    let name = shown.entry.version_name.as_str();
    Ok(Some(format!("Its version {name} is archived, or no entitlement grants it now.")))
}
