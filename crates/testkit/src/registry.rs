//! Pushing to the registry of a test hub and pulling from it, by its HTTP routes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use grantry_oci::digest::{Algorithm, Digest};
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::client::{Call, Client};
use crate::hub::{TestHub, Vendor};
use crate::reply::Reply;

/// The media type of an image's manifest.
pub const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of an index.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The media type of an image's configuration.
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// The media type of a layer.
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
/// The media type of an empty configuration.
const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// A manifest that was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// Its digest.
    pub digest: String,
    /// Its media type.
    pub media_type: &'static str,
    /// The bytes of the manifest alone.
    pub size: usize,
    /// The digest of its configuration; empty for an index.
    pub config: String,
    /// The digest of its only layer; empty for an index.
    pub layer: String,
    /// What an index lists.
    pub children: Vec<Self>,
}

impl Pushed {
    fn descriptor(&self) -> Value {
        descriptor(self.media_type, &self.digest, self.size)
    }

    /// The tag under which older clients attach something to it; `suffix` is for example `.sig`.
    pub fn attached_tag(&self, suffix: &str) -> String {
        format!("{}{suffix}", self.digest.replace(':', "-"))
    }
}

fn descriptor(media_type: &str, digest: &str, size: usize) -> Value {
    json!({ "mediaType": media_type, "digest": digest, "size": size })
}

fn digest(bytes: &[u8]) -> String {
    Digest::of(Algorithm::Sha256, bytes).to_string()
}

impl Vendor {
    /// Pushes an image of a few bytes; another one for each artifact and tag.
    ///
    /// # Panics
    /// If the registry refuses.
    pub async fn push(&self, artifact: &str, tag: &str) -> Pushed {
        self.push_image(artifact, tag, &format!("{artifact}:{tag}")).await
    }

    /// Pushes an image with this content in its layer, so that the same image can get several tags, or a tag move.
    ///
    /// # Panics
    /// If the registry refuses.
    pub async fn push_image(&self, artifact: &str, tag: &str, content: &str) -> Pushed {
        self.push_for(artifact, tag, content, "amd64").await
    }

    /// Pushes images for these architectures by their digests, and an index of them by its tag.
    ///
    /// # Panics
    /// If the registry refuses.
    pub async fn push_index(&self, artifact: &str, tag: &str, architectures: &[&str]) -> Pushed {
        let mut children = Vec::new();
        let mut listed = Vec::new();
        for architecture in architectures {
            let content = format!("{artifact}:{tag} for {architecture}");
            let child = self.push_for(artifact, "", &content, architecture).await;
            let mut descriptor = child.descriptor();
            descriptor["platform"] = json!({ "os": "linux", "architecture": architecture });
            listed.push(descriptor);
            children.push(child);
        }
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": listed });
        let pushed = self.push_manifest(artifact, tag, (INDEX, &index)).await;
        Pushed { children, ..pushed }
    }

    /// Attaches something of this type to a manifest, with a `subject`.
    ///
    /// # Panics
    /// If the registry refuses.
    pub async fn attach(&self, artifact: &str, subject: &Pushed, artifact_type: &str) -> Pushed {
        let content = format!("{artifact_type} of {}", subject.digest);
        let mut manifest =
            self.push_parts(artifact, (EMPTY, b"{}"), (artifact_type, content.as_bytes())).await;
        manifest["artifactType"] = artifact_type.into();
        manifest["subject"] = subject.descriptor();
        self.push_manifest(artifact, "", (IMAGE, &manifest)).await
    }

    /// Attaches a signature to a manifest as older clients do, by a tag of the form `sha256-….sig`.
    ///
    /// # Panics
    /// If the registry refuses.
    pub async fn sign(&self, artifact: &str, subject: &Pushed) -> Pushed {
        let content = format!("signature of {}", subject.digest);
        self.push_image(artifact, &subject.attached_tag(".sig"), &content).await
    }

    /// The id of an artifact.
    ///
    /// # Panics
    /// If there is none of this name.
    pub async fn artifact_id(&self, name: &str) -> String {
        let list = self.admin.get(&format!("/api/v1/artifacts?q={name}")).await.expect(200).json();
        let found = list.as_array().and_then(|all| all.iter().find(|one| one["name"] == name));
        let id = found.and_then(|one| one["id"].as_str());
        id.unwrap_or_else(|| panic!("there is no artifact {name} in {list}")).to_owned()
    }

