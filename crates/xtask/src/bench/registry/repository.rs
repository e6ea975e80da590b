//! A repository on a registry, and what a client does with it.

use anyhow::{Context, ensure};
use serde_json::Value;

use super::super::client::{Connection, head};
use super::payload::{Blob, MANIFEST, digest};

/// A repository, and in whose name it is used.
#[derive(Clone)]
pub(super) struct Repository {
    /// Its name, with the organization's slug on the hub.
    pub(super) name: String,
    /// The value of the field `Authorization`; empty without.
    pub(super) authorization: String,
}

impl Repository {
    /// A request without a body, which accepts manifests as clients do.
    pub(super) fn request(&self, method: &str, what: &str) -> Vec<u8> {
        head(method, &self.path(what), &self.authorization, (&format!("Accept: {MANIFEST}, */*\r\n"), 0))
    }

    /// Pushes a blob in two requests: one opens the upload, one brings everything.
    pub(super) async fn push_blob(&self, connection: &mut Connection, blob: &Blob) -> anyhow::Result<()> {
        let opened = connection.ask(&self.request("POST", "blobs/uploads/")).await?.expect(202)?;
        let location = local(opened.field("location").context("an upload without Location")?);
        let separator = if location.contains('?') { '&' } else { '?' };
        let path = format!("{location}{separator}digest={}", blob.digest());
        let content = ("Content-Type: application/octet-stream\r\n", blob.len());
        let head = head("PUT", &path, &self.authorization, content);
        let [first, second] = blob.parts();
        connection.send([&head, first, second]).await?.expect(201).map(drop)
    }

    /// Pushes a manifest by a tag or its digest.
    pub(super) async fn push_manifest(
        &self,
        connection: &mut Connection,
        reference: &str,
        manifest: &Value,
    ) -> anyhow::Result<()> {
        let body = manifest.to_string();
        let content = (&*format!("Content-Type: {MANIFEST}\r\n"), body.len());
        let head = head("PUT", &self.path(&format!("manifests/{reference}")), &self.authorization, content);
        connection.send([&head, body.as_bytes(), &[]]).await?.expect(201).map(drop)
    }

    /// Fetches something whole and checks that it is what its digest says.
    pub(super) async fn check(
        &self,
        connection: &mut Connection,
        (what, expected): (&str, &str),
    ) -> anyhow::Result<()> {
        let answer = connection.ask(&self.request("GET", what)).await?.expect(200)?;
        let found = digest(answer.body);
        ensure!(found == expected, "{what} is {found}, not {expected}");
        Ok(())
    }

    fn path(&self, what: &str) -> String {
        format!("/v2/{}/{what}", self.name)
    }
}

/// The path of a location, which may name the server too.
fn local(location: &str) -> &str {
    let Some((_, rest)) = location.split_once("://") else { return location };
    rest.find('/').and_then(|start| rest.get(start..)).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn location_may_name_the_server() {
        assert_eq!(local("http://localhost:5000/v2/a/b?c=d"), "/v2/a/b?c=d");
        assert_eq!(local("/v2/a?b=http%3A//"), "/v2/a?b=http%3A//");
        assert_eq!(local("http://localhost"), "/");
    }
}
