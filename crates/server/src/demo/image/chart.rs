//! Charts of Helm that install an image of the same version.

use serde_json::{Value, json};

use super::archive::{File, Mode, gzip, tar};
use super::container::USER;
use super::document::{ImageManifest, descriptor, print};
use super::{Edition, Push};

const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const CONTENT: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

const DEPLOYMENT: &str = include_str!("chart/templates/deployment.yaml");
const NOTES: &str = include_str!("chart/templates/NOTES.txt");

/// The chart of the edition. Helm wants an artifact to end in the name of its chart.
pub(super) fn push(edition: &Edition<'_>, registry: &str) -> Push {
    let name = edition.product.name;
    let metadata = metadata(edition);
    let config = print(&metadata);
    let content = package(edition, &metadata, registry);
    let manifest = ImageManifest {
        config: descriptor(CONFIG, &config),
        layers: vec![descriptor(CONTENT, &content)],
        annotations: edition.annotations(),
        attached: None,
    };
    Push {
        artifact: format!("charts/{name}"),
        days_ago: edition.release.days_ago,
        manifests: vec![manifest.into_push(Some(edition.release.version.to_owned()))],
        blobs: vec![content, config],
    }
}

fn metadata(edition: &Edition<'_>) -> Value {
    json!({
        "apiVersion": "v2",
        "name": edition.product.name,
        "description": edition.product.description,
        "type": "application",
        "version": edition.release.version,
        "appVersion": edition.release.version,
        "maintainers": [{ "name": edition.vendor.name }],
    })
}

/// The chart as Helm packs it: a folder of its name.
fn package(edition: &Edition<'_>, metadata: &Value, registry: &str) -> Vec<u8> {
    let (metadata, values) = (yaml(metadata), values(edition, registry));
    let files = [
        ("Chart.yaml", metadata.as_str()),
        ("values.yaml", &values),
        ("LICENSE", &edition.license_text()),
        ("templates/deployment.yaml", DEPLOYMENT),
        ("templates/NOTES.txt", NOTES),
    ];
    let files = files.map(|(path, content)| (format!("{}/{path}", edition.product.name), content.as_bytes()));
    let files = files.each_ref().map(|(path, content)| File { path, content, mode: Mode::Data });
    gzip(&tar(&files, edition.created()))
}

/// The members of an object, a line each: JSON is YAML too.
fn yaml(object: &Value) -> String {
    let members = object.as_object().into_iter().flatten();
    members.map(|(key, value)| format!("{key}: {value}\n")).collect()
}

fn values(edition: &Edition<'_>, registry: &str) -> String {
    let repository = format!("{}/{}", edition.vendor.slug, edition.product.name);
    format!(
        "# Where the image is, and its tag if not that of the chart's version.\n\
         image:\n  \
           registry: {registry}\n  \
           repository: {repository}\n  \
           tag: \"\"\n  \
           pullPolicy: IfNotPresent\n\n\
         # Secrets of type kubernetes.io/dockerconfigjson that hold an access token of the registry.\n\
         imagePullSecrets: []\n\n\
         replicas: 1\n\n\
         # The name under which people reach it, and the token of the license key.\n\
         host: \"\"\n\
         licenseToken: \"\"\n\n\
         # The user that the program runs as.\n\
         user: {USER}\n",
        registry = json!(registry),
    )
}
