//! The portals: pages for browsers, rendered here and improved by script there.

mod access_token;
mod account;
mod application;
mod application_entitlement;
mod application_version;
mod artifact;
mod artifact_entitlement;
mod asset;
mod audit;
mod customer;
mod deployment;
mod deployment_target;
mod entitlement;
pub(crate) mod error;
mod file;
mod form;
mod frame;
mod guide;
mod home;
mod image;
mod license;
mod license_key;
mod pull;
mod secret;
mod session;
mod settings;
mod theme;
mod user;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use grantry_ui::route;

use crate::app::App;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route(route::Home::PATH, get(home::show))
        .route(route::AssetFile::PATH, get(asset::show))
        .route(route::ShowFile::PATH, get(file::show))
        .route(route::ChooseTheme::PATH, post(theme::choose))
        .route(route::Guides::PATH, get(guide::list))
        .route(route::ShowGuide::PATH, get(guide::show))
        .merge(sessions())
        .merge(deployment_targets())
        .merge(deployments())
        .merge(secrets())
        .merge(applications())
        .merge(images())
        .merge(artifacts())
        .merge(application_entitlements())
        .merge(licenses())
        .merge(people())
        .merge(organization())
}

fn sessions() -> Router<App> {
    use session::{password, set_up, sign_in, sign_out, switch};
    Router::new()
        .route(route::SignIn::PATH, get(sign_in::show).post(sign_in::create))
        .route(route::SignOut::PATH, post(sign_out::delete))
        .route(route::SetUp::PATH, get(set_up::show).post(set_up::create))
        .route(route::SetPassword::PATH, get(password::show).post(password::create))
        .route(route::Switch::PATH, post(switch::update))
}

fn applications() -> Router<App> {
    use application::{create, delete, edit, list, show};
    use application_version as version;
    Router::new()
        .route(route::Applications::PATH, get(list::list))
        .route(route::NewApplication::PATH, get(create::show).post(create::create))
        .route(route::ShowApplication::PATH, get(show::show))
        .route(route::EditApplication::PATH, get(edit::show).post(edit::update))
        .route(route::DeleteApplication::PATH, get(delete::show).post(delete::delete))
        .route(route::NewApplicationVersion::PATH, get(version::create::show).post(version::create::create))
        .route(route::ShowApplicationVersion::PATH, get(version::show::show))
        .route(route::EditApplicationVersion::PATH, get(version::edit::show).post(version::edit::update))
        .route(route::ArchiveApplicationVersion::PATH, post(version::archive::update))
        .route(route::ApplicationVersionFile::PATH, get(version::file::show))
}

fn images() -> Router<App> {
    use image::{application, artifact};
    let application = get(application::show).post(application::update);
    let artifact = get(artifact::show).post(artifact::update);
    Router::new()
        .route(route::ApplicationImage::PATH, application.layer(DefaultBodyLimit::max(image::MAX_FORM)))
        .route(route::ArtifactImage::PATH, artifact.layer(DefaultBodyLimit::max(image::MAX_FORM)))
}

fn deployment_targets() -> Router<App> {
    use deployment_target::{connect, create, delete, edit, list, logs, notes, show};
    Router::new()
        .route(route::Deployments::PATH, get(list::list))
        .route(route::NewDeploymentTarget::PATH, get(create::show).post(create::create))
        .route(route::ShowDeploymentTarget::PATH, get(show::show))
        .route(route::EditDeploymentTarget::PATH, get(edit::show).post(edit::update))
        .route(route::ConnectDeploymentTarget::PATH, get(connect::show).post(connect::create))
        .route(route::TargetNotes::PATH, post(notes::update))
        .route(route::TargetLogs::PATH, get(logs::show))
        .route(route::DeleteDeploymentTarget::PATH, get(delete::show).post(delete::delete))
}

fn deployments() -> Router<App> {
    use deployment::{create, delete, edit, logs, restart, revision, show, status};
    Router::new()
        .route(route::NewDeployment::PATH, get(create::show).post(create::create))
        .route(route::ShowDeployment::PATH, get(show::show))
        .route(route::EditDeployment::PATH, get(edit::show).post(edit::update))
        .route(route::DeploymentLogs::PATH, get(logs::show))
        .route(route::DeploymentStatus::PATH, get(status::show))
        .route(route::ShowDeploymentRevision::PATH, get(revision::show))
        .route(route::RollBack::PATH, post(revision::roll_back))
        .route(route::RestartDeployment::PATH, post(restart::update))
        .route(route::DeleteDeployment::PATH, get(delete::show).post(delete::delete))
}

