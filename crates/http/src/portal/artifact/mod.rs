//! Artifacts: the vendor's, and those that a customer may pull.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
mod portal;
mod portal_show;
pub(crate) mod scope;
pub(crate) mod show;
pub(crate) mod upstream;

use grantry_model::artifact::Version;
use grantry_oci::reference::Tag;
use grantry_ops::artifact::list::{self as artifacts, Listed};
use grantry_ops::caller::Caller;
use grantry_ops::error::Error;
use grantry_ops::{Ops, organization};
use grantry_ui::pages::artifact::ArtifactChoice;
use grantry_ui::pages::artifact::commands::Registry;
use grantry_ui::pages::artifact::version as ui;

use crate::app::App;

/// Where the artifacts of the caller's organization are.
async fn registry(app: &App, caller: &Caller) -> Result<Registry, Error> {
    let organization = organization::show(&app.ops, caller).await?;
    let url = app.public_url();
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    Ok(Registry { host: host.to_owned(), slug: organization.slug.as_str().to_owned() })
}

/// All artifacts by name, to choose one of.
pub(crate) async fn choices(ops: &Ops, caller: &Caller) -> Result<Vec<ArtifactChoice>, Error> {
    let all = artifacts::choices(ops, caller).await?;
    Ok(all.into_iter().map(|(artifact, name)| ArtifactChoice { artifact, name }).collect())
}

/// The tag that commands name; empty if there is none.
fn newest_tag(listed: &Listed) -> String {
    listed.newest_tag.as_ref().map(Tag::to_string).unwrap_or_default()
}

/// A version as tables show it; how often it was pulled is for who may know it.
fn version(version: Version, pulls: Option<u64>) -> ui::Version {
    let mut tags = version.tags;
    tags.sort_by(|a, b| (b.updated_at, &b.name).cmp(&(a.updated_at, &a.name)));
    ui::Version {
        manifest: version.manifest.id,
        digest: version.manifest.digest.to_string(),
        kind: version.manifest.kind,
        tags: tags.iter().map(|tag| tag.name.to_string()).collect(),
        platforms: version.platforms,
        attached: version.attached,
        size: version.manifest.total_size,
        pushed_at: version.manifest.pushed_at,
        pushed_by: version.pushed_by,
        pulls,
    }
}
