//! `/api/v1/artifacts`

pub(super) mod delete;
pub(super) mod image;
pub(super) mod list;
pub(super) mod show;
pub(super) mod upstream;

use grantry_ops::artifact::list::Listed;
use grantry_ops::pulls::Total;
use grantry_wire::Time;
use grantry_wire::artifact::{Artifact, DownloadMetrics};

use super::files;

fn present(listed: &Listed, total: Option<&Total>) -> Artifact {
    let artifact = &listed.artifact;
    let upstream = artifact.upstream.as_ref();
    let upkeep = upstream.map(|upstream| upstream.upkeep);
    let username = upstream.and_then(|upstream| upstream.username.clone());
    Artifact {
        id: artifact.id.0,
        created_at: Time(artifact.created_at),
        name: artifact.name.to_string(),
        upstream_url: upstream.map(|upstream| upstream.url.clone()),
        upstream_auth_type: username.as_ref().map(|_| "basic".to_owned()),
        upstream_username: username,
        upstream_cache_limit: upkeep.and_then(|upkeep| upkeep.cache_limit),
        upstream_cache_days: upkeep.and_then(|upkeep| upkeep.cache_days),
        upstream_sync_hours: upkeep.and_then(|upkeep| upkeep.sync_hours),
        last_synced_at: upstream.and_then(|upstream| upstream.synced_at).map(Time),
        last_sync_error: upstream.and_then(|upstream| upstream.sync_error.clone()),
        last_pushed_at: artifact.pushed_at.map(Time),
        tag_count: listed.tags,
        newest_tag: listed.newest_tag.as_ref().map(ToString::to_string),
        inferred_type: listed.kind.map(|kind| kind.as_str().to_owned()),
        size: listed.size,
        expires_at: listed.until.map(Time),
        image_id: artifact.image.map(Into::into),
        image_url: artifact.image.map(files::url),
        downloads: metrics(total),
    }
}

/// An artifact that was just made or changed, of which nothing was pulled yet or nobody asked.
fn present_plain(artifact: &grantry_model::artifact::Artifact) -> Artifact {
    let listed =
        Listed { artifact: artifact.clone(), tags: 0, size: None, kind: None, newest_tag: None, until: None };
    present(&listed, None)
}

fn metrics(total: Option<&Total>) -> DownloadMetrics {
    let Some(total) = total else { return DownloadMetrics::default() };
    DownloadMetrics {
        downloads_total: total.pulls,
        downloaded_by_users_count: total.users.len() as u64,
        downloaded_by_users: total.users.iter().map(|user| user.0).collect(),
        downloaded_by_customer_organizations_count: total.customers.len() as u64,
        downloaded_by_customer_organizations: total.customers.iter().map(|customer| customer.0).collect(),
    }
}
