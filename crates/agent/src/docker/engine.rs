//! The engine's API, as far as facts are asked of it. Its version is left to the engine: these requests have been the same for ten years.

use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::container::Container;
use super::swarm::service::Task;

pub(super) mod cluster;
use super::host::Address;

const LIMIT: Duration = Duration::from_secs(20);

/// How long a restart may take. A container that is slow to end needs its time; after this it is asked again.
const RESTART_LIMIT: Duration = Duration::from_mins(20);

/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// An engine.
#[derive(Clone)]
pub(super) struct Engine {
    http: reqwest::Client,
    base: Url,
}

/// What an image is called.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Image {
    #[serde(default)]
    pub(super) repo_tags: Option<Vec<String>>,
    #[serde(default)]
    pub(super) repo_digests: Option<Vec<String>>,
}

/// What it is that prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A container of this engine.
    Container,
    /// A task of the swarm, on whatever node.
    Task,
}

impl Origin {
    /// What a line's stream is called at the hub.
    pub(super) fn severity(self, is_error: bool) -> &'static str {
        match (self, is_error) {
            (Self::Container, false) => "Log",
            (Self::Container, true) => "Err",
            (Self::Task, false) => "stdout",
            (Self::Task, true) => "stderr",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Container => "containers",
            Self::Task => "tasks",
        }
    }
}

/// Whether an image was deleted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Deletion {
    /// It is gone.
    Done,
    /// Something uses it.
    InUse,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    config: InspectedConfig,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InspectedConfig {
    #[serde(default)]
    tty: bool,
}

impl Engine {
    /// An engine at an address; says nothing to it yet.
    ///
    /// # Errors
    /// The address is none.
    pub(super) fn new(address: &Address) -> anyhow::Result<Self> {
        // No trusted roots: nothing here is TLS, and the machine's would only take memory.
        let http = reqwest::Client::builder().no_proxy().connect_timeout(LIMIT).tls_certs_only([]);
        let (http, base) = match address {
            Address::Socket(path) => (http.unix_socket(path.clone()), "http://docker/".to_owned()),
            Address::Tcp(at) => (http, format!("http://{at}/")),
        };
        let base = base.parse().context("DOCKER_HOST is no address")?;
        Ok(Self { http: http.build().context("can't make a client for the engine")?, base })
    }

    /// All containers that belong to some Compose project, also those that do not run.
    pub(super) async fn containers(&self) -> anyhow::Result<Vec<Container>> {
        let filters = r#"{"label":["com.docker.compose.project"]}"#;
        self.read(&["containers", "json"], &[("all", "true"), ("filters", filters)]).await
    }

    /// Ids of the images that any container has.
    pub(super) async fn images_in_use(&self) -> anyhow::Result<Vec<String>> {
        let all: Vec<Container> = self.read(&["containers", "json"], &[("all", "true")]).await?;
        Ok(all.into_iter().map(|one| one.image_id).collect())
    }

    /// What an image is called; `None` if it is not there.
    pub(super) async fn find_image(&self, id: &str) -> anyhow::Result<Option<Image>> {
        let response = self.send(Method::GET, &["images", id, "json"], &[], Some(LIMIT)).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        decode(response).await.map(Some)
    }

    /// Deletes an image by one of its names; the content goes with the last name.
    pub(super) async fn delete_image(&self, name: &str) -> anyhow::Result<Deletion> {
        let response = self.send(Method::DELETE, &["images", name], &[], Some(LIMIT)).await?;
        match response.status() {
            StatusCode::CONFLICT => Ok(Deletion::InUse),
            StatusCode::NOT_FOUND => Ok(Deletion::Done),
            status if status.is_success() => Ok(Deletion::Done),
            _ => Err(complaint(response).await),
        }
    }

    /// Ends a container's processes and starts it anew. Without a time of ours the engine gives them what the container itself
    /// says, which may be long.
    pub(super) async fn restart(&self, id: &str) -> anyhow::Result<()> {
        let response =
            self.send(Method::POST, &["containers", id, "restart"], &[], Some(RESTART_LIMIT)).await?;
        if response.status().is_success() { Ok(()) } else { Err(complaint(response).await) }
    }

    /// Whether a container or task has a terminal: then its output is one stream, without frames.
    pub(super) async fn has_terminal(&self, origin: Origin, id: &str) -> anyhow::Result<bool> {
        match origin {
            Origin::Container => {
                let inspected: Inspected = self.read(&["containers", id, "json"], &[]).await?;
                Ok(inspected.config.tty)
            }
            Origin::Task => Ok(self.read::<Task>(&["tasks", id], &[]).await?.has_terminal()),
        }
    }

    /// The output of a container or task from a moment on, and if it is followed, what comes until it ends.
    pub(super) async fn logs(
        &self,
        (origin, id): (Origin, &str),
        follow: bool,
        since: &str,
        tail: &str,
    ) -> anyhow::Result<Response> {
        let query = [
            ("follow", if follow { "true" } else { "false" }),
            ("stdout", "true"),
            ("stderr", "true"),
            ("timestamps", "true"),
            ("since", since),
            ("tail", tail),
        ];
        let response = self.send(Method::GET, &[origin.path(), id, "logs"], &query, None).await?;
        if response.status().is_success() { Ok(response) } else { Err(complaint(response).await) }
    }

    async fn read<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<T> {
        decode(self.send(Method::GET, path, query, Some(LIMIT)).await?).await
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        limit: Option<Duration>,
    ) -> anyhow::Result<Response> {
        let mut request = self.request(method, path, query)?;
        if let Some(limit) = limit {
            request = request.timeout(limit);
        }
        dispatch(request).await
    }

    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> anyhow::Result<RequestBuilder> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| anyhow::anyhow!("DOCKER_HOST is no address"))?
            .pop_if_empty()
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(self.http.request(method, url))
    }
}

async fn dispatch(request: RequestBuilder) -> anyhow::Result<Response> {
    request.send().await.map_err(|error| error.without_url()).context("can't reach the Docker engine")
}

async fn decode<T: DeserializeOwned>(response: Response) -> anyhow::Result<T> {
    if !response.status().is_success() {
        return Err(complaint(response).await);
    }
    serde_json::from_slice(&read_body(response).await?).context("the engine's answer is not as expected")
}

async fn complaint(response: Response) -> anyhow::Error {
    #[derive(Deserialize)]
    struct Complaint {
        message: String,
    }
    let status = response.status();
    let body = read_body(response).await.unwrap_or_default();
    match serde_json::from_slice::<Complaint>(&body) {
        Ok(complaint) => anyhow::anyhow!("{}", complaint.message),
        Err(_) => anyhow::anyhow!("the engine answered {status}"),
    }
}

async fn read_body(mut response: Response) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if body.len() + piece.len() > LARGEST_ANSWER {
            bail!("the engine's answer is too long");
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
