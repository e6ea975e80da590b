//! Applications, their versions and who is entitled to them at a test hub, by its API.

use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::client::{Call, Client};
use crate::hub::Vendor;

/// A Compose file that passes the checks.
pub const COMPOSE: &str = "services:\n  ship:\n    image: acme/ship\n";
/// Base values of a chart.
const BASE_VALUES: &str = "replicas: 1\nlicense: {}\n";

/// A part of a form: its name, its content type (none if empty), and its content.
pub type Part<'a> = (&'a str, &'a str, &'a [u8]);

impl Client {
    /// A `POST` of a form in `multipart/form-data`.
    pub fn form(&self, path: &str, parts: &[Part<'_>]) -> Call<'_> {
        self.form_with_boundary(path, parts, "a-boundary")
    }

    /// The same with another boundary between the parts.
    pub fn form_with_boundary(&self, path: &str, parts: &[Part<'_>], boundary: &str) -> Call<'_> {
        let mut body = Vec::new();
        for (name, content_type, content) in parts {
            let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
            if !content_type.is_empty() {
                head.push_str(&format!("; filename=\"{name}.yaml\"\r\nContent-Type: {content_type}"));
            }
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={boundary}");
        self.request(Method::POST, path).header(CONTENT_TYPE.as_str(), &content_type).body(body)
    }
}

impl Vendor {
    /// A new Docker application; its id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_application(&self, name: &str) -> String {
        self.application(name, "docker").await
    }

    /// A new Kubernetes application; its id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_chart_application(&self, name: &str) -> String {
        self.application(name, "kubernetes").await
    }

    async fn application(&self, name: &str, kind: &str) -> String {
        let body = json!({ "name": name, "type": kind });
        self.admin.post("/api/v1/applications", body).await.expect(200).id()
    }

    /// A new version of a Docker application; its id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_version(&self, application: &str, name: &str) -> String {
        self.add_version_of(application, name, COMPOSE).await
    }

    /// The same with this Compose file.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_version_of(&self, application: &str, name: &str, compose: &str) -> String {
        let version = json!({ "name": name });
        self.version(application, &version, ("composefile", compose)).await
    }

    /// A new version of a Kubernetes application, of a chart with the base values `replicas` and `license`; its id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_chart_version(&self, application: &str, name: &str) -> String {
        let url = "oci://registry.test/charts/fleet";
        let version = json!({ "name": name, "chartType": "oci", "chartUrl": url, "chartVersion": "1.0.0" });
        self.version(application, &version, ("valuesfile", BASE_VALUES)).await
    }

    async fn version(&self, application: &str, version: &Value, (part, file): (&str, &str)) -> String {
        let version = version.to_string();
        let parts: [Part<'_>; 2] =
            [("applicationversion", "", version.as_bytes()), (part, "application/yaml", file.as_bytes())];
        let path = format!("/api/v1/applications/{application}/versions");
        self.admin.form(&path, &parts).send().await.expect(200).id()
    }

    /// A new entitlement of a customer to an application, with what else its body holds, such as `scope`; its id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn entitle_to(&self, (customer, application): (&str, &str), name: &str, rest: Value) -> String {
        let mut body =
            json!({ "name": name, "customerOrganizationId": customer, "applicationId": application });
        if let (Some(body), Some(rest)) = (body.as_object_mut(), rest.as_object()) {
            body.extend(rest.clone());
        }
        self.admin.post("/api/v1/application-entitlements", body).await.expect(200).id()
    }
}
