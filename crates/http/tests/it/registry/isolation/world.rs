//! What the two vendors have, and everything that can be asked for.

use grantry_testkit::hub::{TestHub, Vendor};
use grantry_testkit::registry::{IMAGE, INDEX, Pushed};
use serde_json::json;

use super::super::{part, push_as, sha256};

/// What is reached through what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The tag `1.0` of `acme/app`.
    One,
    /// Both tags of it.
    Both,
    /// The tag `v2.0.0` of it, an index.
    Two,
    /// Neither: pushed, but of no tag.
    Loose,
    /// Another artifact of the same vendor.
    Secret,
    /// An artifact of another vendor, which has the same name.
    Globex,
}

/// What is asked for.
pub(super) struct Target {
    pub(super) name: &'static str,
    pub(super) path: String,
    /// The same about what does not exist.
    pub(super) twin: String,
    pub(super) of: Of,
}

/// What the two vendors have.
pub(super) struct World {
    pub(super) one: Pushed,
    pub(super) two: Pushed,
    pub(super) secret: Pushed,
    pub(super) globex: Pushed,
    pub(super) sbom_of_one: Pushed,
    pub(super) sbom_of_two: Pushed,
    pub(super) sbom_of_child: Pushed,
    pub(super) signature_of_one: Pushed,
    pub(super) signature_of_two: Pushed,
    /// What an older client keeps of what is attached to 2.0, under the tag for that.
    pub(super) list_of_two: Pushed,
    pub(super) loose: String,
}

