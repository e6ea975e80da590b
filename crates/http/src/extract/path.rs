//! Ids in paths. A malformed one is answered exactly as an unknown one.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse, Response};
use grantry_model::id::{
    AccessTokenId, ApplicationEntitlementId, ApplicationId, ApplicationVersionId, ArtifactEntitlementId,
    ArtifactId, CustomerId, DeploymentId, DeploymentTargetId, FileId, LicenseKeyId, ManifestId,
    OrganizationId, SecretId, SessionId, UserId,
};
use grantry_oci::digest::Digest;
use grantry_oci::reference::Tag;
use grantry_ops::error::{Error, Kind};
use grantry_ops::hub_secret::{Secret, SecretKind};
use http::request::Parts;

use crate::app::App;
use crate::portal;
use crate::problem::ApiProblem;

/// An id that stands in paths.
pub(crate) trait PathId: FromStr {
    /// What it names, for saying that there is none.
    const KIND: Kind;
}

impl PathId for AccessTokenId {
    const KIND: Kind = Kind::AccessToken;
}
impl PathId for ApplicationEntitlementId {
    const KIND: Kind = Kind::ApplicationEntitlement;
}
impl PathId for ApplicationId {
    const KIND: Kind = Kind::Application;
}
impl PathId for ArtifactEntitlementId {
    const KIND: Kind = Kind::ArtifactEntitlement;
}
impl PathId for ArtifactId {
    const KIND: Kind = Kind::Artifact;
}
impl PathId for CustomerId {
    const KIND: Kind = Kind::Customer;
}
impl PathId for DeploymentId {
    const KIND: Kind = Kind::Deployment;
}
impl PathId for DeploymentTargetId {
    const KIND: Kind = Kind::DeploymentTarget;
}
impl PathId for FileId {
    const KIND: Kind = Kind::File;
}
impl PathId for SecretId {
    const KIND: Kind = Kind::Secret;
}
impl PathId for LicenseKeyId {
    const KIND: Kind = Kind::LicenseKey;
}
impl PathId for OrganizationId {
    const KIND: Kind = Kind::Organization;
}
impl PathId for SessionId {
    const KIND: Kind = Kind::Session;
}
impl PathId for UserId {
    const KIND: Kind = Kind::Member;
}

/// The first parameter of the path, as an id.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: PathId + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, app).await;
        let first =
            params.ok().and_then(|params| params.iter().next().and_then(|(_, value)| value.parse().ok()));
        first.map(Self).ok_or_else(|| {
            let error = Error::NotFound(T::KIND);
            if parts.uri.path().starts_with("/api/") {
                ApiProblem::from(error).into_response()
            } else {
                portal::error::respond(error)
            }
        })
    }
}

/// The secret of a one-time link, as a path carries it.
pub(crate) struct LinkSecret(pub(crate) Secret);

impl FromStr for LinkSecret {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let secret = Secret::parse(text).filter(|secret| secret.kind() == SecretKind::Link);
        secret.map(Self).ok_or(())
    }
}

impl PathId for LinkSecret {
    const KIND: Kind = Kind::Link;
}

/// A license key's id and the number of one of its revisions.
pub(crate) struct RevisionPath {
    pub(crate) key: LicenseKeyId,
    pub(crate) number: u32,
}

impl FromRequestParts<App> for RevisionPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Path(key) = Path::from_request_parts(parts, app).await?;
        let params = RawPathParams::from_request_parts(parts, app).await;
        let number =
            params.ok().and_then(|params| params.iter().nth(1).and_then(|(_, text)| text.parse().ok()));
        let number = number.ok_or_else(|| portal::error::respond(Error::NotFound(Kind::Revision)))?;
        Ok(Self { key, number })
    }
}

/// A deployment's id and the number of one of its revisions.
pub(crate) struct DeploymentRevisionPath {
    pub(crate) deployment: DeploymentId,
    pub(crate) number: u32,
}

impl FromRequestParts<App> for DeploymentRevisionPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Path(deployment) = Path::from_request_parts(parts, app).await?;
        Ok(Self { deployment, number: second(parts, app, Kind::DeploymentRevision).await? })
    }
}

/// An artifact's id and one of its tags.
pub(crate) struct TagPath {
    pub(crate) artifact: ArtifactId,
    pub(crate) tag: Tag,
}

impl FromRequestParts<App> for TagPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (artifact, tag) = in_artifact(parts, app, Kind::Tag).await?;
        Ok(Self { artifact, tag })
    }
}

/// An artifact's id and the digest of one of its manifests.
pub(crate) struct DigestPath {
    pub(crate) artifact: ArtifactId,
    pub(crate) digest: Digest,
}

impl FromRequestParts<App> for DigestPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (artifact, digest) = in_artifact(parts, app, Kind::Manifest).await?;
        Ok(Self { artifact, digest })
    }
}

/// An artifact's id and that of one of its manifests.
pub(crate) struct ManifestPath {
    pub(crate) artifact: ArtifactId,
    pub(crate) manifest: ManifestId,
}

impl FromRequestParts<App> for ManifestPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (artifact, manifest) = in_artifact(parts, app, Kind::Manifest).await?;
        Ok(Self { artifact, manifest })
    }
}

async fn in_artifact<T: FromStr>(
    parts: &mut Parts,
    app: &App,
    kind: Kind,
) -> Result<(ArtifactId, T), Response> {
    let Path(artifact) = Path::from_request_parts(parts, app).await?;
    Ok((artifact, second(parts, app, kind).await?))
}

/// An application's id and that of one of its versions.
pub(crate) struct ApplicationVersionPath(pub(crate) (ApplicationId, ApplicationVersionId));

impl FromRequestParts<App> for ApplicationVersionPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let kind = Kind::ApplicationVersion;
        let params = RawPathParams::from_request_parts(parts, app).await;
        let first =
            params.ok().and_then(|params| params.iter().next().and_then(|(_, text)| text.parse().ok()));
        let application = first.ok_or_else(|| missing(parts, kind))?;
        Ok(Self((application, second(parts, app, kind).await?)))
    }
}

/// A version of an application, and the name of one of its files.
pub(crate) struct VersionFilePath {
    pub(crate) at: (ApplicationId, ApplicationVersionId),
    pub(crate) name: String,
}

impl FromRequestParts<App> for VersionFilePath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let ApplicationVersionPath(at) = ApplicationVersionPath::from_request_parts(parts, app).await?;
        let params = RawPathParams::from_request_parts(parts, app).await;
        let name = params.ok().and_then(|params| params.iter().nth(2).map(|(_, text)| text.to_owned()));
        Ok(Self { at, name: name.unwrap_or_default() })
    }
}

/// The second parameter of the path.
async fn second<T: FromStr>(parts: &mut Parts, app: &App, kind: Kind) -> Result<T, Response> {
    let params = RawPathParams::from_request_parts(parts, app).await;
    let second = params.ok().and_then(|params| params.iter().nth(1).and_then(|(_, text)| text.parse().ok()));
    second.ok_or_else(|| missing(parts, kind))
}

fn missing(parts: &Parts, kind: Kind) -> Response {
    let error = Error::NotFound(kind);
    if parts.uri.path().starts_with("/api/") {
        ApiProblem::from(error).into_response()
    } else {
        portal::error::respond(error)
    }
}
