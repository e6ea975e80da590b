//! One license key with its token and revisions.

use axum::extract::State;
use grantry_license::decode_unverified;
use grantry_model::id::LicenseKeyId;
use grantry_model::policy::Action;
use grantry_ops::error::Error;
use grantry_ops::license_key::{readers, token};
use grantry_ops::signing::list_published;
use grantry_ui::layout::Nav;
use grantry_ui::pages::deployment::DeploymentRef;
use grantry_ui::pages::license_key::show::Show;

use super::{owner, present};
use crate::app::App;
use crate::extract::Path;
use crate::portal::deployment::affected;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The page.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<LicenseKeyId>) -> PageResult {
    let found = token::revisions(&app.ops, &member.caller, id).await?;
    let token = found.revisions.first().map(|(_, token)| token.clone()).unwrap_or_default();
    let page = Show {
        portal: member.shell.portal(),
        key: id,
        name: found.key.name.as_str().to_owned(),
        owner: owner(&app.ops, &member.caller, &found.key).await?,
        description: found.key.description,
        revisions: found.revisions.iter().map(|(revision, _)| present(revision)).collect(),
        public_key: public_key(&app, &token).await?,
        token,
        organization: member.caller.actor.organization,
        hub: app.public_url().to_owned(),
        read_by: read_by(&app, &member, id).await?,
        can_edit: member.may(&app, Action::EditLicenseKey),
    };
    Ok(member.page(Nav::Licenses, &page))
}

/// The deployments that read it, for who may see those.
async fn read_by(app: &App, member: &Member, id: LicenseKeyId) -> Result<Option<Vec<DeploymentRef>>, Error> {
    if !member.may(app, Action::ViewDeployments) {
        return Ok(None);
    }
    let found = readers::list(&app.ops, &member.caller, id).await?;
    affected::refs(&app.ops, member, &found).await.map(Some)
}

/// The public key that verifies a token, as PEM; the active one if its own is not published any more.
async fn public_key(app: &App, token: &str) -> Result<String, Error> {
    let keys = list_published(&app.ops).await?;
    let decoded = decode_unverified(token).ok();
    let id = decoded.as_ref().and_then(|token| token.header.get("kid")).and_then(|id| id.as_str());
    let own = keys.iter().find(|key| Some(key.key_id()) == id);
    Ok(own.or(keys.first()).map(|key| key.to_spki_pem()).unwrap_or_default())
}
