//! Which storage, as an administrator writes it.

use std::fmt;
use std::path::PathBuf;

use crate::error::Error;

/// Where blobs are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `folder:PATH`.
    Folder(PathBuf),
    /// `s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME&style=path|virtual]`.
    S3(Bucket),
}

/// A bucket, or the part of one under a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What all names in it begin with, without a slash at either end; may be empty.
    pub prefix: String,
    /// The server, such as `https://minio.example.com`; none means Amazon's.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` if not given, which most other servers take for any.
    pub region: String,
    /// How requests name the bucket.
    pub style: Style,
    /// Who we are; none means the role of the machine, as Amazon's metadata service tells it.
    pub credentials: Option<Credentials>,
}

/// How requests name the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// In the path, which every server understands.
    Path,
    /// In the host name, which some servers demand.
    Virtual,
}

/// An access key of S3.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl Setting {
    /// Parses a setting. Credentials are settings of their own, so that no URL holds a secret.
    ///
    /// # Errors
    /// [`Error::Setting`], which says what is wrong.
    pub fn parse(text: &str, credentials: Option<Credentials>) -> Result<Self, Error> {
        if let Some(path) = text.strip_prefix("folder:") {
            return match path {
                "" => Err(refuse("folder: needs a path, as in folder:/var/lib/grantry/blobs")),
                path => Ok(Self::Folder(PathBuf::from(path))),
            };
        }
        let Some(rest) = text.strip_prefix("s3://") else {
            return Err(refuse("it begins neither with folder: nor with s3://"));
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
        let bucket = Bucket {
            name: bucket_name(name)?,
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint: None,
            region: "us-east-1".to_owned(),
            style: Style::Path,
            credentials,
        };
        let mut options = query.split('&').filter(|option| !option.is_empty());
        options.try_fold(bucket, Bucket::with).map(Self::S3)
    }
}

impl Bucket {
    /// Applies one `name=value` of the query.
    fn with(mut self, option: &str) -> Result<Self, Error> {
        match option.split_once('=') {
            Some(("endpoint", url)) if url.starts_with("https://") || url.starts_with("http://") => {
                self.endpoint = Some(url.trim_end_matches('/').to_owned());
            }
            Some(("endpoint", _)) => return Err(refuse("endpoint begins with https:// or http://")),
            Some(("region", region)) if !region.is_empty() => self.region = region.to_owned(),
            Some(("style", "path")) => self.style = Style::Path,
            Some(("style", "virtual")) => self.style = Style::Virtual,
            Some(("style", _)) => return Err(refuse("style is path or virtual")),
            _ => return Err(refuse("after the ? there are endpoint=, region= and style= only")),
        }
        Ok(self)
    }
}

fn bucket_name(name: &str) -> Result<String, Error> {
    let known = |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '_');
    if name.is_empty() || !name.chars().all(known) {
        return Err(refuse("s3:// needs the name of a bucket, as in s3://grantry-blobs"));
    }
    Ok(name.to_owned())
}

fn refuse(why: &str) -> Error {
    Error::Setting(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(text: &str) -> Bucket {
        match Setting::parse(text, None) {
            Ok(Setting::S3(bucket)) => bucket,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn settings_are_understood() {
        assert_eq!(Setting::parse("folder:a b/c", None).unwrap(), Setting::Folder("a b/c".into()));
        let plain = bucket("s3://my-bucket");
        assert_eq!((&*plain.name, &*plain.prefix, &*plain.region), ("my-bucket", "", "us-east-1"));
        assert_eq!((plain.endpoint, plain.style), (None, Style::Path));
        let full = bucket("s3://b/x/y/?endpoint=http://127.0.0.1:9000/&region=garage&style=virtual");
        assert_eq!((&*full.prefix, &*full.region, full.style), ("x/y", "garage", Style::Virtual));
        assert_eq!(full.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
    }

    #[test]
    fn wrong_settings_say_why() {
        for (text, why) in [
            ("", "neither"),
            ("/var/blobs", "neither"),
            ("folder:", "needs a path"),
            ("s3://", "name of a bucket"),
            ("s3://a:b@c", "name of a bucket"),
            ("s3://a?endpoint=minio:9000", "https://"),
            ("s3://a?style=x", "path or virtual"),
            ("s3://a?region=", "only"),
            ("s3://a?secret=x", "only"),
        ] {
            let error = Setting::parse(text, None).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn secret_is_not_in_debug_output() {
        let credentials = Credentials { access_key_id: "AKIA".into(), secret_access_key: "hunter2".into() };
        let setting = Setting::parse("s3://b", Some(credentials)).unwrap();
        assert!(!format!("{setting:?}").contains("hunter2"));
    }
}
