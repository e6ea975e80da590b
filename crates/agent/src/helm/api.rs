//! The cluster's API, as far as the agent asks it: JSON by HTTP.
//!
//! Helm does all that changes a release. What the agent wants to know every few seconds it asks here, since starting `helm` or
//! `kubectl` each time would cost more than all the rest of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Certificate, Client, Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

/// Answers with the metadata of an object and nothing else, so that no content of a Secret is fetched to learn that it is there.
const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const METADATA_LIST: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Who the agent is in the changes that it makes to objects.
const FIELD_MANAGER: &str = "grantry-agent";

/// What came instead of an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// The cluster refused, with its own words.
    #[error("the cluster answers {status}: {message}")]
    Refused {
        /// The status code.
        status: StatusCode,
        /// What the cluster says about it.
        message: String,
    },
    /// No answer came, or one that can't be read.
    #[error("the cluster can't be asked")]
    Away(#[source] reqwest::Error),
    /// The token of the service account can't be read.
    #[error("the token of the service account can't be read from {path}")]
    Token {
        /// Where it should be.
        path: PathBuf,
        /// Why it can't.
        source: std::io::Error,
    },
}

impl ApiError {
    /// Whether the thing asked for does not exist.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Refused { status: StatusCode::NOT_FOUND, .. })
    }

    /// Whether the agent's account may not ask for it.
    pub(crate) fn is_forbidden(&self) -> bool {
        matches!(self, Self::Refused { status: StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED, .. })
    }
}

/// A cluster that can be asked.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    client: Client,
    base: String,
    /// The file with the token; a cluster replaces it every hour, so it is read for each request.
    token: Option<PathBuf>,
}

impl Api {
    /// The API as a pod reaches it: `folder` has `token` and `ca.crt`.
    ///
    /// # Errors
    /// The certificate can't be read.
    pub(crate) fn of_service_account(base: &str, folder: &Path) -> anyhow::Result<Self> {
        let file = folder.join("ca.crt");
        let pem = std::fs::read(&file).with_context(|| format!("can't read {}", file.display()))?;
        let roots = Certificate::from_pem_bundle(&pem).context("the cluster's certificate can't be read")?;
        let client = client().tls_certs_only(roots).https_only(true).build()?;
        Ok(Self { client, base: base.to_owned(), token: Some(folder.join("token")) })
    }

    /// The API behind the socket of `kubectl proxy`, which knows how to reach it.
    ///
    /// # Errors
    /// The HTTP client can't be set up.
    pub(crate) fn behind_socket(socket: &Path) -> anyhow::Result<Self> {
        let client = client().unix_socket(socket).build()?;
        Ok(Self { client, base: "http://localhost".to_owned(), token: None })
    }

    /// Reads an object or a list.
    pub(crate) async fn read(&self, path: &str) -> Result<Value, ApiError> {
        self.ask(self.request(Method::GET, path)?.header(ACCEPT, "application/json")).await
    }

    /// Reads the metadata of an object.
    pub(crate) async fn read_metadata(&self, path: &str) -> Result<Value, ApiError> {
        self.ask(self.request(Method::GET, path)?.header(ACCEPT, METADATA)).await
    }

    /// Reads the metadata of all objects of a list.
    pub(crate) async fn list_metadata(&self, path: &str) -> Result<Vec<Value>, ApiError> {
        let list = self.ask(self.request(Method::GET, path)?.header(ACCEPT, METADATA_LIST)).await?;
        Ok(items(list))
    }

    /// Begins to read text, for example a log, which may be long.
    pub(crate) async fn open_text(&self, path: &str) -> Result<Response, ApiError> {
        send(self.request(Method::GET, path)?).await
    }

    /// Creates an object or makes it as described, whatever it was (server-side apply).
    pub(crate) async fn apply(&self, path: &str, object: &Value) -> Result<(), ApiError> {
        let path = format!("{path}?fieldManager={FIELD_MANAGER}&force=true");
        let request =
            self.request(Method::PATCH, &path)?.header(CONTENT_TYPE, "application/apply-patch+yaml");
        self.ask(request.body(object.to_string())).await.map(drop)
    }

    /// Changes the named fields of an object (JSON merge patch).
    pub(crate) async fn patch(&self, path: &str, change: &Value) -> Result<(), ApiError> {
        let path = format!("{path}?fieldManager={FIELD_MANAGER}");
        let request =
            self.request(Method::PATCH, &path)?.header(CONTENT_TYPE, "application/merge-patch+json");
        self.ask(request.body(change.to_string())).await.map(drop)
    }

    /// Deletes an object; one that is not there is deleted already.
    pub(crate) async fn delete(&self, path: &str) -> Result<(), ApiError> {
        match self.ask(self.request(Method::DELETE, path)?).await {
            Err(error) if error.is_absent() => Ok(()),
            other => other.map(drop),
        }
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, ApiError> {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let Some(file) = &self.token else { return Ok(request) };
        let token =
            std::fs::read_to_string(file).map_err(|source| ApiError::Token { path: file.clone(), source })?;
        Ok(request.header(AUTHORIZATION, format!("Bearer {}", token.trim())))
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Value, ApiError> {
        send(request).await?.json().await.map_err(away)
    }
}

/// The items of a list.
pub(crate) fn items(mut list: Value) -> Vec<Value> {
    match list.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

fn client() -> reqwest::ClientBuilder {
    // An error means that a provider is installed already, which serves as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    let name = concat!("grantry-agent/", env!("CARGO_PKG_VERSION"));
    // The cluster is where the account says, not behind the proxy that leads out of it.
    Client::builder().user_agent(name).timeout(TIMEOUT).connect_timeout(CONNECT_TIMEOUT).no_proxy()
}

async fn send(request: RequestBuilder) -> Result<Response, ApiError> {
    let response = request.send().await.map_err(away)?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let body = response.text().await.unwrap_or_default();
    let said = serde_json::from_str::<Said>(&body).map(|said| said.message).unwrap_or_default();
    let message = if said.is_empty() { body.chars().take(200).collect() } else { said };
    Err(ApiError::Refused { status, message })
}

fn away(error: reqwest::Error) -> ApiError {
    ApiError::Away(error.without_url())
}

/// The part of a `Status` that is for people.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    message: String,
}
