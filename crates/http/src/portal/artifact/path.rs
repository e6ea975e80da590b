//! Tags and manifests in paths, after their artifact.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::Response;
use grantry_model::id::{ArtifactId, ManifestId};
use grantry_oci::reference::Tag;
use grantry_ops::error::{Error, Kind};
use http::request::Parts;

use crate::app::App;
use crate::extract::Path;
use crate::portal;

/// An artifact and one of its tags.
pub(crate) struct TagPath {
    pub(crate) artifact: ArtifactId,
    pub(crate) tag: Tag,
}

/// An artifact and one of its manifests.
pub(crate) struct ManifestPath {
    pub(crate) artifact: ArtifactId,
    pub(crate) manifest: ManifestId,
}

impl FromRequestParts<App> for TagPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (artifact, tag) = read(parts, app, Kind::Tag).await?;
        Ok(Self { artifact, tag })
    }
}

impl FromRequestParts<App> for ManifestPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (artifact, manifest) = read(parts, app, Kind::Manifest).await?;
        Ok(Self { artifact, manifest })
    }
}

/// The first parameter and the second. A malformed one is answered as an unknown one.
async fn read<T: FromStr>(parts: &mut Parts, app: &App, kind: Kind) -> Result<(ArtifactId, T), Response> {
    let Path(artifact) = Path::from_request_parts(parts, app).await?;
    let params = RawPathParams::from_request_parts(parts, app).await;
    let second = params.ok().and_then(|params| params.iter().nth(1).and_then(|(_, text)| text.parse().ok()));
    second.map(|second| (artifact, second)).ok_or_else(|| portal::error::respond(Error::NotFound(kind)))
}