impl World {
    pub(super) async fn make(hub: &TestHub) -> (Self, Vendor) {
        let (acme, globex) = (&hub.acme, hub.add_vendor("Globex", "globex").await);
        let one = image(acme, "1.0", &["shared", "one"], "config of one").await;
        let child = image(acme, "", &["shared", "two"], "config of two").await;
        let listed = json!({ "mediaType": IMAGE, "digest": child.digest, "size": child.size });
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [listed] }).to_string();
        push_as(&acme.admin, "/v2/acme/app/manifests/v2.0.0", INDEX, index.clone()).await.expect(201);
        let two = index_of(&index, vec![child]);
        let signature_of_two = acme.sign("app", &two).await;
        let entry =
            json!({ "mediaType": IMAGE, "digest": signature_of_two.digest, "size": signature_of_two.size });
        let list = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry] }).to_string();
        let path = format!("/v2/acme/app/manifests/{}", two.attached_tag(""));
        push_as(&acme.admin, &path, INDEX, list.clone()).await.expect(201);
        let world = Self {
            sbom_of_one: acme.attach("app", &one, "application/spdx+json").await,
            sbom_of_two: acme.attach("app", &two, "application/spdx+json").await,
            sbom_of_child: acme.attach("app", &two.children[0], "application/spdx+json").await,
            signature_of_one: acme.sign("app", &one).await,
            signature_of_two,
            list_of_two: index_of(&list, Vec::new()),
            loose: acme.push_blob("app", b"of nothing yet").await,
            secret: acme.push("secret", "1.0").await,
            globex: globex.push("app", "3.0").await,
            one,
            two,
        };
        (world, globex)
    }

    /// Everything that is pulled by a tag or a digest.
    pub(super) fn targets(&self) -> (Vec<Target>, Vec<Target>) {
        let (nothing, child) = (sha256("nothing"), &self.two.children[0]);
        let manifests = [
            ("app tag 1.0", "acme/app", "1.0", Of::One),
            ("app tag v2.0.0", "acme/app", "v2.0.0", Of::Two),
            ("app digest of 1.0", "acme/app", &self.one.digest, Of::One),
            ("app digest of 2.0", "acme/app", &self.two.digest, Of::Two),
            ("app child of 2.0", "acme/app", &child.digest, Of::Two),
            ("app SBOM of 1.0", "acme/app", &self.sbom_of_one.digest, Of::One),
            ("app SBOM of 2.0", "acme/app", &self.sbom_of_two.digest, Of::Two),
            ("app SBOM of the child", "acme/app", &self.sbom_of_child.digest, Of::Two),
            ("app signature tag of 1.0", "acme/app", &self.one.attached_tag(".sig"), Of::One),
            ("app signature tag of 2.0", "acme/app", &self.two.attached_tag(".sig"), Of::Two),
            ("app signature of 1.0", "acme/app", &self.signature_of_one.digest, Of::One),
            ("app signature of 2.0", "acme/app", &self.signature_of_two.digest, Of::Two),
            ("app referrers tag of 2.0", "acme/app", &self.two.attached_tag(""), Of::Two),
            ("app referrers index of 2.0", "acme/app", &self.list_of_two.digest, Of::Two),
            ("app digest of globex", "acme/app", &self.globex.digest, Of::Globex),
            ("secret tag 1.0", "acme/secret", "1.0", Of::Secret),
            ("secret digest", "acme/secret", &self.secret.digest, Of::Secret),
            ("app digest of secret", "acme/app", &self.secret.digest, Of::Globex),
            ("globex tag 3.0", "globex/app", "3.0", Of::Globex),
            ("globex digest", "globex/app", &self.globex.digest, Of::Globex),
        ]
        .map(|(name, repository, reference, of)| {
            let missing = if reference.contains(':') { &nothing } else { "9.9" };
            let path = |reference: &str| format!("/v2/{repository}/manifests/{reference}");
            Target { name, path: path(reference), twin: path(missing), of }
        });
        let blobs = [
            ("app shared layer", "acme/app", &sha256("shared"), Of::Both),
            ("app layer of 1.0", "acme/app", &sha256("one"), Of::One),
            ("app layer of 2.0", "acme/app", &sha256("two"), Of::Two),
            ("app config of 1.0", "acme/app", &self.one.config, Of::One),
            ("app config of 2.0", "acme/app", &child.config, Of::Two),
            ("app content of SBOM 1.0", "acme/app", &self.sbom_of_one.layer, Of::One),
            ("app content of SBOM 2.0", "acme/app", &self.sbom_of_two.layer, Of::Two),
            ("app content of signature 2.0", "acme/app", &self.signature_of_two.layer, Of::Two),
            ("app loose blob", "acme/app", &self.loose, Of::Loose),
            ("secret layer", "acme/secret", &self.secret.layer, Of::Secret),
            ("app layer of secret", "acme/app", &self.secret.layer, Of::Globex),
            ("app layer of globex", "acme/app", &self.globex.layer, Of::Globex),
            ("globex layer", "globex/app", &self.globex.layer, Of::Globex),
        ]
        .map(|(name, repository, digest, of)| {
            let path = |digest: &str| format!("/v2/{repository}/blobs/{digest}");
            Target { name, path: path(digest), twin: path(&nothing), of }
        });
        (manifests.into(), blobs.into())
    }
}

fn index_of(index: &str, children: Vec<Pushed>) -> Pushed {
    let (config, layer) = (String::new(), String::new());
    Pushed { digest: sha256(index), media_type: INDEX, size: index.len(), config, layer, children }
}

/// An image with these layers and this configuration.
async fn image(vendor: &Vendor, tag: &str, layers: &[&str], config: &str) -> Pushed {
    for blob in layers.iter().chain([&config]) {
        vendor.push_blob("app", blob.as_bytes()).await;
    }
    let layers: Vec<_> = layers.iter().map(|layer| part("a/b", layer)).collect();
    let body = json!({ "schemaVersion": 2, "config": part("a/b", config), "layers": layers }).to_string();
    let digest = sha256(&body);
    let path = format!("/v2/acme/app/manifests/{}", if tag.is_empty() { &digest } else { tag });
    push_as(&vendor.admin, &path, IMAGE, body.clone()).await.expect(201);
    let config = sha256(config);
    Pushed { digest, media_type: IMAGE, size: body.len(), config, layer: String::new(), children: Vec::new() }
}
