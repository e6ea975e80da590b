//! The public keys that verify license tokens; anybody may read them.

use axum::extract::State;
use axum::response::Response;
use grantry_license::{KeySet, PublicKey};
use grantry_model::id::OrganizationId;
use grantry_ops::Ops;
use grantry_ops::error::Error;
use grantry_ops::signing::{list_published, list_published_for};
use grantry_wire::problem::Problem;
use http::HeaderMap;

use crate::extract::Path;
use crate::problem::ApiResult;
use crate::respond::cacheable;

const CACHE: &str = "public, max-age=300";

fn jwk_set(headers: &HeaderMap, keys: Vec<PublicKey>) -> Response {
    let mut set = KeySet::new();
    keys.into_iter().for_each(|key| set.insert(key));
    cacheable(headers, "application/jwk-set+json", CACHE, set.to_jwks().to_string())
}

/// The key that signs license tokens now
///
/// As PEM (SPKI).
#[utoipa::path(get, operation_id = "public_key_pem",
    path = "/api/public/v1/license-keys/public-key", tag = "public",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn pem(State(ops): State<Ops>, headers: HeaderMap) -> ApiResult<Response> {
    let keys = list_published(&ops).await?;
    let active = keys.first().ok_or(Error::NotFound(grantry_ops::error::Kind::Organization))?;
    Ok(cacheable(&headers, "text/plain; charset=utf-8", CACHE, active.to_spki_pem()))
}

/// Every key under which a license token may still be valid
///
/// A JWK Set (RFC 7517).
#[utoipa::path(get, operation_id = "public_key_jwks",
    path = "/.well-known/jwks.json", tag = "public",
    responses((status = 200, body = Object, content_type = "application/jwk-set+json")))]
pub(crate) async fn jwks(State(ops): State<Ops>, headers: HeaderMap) -> ApiResult<Response> {
    Ok(jwk_set(&headers, list_published(&ops).await?))
}

/// The keys that are right for one organization's license tokens
///
/// A JWK Set (RFC 7517).
#[utoipa::path(get, operation_id = "public_key_organization_jwks",
    path = "/api/public/v1/organizations/{id}/jwks.json", tag = "public",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Object, content_type = "application/jwk-set+json"), (status = 404, body = Problem)))]
pub(crate) async fn organization_jwks(
    State(ops): State<Ops>,
    Path(id): Path<OrganizationId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    Ok(jwk_set(&headers, list_published_for(&ops, id).await?))
}
