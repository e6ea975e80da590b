//! Blobs as objects of a bucket: `blobs/7f/…` whole ones, `uploads/…` what unfinished ones need.

mod error;
pub(crate) mod part_size;
pub(crate) mod parts;
mod read;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{Stream, StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig};

use crate::blobs::Entry;
use crate::error::{Error, Unavailable};
use crate::key::{Key, UploadId};
use crate::s3::error::{missing_is_not_found, storage_error};
use crate::setting::{Bucket, Style};

/// How long to wait for a connection. The server is near, or it is away.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the server may be silent, which it is while a part is on its way to it. There is no limit for a whole request,
/// as slow customers read large blobs.
const SILENCE: Duration = Duration::from_secs(60);

/// How long a request that fails is tried again; the client is waiting.
const RETRY: Duration = Duration::from_secs(20);

/// Blobs in a bucket.
#[derive(Clone)]
pub struct S3(Arc<Inner>);

struct Inner {
    store: AmazonS3,
    prefix: String,
}

impl S3 {
    pub(crate) fn open(bucket: &Bucket) -> Result<Self, Error> {
        // The client library takes the provider of the process. An error means that there is one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let options = ClientOptions::new()
            .with_connect_timeout(CONNECT)
            .with_read_timeout(SILENCE)
            .with_timeout_disabled()
            .with_allow_http(bucket.endpoint.as_ref().is_some_and(|url| url.starts_with("http://")));
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(2),
            base: 2.0,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_virtual_hosted_style_request(bucket.style == Style::Virtual)
            .with_client_options(options)
            .with_retry(RetryConfig { backoff, max_retries: 4, retry_timeout: RETRY });
        if let Some(endpoint) = &bucket.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(credentials) = &bucket.credentials {
            builder = builder
                .with_access_key_id(&credentials.access_key_id)
                .with_secret_access_key(&credentials.secret_access_key);
        }
        let store = builder.build().map_err(|error| Error::Setting(error.to_string()))?;
        Ok(Self(Arc::new(Inner { store, prefix: bucket.prefix.clone() })))
    }

    pub(crate) async fn check(&self) -> Result<(), Error> {
        let listed = self.0.store.list(Some(&self.0.path("uploads"))).next().await;
        listed.transpose().map(drop).map_err(storage_error)
    }

    pub(crate) async fn size(&self, key: Key) -> Result<u64, Error> {
        Ok(self.0.store.head(&self.0.blob(key)).await.map_err(missing_is_not_found)?.size)
    }

    pub(crate) async fn delete(&self, key: Key) -> Result<(), Error> {
        self.0.delete(&self.0.blob(key)).await
    }

    pub(crate) fn list(&self) -> impl Stream<Item = Result<Entry, Error>> + Send + 'static {
        let inner = Arc::clone(&self.0);
        let listed = self.0.store.list(Some(&self.0.path("blobs"))).map_err(storage_error);
        listed.try_filter_map(move |object| {
            let name = inner.below("blobs", &object.location).and_then(|name| name.parse().ok());
            let entry = name.map(|key| Entry { key, size: object.size, stored_at: object.last_modified });
            std::future::ready(Ok(entry))
        })
    }
}

impl Inner {
    fn path(&self, name: &str) -> Path {
        Path::from(format!("{}/{name}", self.prefix))
    }

    fn blob(&self, key: Key) -> Path {
        self.path(&format!("blobs/{key}"))
    }

    /// What belongs to an unfinished upload.
    fn upload(&self, id: UploadId, name: &str) -> Path {
        self.path(&format!("uploads/{id}/{name}"))
    }

    /// The rest of an object's name below a folder of ours.
    fn below<'name>(&self, folder: &str, object: &'name Path) -> Option<&'name str> {
        let rest = object.as_ref().strip_prefix(self.path(folder).as_ref())?;
        rest.strip_prefix('/')
    }

    async fn delete(&self, path: &Path) -> Result<(), Error> {
        match self.store.delete(path).await.map_err(missing_is_not_found) {
            Ok(()) | Err(Error::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The task of a request ended without a result, which only happens when the program stops.
fn stopped(error: tokio::task::JoinError) -> Error {
    Error::unavailable(Unavailable::Unreachable, error)
}