fn secrets() -> Router<App> {
    use secret::{create, delete, edit, list};
    Router::new()
        .route(route::Secrets::PATH, get(list::list))
        .route(route::NewSecret::PATH, get(create::show).post(create::create))
        .route(route::EditSecret::PATH, get(edit::show).post(edit::update))
        .route(route::DeleteSecret::PATH, get(delete::show).post(delete::delete))
}

fn application_entitlements() -> Router<App> {
    use application_entitlement::{create, delete, edit};
    Router::new()
        .route(route::NewApplicationEntitlement::PATH, get(create::show).post(create::create))
        .route(route::EditApplicationEntitlement::PATH, get(edit::show).post(edit::update))
        .route(route::DeleteApplicationEntitlement::PATH, get(delete::show).post(delete::delete))
}

fn artifacts() -> Router<App> {
    use artifact::{create, delete, list, show, upstream};
    Router::new()
        .route(route::Artifacts::PATH, get(list::list))
        .route(route::NewArtifact::PATH, get(create::show).post(create::create))
        .route(route::Pulls::PATH, get(pull::list::list))
        .route(route::PullsFile::PATH, get(pull::file::show))
        .route(route::ShowArtifact::PATH, get(show::show))
        .route(route::EditUpstream::PATH, get(upstream::show).post(upstream::update))
        .route(route::DeleteArtifact::PATH, get(delete::show).post(delete::delete))
        .route(route::DeleteTag::PATH, get(delete::show_tag).post(delete::delete_tag))
        .route(route::DeleteManifest::PATH, get(delete::show_manifest).post(delete::delete_manifest))
}

fn licenses() -> Router<App> {
    use artifact_entitlement as entitlement;
    use license_key::{create, delete, edit, revision, show, token_file};
    Router::new()
        .route(route::Licenses::PATH, get(license::show))
        .route(route::OrganizationLicenses::PATH, get(license::organization_wide::show))
        .route(route::CustomerLicenses::PATH, get(license::customer::show))
        .route(route::CopyLicenses::PATH, get(license::copy::show).post(license::copy::create))
        .route(
            route::NewArtifactEntitlement::PATH,
            get(entitlement::create::show).post(entitlement::create::create),
        )
        .route(
            route::EditArtifactEntitlement::PATH,
            get(entitlement::edit::show).post(entitlement::edit::update),
        )
        .route(
            route::DeleteArtifactEntitlement::PATH,
            get(entitlement::delete::show).post(entitlement::delete::delete),
        )
        .route(route::NewLicenseKey::PATH, get(create::show).post(create::create))
        .route(route::ShowLicenseKey::PATH, get(show::show))
        .route(route::EditLicenseKey::PATH, get(edit::show).post(edit::update))
        .route(route::DeleteLicenseKey::PATH, get(delete::show).post(delete::delete))
        .route(route::ShowRevision::PATH, get(revision::show))
        .route(route::TokenFile::PATH, get(token_file::show))
}

fn people() -> Router<App> {
    Router::new()
        .route(route::Customers::PATH, get(customer::list::list))
        .route(route::NewCustomer::PATH, get(customer::create::show).post(customer::create::create))
        .route(route::EditCustomer::PATH, get(customer::edit::show).post(customer::edit::update))
        .route(route::DeleteCustomer::PATH, get(customer::delete::show).post(customer::delete::delete))
        .route(route::Users::PATH, get(user::list::list))
        .route(route::InviteUser::PATH, get(user::invite::show).post(user::invite::create))
        .route(route::EditUser::PATH, get(user::edit::show).post(user::edit::update))
        .route(route::DeleteUser::PATH, get(user::delete::show).post(user::delete::delete))
}

fn organization() -> Router<App> {
    use access_token as token;
    Router::new()
        .route(route::AccessTokens::PATH, get(token::list::list))
        .route(route::NewAccessToken::PATH, get(token::create::show).post(token::create::create))
        .route(route::DeleteAccessToken::PATH, get(token::delete::show).post(token::delete::delete))
        .route(route::Account::PATH, get(account::show::show).post(account::show::update))
        .route(route::DeleteSession::PATH, post(account::session::delete))
        .route(route::AuditLog::PATH, get(audit::list::list))
        .route(route::Settings::PATH, get(settings::show::show).post(settings::show::update))
        .route(route::ApplicationSettings::PATH, post(settings::applications::update))
        .route(route::ArtifactSettings::PATH, post(settings::artifacts::update))
}
