//! The storage of the registry's content, as a setting.

use std::fmt;
use std::path::Path;

use grantry_blobs::setting::{Credentials, Setting};
use zeroize::Zeroizing;

use super::{Config, Refusal};

/// A storage as it was written: `folder:PATH` or `s3://BUCKET…`. It names one; its credentials come apart from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobStorage(String);

/// The secret of an access key. Never printed.
#[derive(Clone)]
pub struct S3Secret(Zeroizing<String>);

impl fmt::Debug for S3Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Secret(…)")
    }
}

/// Reads the secret of an access key.
pub fn parse_s3_secret(text: &str) -> Result<S3Secret, Refusal> {
    if text.trim().is_empty() {
        return Err("it is empty; write the secret of the access key".to_owned());
    }
    Ok(S3Secret(Zeroizing::new(text.trim().to_owned())))
}

impl BlobStorage {
    /// The folder in the data folder.
    pub fn folder_of(data_dir: &Path) -> Self {
        Self(format!("folder:{}", data_dir.join("blobs").display()))
    }

    /// Reads the setting.
    ///
    /// # Errors
    /// It names no storage.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        // Which credentials it needs is checked when it is opened.
        let any =
            || Some(Credentials { access_key_id: "key".to_owned(), secret_access_key: "secret".to_owned() });
        let credentials = if text.starts_with("s3:") { any() } else { None };
        match Setting::parse(text, credentials) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(error) => Err(format!("{text:?} can't be used: {error}")),
        }
    }
}

impl fmt::Display for BlobStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The storage with its credentials.
///
/// # Errors
/// The credentials are missing or not whole.
pub fn resolve(config: &Config) -> anyhow::Result<Setting> {
    let credentials = match (&config.s3_access_key, &config.s3_secret_key) {
        (None, None) => None,
        (Some(key), Some(secret)) => {
            Some(Credentials { access_key_id: key.clone(), secret_access_key: secret.0.as_str().to_owned() })
        }
        _ => anyhow::bail!("s3_access_key and s3_secret_key go together; set both or none"),
    };
    Ok(Setting::parse(&config.blobs.0, credentials)?)
}