    /// Entitles a customer to artifacts, as in `{"artifactId": …, "scope": {"kind": "all"}}`; the entitlement's id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn entitle(&self, customer: &str, name: &str, artifacts: Value) -> String {
        let body = json!({ "name": name, "customerOrganizationId": customer, "artifacts": artifacts });
        self.admin.post("/api/v1/artifact-entitlements", body).await.expect(200).id()
    }

    async fn push_for(&self, artifact: &str, tag: &str, content: &str, architecture: &str) -> Pushed {
        let config = json!({ "os": "linux", "architecture": architecture, "config": { "Labels": { "content": content } } });
        let config = config.to_string();
        let layer = format!("layer of {content}");
        let manifest =
            self.push_parts(artifact, (CONFIG, config.as_bytes()), (LAYER, layer.as_bytes())).await;
        self.push_manifest(artifact, tag, (IMAGE, &manifest)).await
    }

    /// Pushes a configuration and a layer; a manifest of them.
    async fn push_parts(&self, artifact: &str, config: (&str, &[u8]), layer: (&str, &[u8])) -> Value {
        for (_, bytes) in [config, layer] {
            self.push_blob(artifact, bytes).await;
        }
        let part = |(media_type, bytes): (&str, &[u8])| descriptor(media_type, &digest(bytes), bytes.len());
        json!({
            "schemaVersion": 2, "mediaType": IMAGE, "config": part(config), "layers": [part(layer)],
        })
    }

    /// Pushes a blob; its digest.
    ///
    /// # Panics
    /// If the registry refuses.
    pub async fn push_blob(&self, artifact: &str, bytes: &[u8]) -> String {
        let digest = digest(bytes);
        let path = format!("/v2/{}/{artifact}/blobs/uploads/?digest={digest}", self.slug);
        let push = self
            .admin
            .registry(Method::POST, &path)
            .header(CONTENT_TYPE.as_str(), "application/octet-stream");
        push.body(bytes.to_vec()).send().await.expect(201);
        digest
    }

    /// Pushes a manifest by its tag, or by its digest if the tag is empty.
    async fn push_manifest(
        &self,
        artifact: &str,
        tag: &str,
        (media_type, manifest): (&'static str, &Value),
    ) -> Pushed {
        let bytes = manifest.to_string();
        let digest = digest(bytes.as_bytes());
        let size = bytes.len();
        let reference = if tag.is_empty() { &digest } else { tag };
        let path = format!("/v2/{}/{artifact}/manifests/{reference}", self.slug);
        let push = self.admin.registry(Method::PUT, &path).header(CONTENT_TYPE.as_str(), media_type);
        push.body(bytes).send().await.expect(201);
        let part = |pointer: &str| manifest.pointer(pointer).and_then(Value::as_str).unwrap_or("").to_owned();
        let (config, layer) = (part("/config/digest"), part("/layers/0/digest"));
        Pushed { digest, media_type, size, config, layer, children: Vec::new() }
    }
}

impl Client {
    /// A request to the registry, where an access token is a password.
    ///
    /// # Panics
    /// If `path` can't stand in a request.
    pub fn registry(&self, method: Method, path: &str) -> Call<'_> {
        self.request(method, path).header(AUTHORIZATION.as_str(), &self.basic())
    }

    /// How the client says to the registry who it is.
    ///
    /// # Panics
    /// If it is anonymous.
    pub fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("anybody:{}", self.secret())))
    }

    /// Pulls a manifest from a repository, `acme/ship`, by a tag or a digest.
    pub async fn pull(&self, repository: &str, reference: &str) -> Reply {
        self.registry(Method::GET, &format!("/v2/{repository}/manifests/{reference}")).send().await
    }

    /// Pulls a blob from a repository.
    pub async fn pull_blob(&self, repository: &str, digest: &str) -> Reply {
        self.registry(Method::GET, &format!("/v2/{repository}/blobs/{digest}")).send().await
    }

    /// Deletes a manifest or a tag from a repository.
    pub async fn delete_from(&self, repository: &str, reference: &str) -> Reply {
        self.registry(Method::DELETE, &format!("/v2/{repository}/manifests/{reference}")).send().await
    }
}

impl TestHub {
    /// Writes the pulls that were served until now, which the hub does every few seconds.
    ///
    /// # Panics
    /// If the database refuses.
    pub async fn write_pulls(&self) {
        grantry_ops::registry::pull::write_waiting(&self.ops).await.expect("the database takes pulls");
    }
}
