//! Images to run, for each processor, under one index.

use grantry_oci::manifest::Platform;
use serde_json::json;

use super::archive::{File, Mode, gzip, tar};
use super::document::{ImageManifest, descriptor, index, manifest_descriptor, print};
use super::program::{Processor, program};
use super::sbom;
use super::{Edition, ManifestPush, Push};

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// The user that programs run as: nobody in particular, as images without a list of users have it.
pub(super) const USER: u32 = 65_532;

/// An image for one processor.
pub(super) struct Build {
    pub(super) processor: Processor,
    pub(super) program: Vec<u8>,
    config: Vec<u8>,
    layer: Vec<u8>,
    manifest: ManifestPush,
}

/// The image of the edition, with its bill of materials if it has one.
pub(super) fn push(edition: &Edition<'_>) -> Push {
    let builds = Processor::ALL.map(|processor| build(edition, processor));
    let children = builds.each_ref().map(|build| {
        let platform = Platform {
            os: "linux".to_owned(),
            architecture: build.processor.as_str().to_owned(),
            variant: None,
            os_version: None,
        };
        manifest_descriptor(&build.manifest, Some(platform))
    });
    let index = index(&children, &edition.annotations(), edition.release.version.to_owned());
    let sbom = edition.release.has_sbom.then(|| sbom::attach(edition, &builds, &index));

    let mut push = Push {
        artifact: edition.product.name.to_owned(),
        days_ago: edition.release.days_ago,
        blobs: Vec::new(),
        manifests: Vec::new(),
    };
    for build in builds {
        push.blobs.extend([build.layer, build.config]);
        push.manifests.push(build.manifest);
    }
    push.manifests.push(index);
    if let Some((blobs, manifest)) = sbom {
        push.blobs.extend(blobs);
        push.manifests.push(manifest);
    }
    push
}

fn build(edition: &Edition<'_>, processor: Processor) -> Build {
    let program = program(processor, &greeting(edition, processor));
    let license = edition.license_text();
    let files = [
        File { path: edition.product.name, content: &program, mode: Mode::Program },
        File { path: "LICENSE", content: license.as_bytes(), mode: Mode::Data },
    ];
    let archive = tar(&files, edition.created());
    let config = config(edition, processor, &archive);
    let layer = gzip(&archive);
    let manifest = ImageManifest {
        config: descriptor(CONFIG, &config),
        layers: vec![descriptor(LAYER, &layer)],
        annotations: edition.annotations(),
        attached: None,
    };
    Build { processor, program, config, layer, manifest: manifest.into_push(None) }
}

/// What the program prints.
fn greeting(edition: &Edition<'_>, processor: Processor) -> String {
    format!(
        "{} {} by {}, linux/{}\nThis sample image comes with the demo of Grantry.\n",
        edition.product.title,
        edition.release.version,
        edition.vendor.name,
        processor.as_str(),
    )
}

/// The configuration of the image; layers count in it by the digest of what is unpacked.
fn config(edition: &Edition<'_>, processor: Processor, archive: &[u8]) -> Vec<u8> {
    print(&json!({
        "created": edition.created_text(),
        "author": edition.vendor.name,
        "architecture": processor.as_str(),
        "os": "linux",
        "config": {
            "User": format!("{USER}:{USER}"),
            "Entrypoint": [format!("/{}", edition.product.name)],
            "WorkingDir": "/",
            "Labels": edition.annotations(),
        },
        "rootfs": { "type": "layers", "diff_ids": [descriptor(LAYER, archive).digest] },
        "history": [{
            "created": edition.created_text(),
            "created_by": format!("COPY {} LICENSE /", edition.product.name),
        }],
    }))
}
