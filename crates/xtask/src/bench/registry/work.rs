//! What a client of the load does again and again.

use anyhow::{Context, ensure};
use serde_json::Value;

use super::super::client::Connection;
use super::super::load::{Operation, pick};
use super::payload::{Payload, config, manifest};
use super::repository::Repository;

/// One kind of work.
pub(super) enum Work {
    /// Asks one of some requests, each answered with 200; drops the body. All are of this length, if it is known.
    Fetch { requests: Vec<Vec<u8>>, length: Option<usize> },
    /// Pushes a blob that was not there.
    Blob { repository: Repository, payload: Payload },
    /// Pushes an image that was not there: configuration, a layer, manifest with a tag.
    Image { repository: Repository, layer: Payload },
    /// Pushes manifests that need nothing pushed before them: each by its reference, in their order.
    Manifests { repository: Repository, manifests: Vec<(String, Value)> },
}

impl Operation for Work {
    async fn perform(&self, connection: &mut Connection, number: u64) -> anyhow::Result<()> {
        match self {
            Self::Fetch { requests, length } => {
                let request = pick(requests, number).context("no request to send")?;
                let (status, received) = connection.skim(request).await?;
                ensure!(status == 200, "status {status}");
                ensure!(length.is_none_or(|length| length == received), "{received} bytes, not {length:?}");
                Ok(())
            }
            Self::Blob { repository, payload } => {
                repository.push_blob(connection, &payload.blob(number)).await
            }
            Self::Image { repository, layer } => {
                let layer = layer.blob(number);
                let config = config(&layer, number);
                repository.push_blob(connection, &config).await?;
                repository.push_blob(connection, &layer).await?;
                let manifest = manifest(&config, &[&layer]);
                // Named by its content: a tag that is taken can't be moved.
                let tag = layer.digest().replace(':', "-");
                repository.push_manifest(connection, &tag, &manifest).await
            }
            Self::Manifests { repository, manifests } => {
                let (reference, manifest) =
                    manifests.get(usize::try_from(number)?).context("no such manifest")?;
                repository.push_manifest(connection, reference, manifest).await
            }
        }
    }
}
