//! Finding and removing what unfinished uploads left behind.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use futures_util::stream::{StreamExt, TryStreamExt};
use object_store::multipart::MultipartStore;
use object_store::{ObjectMeta, ObjectStore};

use crate::error::Error;
use crate::key::{Key, UploadId};
use crate::s3::error::storage_error;
use crate::s3::{Inner, S3};

/// Begins the name of an object that says that a multipart upload was begun.
const MARKER: &str = "multipart-";

/// The name of the marker of a multipart upload, from which its id can be told.
pub(super) fn marker(multipart: &str) -> String {
    format!("{MARKER}{}", URL_SAFE_NO_PAD.encode(multipart))
}

/// The multipart upload of a marker.
fn marked(name: &str) -> Option<String> {
    let encoded = name.strip_prefix(MARKER)?;
    URL_SAFE_NO_PAD.decode(encoded).ok().and_then(|id| String::from_utf8(id).ok())
}

impl S3 {
    pub(crate) async fn list_abandoned(&self, before: DateTime<Utc>) -> Result<Vec<UploadId>, Error> {
        let inner = Arc::clone(&self.0);
        let listed = self.0.store.list(Some(&self.0.path("uploads"))).map_err(storage_error);
        let touched = listed.try_fold(BTreeMap::new(), move |mut touched, object| {
            if let Some(id) = inner.upload_of(&object) {
                let latest = touched.entry(id).or_insert(object.last_modified);
                *latest = object.last_modified.max(*latest);
            }
            std::future::ready(Ok(touched))
        });
        let abandoned = touched.await?.into_iter().filter(|(_, touched)| *touched < before);
        Ok(abandoned.map(|(id, _)| id).collect())
    }

    pub(crate) async fn discard(&self, id: UploadId) -> Result<(), Error> {
        let inner = &self.0;
        let mut listed = inner.store.list(Some(&inner.path(&format!("uploads/{id}"))));
        while let Some(object) = listed.next().await {
            let path = object.map_err(storage_error)?.location;
            if let Some(multipart) = path.filename().and_then(marked) {
                self.abort(id, &multipart).await?;
            }
            inner.delete(&path).await?;
        }
        Ok(())
    }

    /// Ends a multipart upload, if it is still open. Servers differ in how they call one that is not; if it became the
    /// blob, there is nothing to end.
    async fn abort(&self, id: UploadId, multipart: &String) -> Result<(), Error> {
        let key = Key::of(id);
        match self.0.store.abort_multipart(&self.0.blob(key), multipart).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(_) if self.size(key).await.is_ok() => Ok(()),
            Err(error) => Err(storage_error(error)),
        }
    }
}

impl Inner {
    fn upload_of(&self, object: &ObjectMeta) -> Option<UploadId> {
        let (id, _) = self.below("uploads", &object.location)?.split_once('/')?;
        id.parse().ok().map(UploadId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marker_names_its_multipart_upload() {
        for id in ["2~abc/def+x=", "", "VXBsb2FkSWQ.-_"] {
            let name = marker(id);
            assert_eq!(marked(&name).as_deref(), Some(id));
            assert_eq!(
                object_store::path::Path::from(&*name).as_ref(),
                name,
                "S3's client leaves it as it is"
            );
        }
        assert_eq!(marked("rest-5"), None);
    }
}
