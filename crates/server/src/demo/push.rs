//! What the sample vendors pushed, each at its time.

use std::convert::Infallible;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream;
use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::name::Name;
use grantry_oci::reference::Reference;
use grantry_ops::Ops;
use grantry_ops::error::{Error, Result};
use grantry_ops::registry::client::Client;
use grantry_ops::registry::error::Error as RegistryError;
use grantry_ops::registry::upload::Chunk;
use grantry_ops::registry::{push, upload};

use super::data::OrganizationSample;
use super::image::{Push, pushes};

/// Pushes everything.
pub(super) async fn tell(
    ops: &Ops,
    client: &Client,
    sample: &OrganizationSample,
    now: DateTime<Utc>,
) -> Result<()> {
    let public_url = ops.settings().public_url.as_str();
    let registry = public_url.split_once("://").map_or(public_url, |(_, host)| host);
    let mut pushes = pushes(sample, registry);
    pushes.sort_by_key(|push| -push.days_ago);
    for push in &pushes {
        ops.clock().set(now - TimeDelta::days(push.days_ago) - TimeDelta::hours(5));
        happen(ops, client, sample, push).await?;
    }
    Ok(())
}

async fn happen(ops: &Ops, client: &Client, sample: &OrganizationSample, push: &Push) -> Result<()> {
    let name = format!("{}/{}", sample.slug, push.artifact);
    let name: Name = name.parse().map_err(|error| Error::Internal(Box::new(error)))?;
    for blob in &push.blobs {
        let digest = Digest::of(Algorithm::Sha256, blob);
        let body = stream::iter([Ok::<_, Infallible>(Bytes::from(blob.clone()))]);
        upload::push(ops, client, (&name, &digest), Chunk::default(), body).await.map_err(refused)?;
    }
    for one in &push.manifests {
        let reference = match &one.tag {
            Some(tag) => Reference::Tag(tag.parse().map_err(|error| Error::Internal(Box::new(error)))?),
            None => Reference::Digest(one.digest()),
        };
        let content = Bytes::from(one.bytes.clone());
        let what = (Some(one.media_type), &content);
        push::push(ops, client, (&name, &reference), &[], what).await.map_err(refused)?;
    }
    Ok(())
}

/// The registry's refusal as that of any operation.
pub(super) fn refused(error: RegistryError) -> Error {
    match error {
        RegistryError::Hub(error) => error,
        other => Error::Internal(Box::new(other)),
    }
}
