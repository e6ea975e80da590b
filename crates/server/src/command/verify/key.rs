//! Reads public keys from a file or from a URL.

use std::fs::File;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use grantry_license::KeySet;
use reqwest::{Client, Response};

use super::read_limited;
use crate::cli::Failure;

/// Longest document of keys that is read, in bytes: thousands of keys.
const LIMIT: usize = 1024 * 1024;
/// For everything between connecting and the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The keys in the file, or under the URL if the text is one. Only a URL makes this use the network.
pub(super) fn read(source: &str) -> Result<KeySet, Failure> {
    let is_url = ["http://", "https://"].iter().any(|scheme| source.starts_with(scheme));
    let bytes = if is_url { fetch(source) } else { read_file(source) };
    bytes
        .and_then(|bytes| Ok(KeySet::parse(&bytes)?))
        .map_err(|problem| Failure::Usage(format!("no key can be read from {source:?}: {problem:#}")))
}

fn read_file(path: &str) -> anyhow::Result<Vec<u8>> {
    let bytes = read_limited(File::open(path)?, LIMIT + 1)?;
    ensure!(bytes.len() <= LIMIT, "it is longer than 1 MiB");
    Ok(bytes)
}

fn fetch(url: &str) -> anyhow::Result<Vec<u8>> {
    // An error means that a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(download(url))
}

async fn download(url: &str) -> anyhow::Result<Vec<u8>> {
    let client = Client::builder()
        .timeout(TIMEOUT)
        .https_only(url.starts_with("https://")) // No redirection may give up the protection that was asked for.
        .user_agent(concat!("grantry/", env!("CARGO_PKG_VERSION")))
        .build()
        .context("the HTTP client can't be set up")?;
    let response = client.get(url).send().await.map_err(reqwest::Error::without_url)?;
    let status = response.status();
    if !status.is_success() {
        bail!("the server answered {status}");
    }
    body(response).await
}

/// The body, given up as soon as it is too long, whatever length it announces.
async fn body(mut response: Response) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(reqwest::Error::without_url)? {
        ensure!(bytes.len() + chunk.len() <= LIMIT, "it is longer than 1 MiB");
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
