//! The JSON API: `/api/v1` for members, `/api/public/v1` and `/.well-known` for everybody, and its own description.

mod access;
mod access_tokens;
mod application_entitlements;
mod application_versions;
mod applications;
mod artifact_entitlements;
mod artifact_pulls;
mod artifacts;
mod audit_events;
mod auth;
mod context;
mod customers;
mod deployment_targets;
pub(crate) mod deployments;
pub(crate) mod files;
mod license_keys;
mod licenses;
mod logs;
mod organization;
mod parameter;
mod public_keys;
mod secrets;
mod sessions;
mod settings;
pub(crate) mod users;

use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::App;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Grantry API",
        description = "License management and software distribution. Everything that the portals do can be done here.\n\n\
            Sign in with `Authorization: AccessToken …` or `Authorization: Bearer …`, with an access token or a session's \
            token. Lists are arrays; with `limit` they come in parts, and the `Link` header names the next one. Errors \
            are problem documents (RFC 9457) with a stable `code`. Creations take an `Idempotency-Key`: a repeat within \
            24 hours returns the first answer.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "license keys", description = "Named license records, their revisions and signed tokens."),
        (name = "applications", description = "What agents deploy, in immutable versions."),
        (name = "application entitlements", description = "What customers may deploy, and until when."),
        (name = "artifacts", description = "The repositories of the registry, their versions and tags, and who pulled what."),
        (name = "artifact entitlements", description = "What customers may pull, until when, and why."),
        (name = "deployments", description = "Environments that agents work in, and what runs there."),
        (name = "secrets", description = "Values that the templates of deployments read."),
        (name = "customers", description = "The buyers in an organization."),
        (name = "members", description = "The vendor's staff and the members of customers."),
        (name = "account", description = "Signing in, one's own account, sessions and access tokens."),
        (name = "files", description = "Small images that are shown beside names."),
        (name = "organization", description = "The organization and its audit log."),
        (name = "public", description = "What anybody may read: the keys that verify license tokens."),
    ),
)]
struct Document;

fn routes() -> OpenApiRouter<App> {
    let router = OpenApiRouter::with_openapi(Document::openapi());
    people_routes(deployment_routes(license_routes(router)))
}

/// What vendors license.
fn license_routes(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    router
        .routes(routes!(license_keys::list::list, license_keys::create::create))
        .routes(routes!(license_keys::show::show, license_keys::update::update, license_keys::delete::delete))
        .routes(routes!(license_keys::token::token))
        .routes(routes!(license_keys::revisions::revisions))
        .routes(routes!(licenses::list))
        .routes(routes!(licenses::copy))
        .routes(routes!(artifact_entitlements::list, artifact_entitlements::create))
        .routes(routes!(
            artifact_entitlements::show,
            artifact_entitlements::update,
            artifact_entitlements::delete
        ))
        .routes(routes!(applications::list, applications::create))
        .routes(routes!(applications::show, applications::update, applications::patch, applications::delete))
        .routes(routes!(applications::image))
        .routes(routes!(application_versions::create))
        .routes(routes!(application_versions::show, application_versions::update))
        .routes(routes!(application_versions::compose_file))
        .routes(routes!(application_versions::values_file))
        .routes(routes!(application_versions::template_file))
        .routes(routes!(application_versions::resources))
        .routes(routes!(application_entitlements::list, application_entitlements::create))
        .routes(routes!(
            application_entitlements::show,
            application_entitlements::update,
            application_entitlements::delete
        ))
        .routes(routes!(access::explain))
        .routes(routes!(access::sight))
        .routes(routes!(artifacts::list::list, artifacts::upstream::create))
        .routes(routes!(artifacts::show::show, artifacts::upstream::update, artifacts::delete::artifact))
        .routes(routes!(artifacts::upstream::sync))
        .routes(routes!(artifacts::image::image))
        .routes(routes!(artifacts::delete::tag))
        .routes(routes!(artifacts::delete::version))
        .routes(routes!(artifact_pulls::list))
        .routes(routes!(artifact_pulls::export))
        .routes(routes!(artifact_pulls::filter_options))
        .routes(routes!(artifact_pulls::version_options))
        .routes(routes!(artifact_pulls::series))
        .routes(routes!(artifact_pulls::by_customer))
}

/// What runs where.
fn deployment_routes(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    router
        .routes(routes!(secrets::list, secrets::create))
        .routes(routes!(secrets::update, secrets::delete))
        .routes(routes!(deployment_targets::list::list, deployment_targets::write::create))
        .routes(routes!(
            deployment_targets::list::show,
            deployment_targets::write::update,
            deployment_targets::write::delete
        ))
        .routes(routes!(deployment_targets::access::request))
        .routes(routes!(deployment_targets::notes::show, deployment_targets::notes::update))
        .routes(routes!(deployment_targets::list::versions))
        .routes(routes!(deployments::deploy::deploy))
        .routes(routes!(deployments::deploy::preview))
        .routes(routes!(deployments::undeploy::undeploy))
        .routes(routes!(deployments::revisions::list))
        .routes(routes!(deployments::statuses::list))
        .routes(routes!(deployments::statuses::export))
        .routes(routes!(deployments::logs::list))
        .routes(routes!(deployments::logs::resources))
        .routes(routes!(deployments::logs::export))
        .routes(routes!(deployment_targets::logs::list))
        .routes(routes!(deployment_targets::logs::export))
        .routes(routes!(deployment_targets::metrics::last))
        .routes(routes!(deployment_targets::metrics::series))
        .routes(routes!(deployments::revisions::roll_back))
}

/// Who works with it, and what is of the whole organization.
fn people_routes(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    router
        .routes(routes!(customers::list, customers::create))
        .routes(routes!(customers::show, customers::update, customers::delete))
        .routes(routes!(users::list, users::invite))
        .routes(routes!(users::update, users::remove))
        .routes(routes!(users::invite_again))
        .routes(routes!(access_tokens::list, access_tokens::create))
        .routes(routes!(access_tokens::delete))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(settings::update))
        .routes(routes!(auth::login))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::switch_context))
        .routes(routes!(auth::accept_invitation))
        .routes(routes!(context::show))
        .routes(routes!(context::list_organizations))
        .routes(routes!(organization::show, organization::update))
        .routes(routes!(files::list, files::create))
        .routes(routes!(files::show, files::delete))
        .routes(routes!(audit_events::list))
        .routes(routes!(public_keys::pem))
        .routes(routes!(public_keys::jwks))
        .routes(routes!(public_keys::organization_jwks))
}

/// The API's description, OpenAPI 3.1.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = routes().into_openapi();
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token, or a session's token."))
        .build();
    document.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    document
}

pub(crate) fn router() -> Router<App> {
    let (router, _) = routes().split_for_parts();
    router.merge(SwaggerUi::new("/docs").url("/docs/openapi.json", document()))
}
