//! What is pushed is what registries and their clients expect.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use flate2::read::GzDecoder;
use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::manifest::{Content, Descriptor, Kind, Manifest, Platform};
use grantry_oci::name::Name;
use serde_json::{Value, json};

use super::super::data::ORGANIZATIONS;
use super::*;

const REGISTRY: &str = "hub.example:8443";

fn all() -> Vec<(&'static OrganizationSample, Push)> {
    let of = |vendor| pushes(vendor, REGISTRY).into_iter().map(move |push| (vendor, push));
    ORGANIZATIONS.iter().flat_map(of).collect()
}

fn pushed(artifact: &str, tag: &str) -> Push {
    let is_it = |push: &Push| {
        push.artifact == artifact && push.manifests.iter().any(|one| one.tag.as_deref() == Some(tag))
    };
    all().into_iter().map(|(_, push)| push).find(is_it).unwrap()
}

fn manifest(push: &ManifestPush) -> Manifest {
    Manifest::parse(Some(push.media_type), &push.bytes).unwrap()
}

fn blob<'a>(push: &'a Push, descriptor: &Descriptor) -> &'a [u8] {
    let is_it = |blob: &&Vec<u8>| Digest::of(Algorithm::Sha256, blob) == descriptor.digest;
    let found = push.blobs.iter().find(is_it).unwrap();
    assert_eq!(found.len() as u64, descriptor.size);
    found
}

fn image_parts(manifest: &Manifest) -> (&Descriptor, &Descriptor) {
    let Content::Image { config, layers } = &manifest.content else { panic!("{manifest:?}") };
    (config, &layers[0])
}

fn decompress(bytes: &[u8]) -> Vec<u8> {
    let mut decompressed = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut decompressed).unwrap();
    decompressed
}

/// Path, mode and content of each file.
fn unpack(archive: &[u8]) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut archive = tar::Archive::new(archive);
    let read = |mut file: tar::Entry<'_, &[u8]>| {
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        (file.path().unwrap().to_str().unwrap().to_owned(), (file.header().mode().unwrap(), content))
    };
    archive.entries().unwrap().map(|file| read(file.unwrap())).collect()
}

#[test]
fn everything_is_the_same_each_time() {
    for vendor in ORGANIZATIONS {
        assert_eq!(pushes(vendor, REGISTRY), pushes(vendor, REGISTRY));
    }
    // In another process too: the configuration names the digest of the archive, before compression.
    let push = pushed("fleet-manager", "2.0.1");
    let image = manifest(&push.manifests[0]);
    insta::assert_snapshot!(image_parts(&image).0.digest, @"sha256:e72302ec5b78d2494749003411da5ace0707a3a65d8d33be6e74236ba43f4377");
    assert_eq!(&blob(&push, image_parts(&image).1)[4..8], [0; 4], "time of the compression");
}

#[test]
fn every_part_comes_before_the_manifest_that_needs_it() {
    for (vendor, push) in all() {
        let name = format!("{}/{}", vendor.slug, push.artifact);
        assert!(name.parse::<Name>().is_ok(), "{name}");
        let blobs: BTreeSet<_> = push.blobs.iter().map(|blob| Digest::of(Algorithm::Sha256, blob)).collect();
        assert_eq!(blobs.len(), push.blobs.len(), "{name} has a blob twice");
        let mut needed = BTreeSet::new();
        let mut before = BTreeMap::new();
        for one in &push.manifests {
            let manifest = manifest(one);
            for part in manifest.blobs() {
                blob(&push, part);
                needed.insert(part.digest);
            }
            for other in manifest.children().iter().chain(&manifest.subject) {
                assert_eq!(before.get(&other.digest), Some(&other.size), "{name}");
            }
            before.insert(one.digest(), one.bytes.len() as u64);
        }
        assert_eq!(needed, blobs, "{name} has a blob that nothing needs");
    }
}

#[test]
fn each_push_brings_one_new_tag_and_content_of_its_own() {
    let mut tags = BTreeSet::new();
    let mut tops = BTreeSet::new();
    for (vendor, push) in all() {
        assert!(
            push.days_ago < vendor.founded_days_ago,
            "{} before {} was founded",
            push.artifact,
            vendor.name
        );
        let tagged: Vec<_> = push.manifests.iter().filter(|one| one.tag.is_some()).collect();
        let [top] = tagged[..] else { panic!("{} has {} tags", push.artifact, tagged.len()) };
        assert!(tags.insert((vendor.slug, push.artifact.clone(), top.tag.clone())), "{tags:?}");
        assert!(tops.insert(top.digest()));
        let version = manifest(top).annotations.get("org.opencontainers.image.version").cloned();
        assert_eq!(version, top.tag);
    }
    assert_eq!(tags.len(), 12);
}

#[test]
fn an_index_has_an_image_for_each_processor() {
    let push = pushed("fleet-manager", "2.0.1");
    let kinds: Vec<_> = push.manifests.iter().map(|one| manifest(one).kind()).collect();
    assert_eq!(kinds, [Kind::ContainerImage, Kind::ContainerImage, Kind::ContainerImage, Kind::Sbom]);
    let index = manifest(&push.manifests[2]);
    let platforms: Vec<_> = index.platforms().map(ToString::to_string).collect();
    assert_eq!(platforms, ["linux/amd64", "linux/arm64"]);
    for (child, image) in index.children().iter().zip(&push.manifests) {
        assert_eq!(child.digest, image.digest());
        let image = manifest(image);
        let (config, layer) = image_parts(&image);
        let config = blob(&push, config);
        assert_eq!(Platform::of_config(config), child.platform);
        let archive = decompress(blob(&push, layer));
        let config: Value = serde_json::from_slice(config).unwrap();
        assert_eq!(
            config["rootfs"]["diff_ids"],
            json!([Digest::of(Algorithm::Sha256, &archive).to_string()])
        );
        assert_eq!(config["config"]["Entrypoint"], json!(["/fleet-manager"]));
        let files = unpack(&archive);
        assert_eq!(files.keys().collect::<Vec<_>>(), ["LICENSE", "fleet-manager"]);
        assert_eq!(files["fleet-manager"].0, 0o755);
        assert_eq!(files["LICENSE"].0, 0o644);
    }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn the_program_in_the_layer_says_what_it_is() {
    use std::process::Command;

    let push = pushed("insight", "3.3.0");
    let image = manifest(&push.manifests[0]);
    let folder = tempfile::tempdir().unwrap();
    let archive = decompress(blob(&push, image_parts(&image).1));
    tar::Archive::new(&*archive).unpack(&folder).unwrap();
    let output = Command::new(folder.path().join("insight")).output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap(), @r"
    Insight 3.3.0 by Halden Analytics, linux/amd64
    This sample image comes with the demo of Grantry.
    ");
}

#[test]
fn a_chart_installs_the_image_of_its_version_from_the_hub() {
    let push = pushed("charts/fleet-manager", "2.0.0");
    let [chart] = &push.manifests[..] else { panic!("{} manifests", push.manifests.len()) };
    let chart = manifest(chart);
    assert_eq!(chart.kind(), Kind::HelmChart);
    let (config, content) = image_parts(&chart);
    let config: Value = serde_json::from_slice(blob(&push, config)).unwrap();
    let files = unpack(&decompress(blob(&push, content)));
    let text = |path: &str| String::from_utf8(files[&format!("fleet-manager/{path}")].1.clone()).unwrap();
    assert_eq!(files.len(), 5);
    for (key, value) in config.as_object().unwrap() {
        assert!(text("Chart.yaml").contains(&format!("{key}: {value}\n")), "{key}");
    }
    insta::assert_snapshot!(text("Chart.yaml"), @r#"
    apiVersion: "v2"
    name: "fleet-manager"
    description: "Plans and watches the work of mobile robots"
    type: "application"
    version: "2.0.0"
    appVersion: "2.0.0"
    maintainers: [{"name":"Northwind Robotics"}]
    "#);
    insta::assert_snapshot!(text("values.yaml"), @r##"
    # Where the image is, and its tag if not that of the chart's version.
    image:
      registry: "hub.example:8443"
      repository: northwind/fleet-manager
      tag: ""
      pullPolicy: IfNotPresent

    # Secrets of type kubernetes.io/dockerconfigjson that hold an access token of the registry.
    imagePullSecrets: []

    replicas: 1

    # The name under which people reach it, and the token of the license key.
    host: ""
    licenseToken: ""

    # The user that the program runs as.
    user: 65532
    "##);
}

#[test]
fn a_bill_of_materials_names_its_image_and_the_programs_in_it() {
    let push = pushed("forecast", "1.1.0");
    let [amd64, arm64, index, sbom] = &push.manifests[..] else {
        panic!("{} manifests", push.manifests.len())
    };
    let sbom = manifest(sbom);
    assert_eq!(sbom.artifact_type.as_deref(), Some("application/spdx+json"));
    assert_eq!(sbom.subject.as_ref().map(|subject| subject.digest), Some(index.digest()));
    let document: Value = serde_json::from_slice(blob(&push, image_parts(&sbom).1)).unwrap();
    assert_eq!(document["packages"][0]["checksums"][0]["checksumValue"], index.digest().hex());
    for (at, image) in [(1, amd64), (2, arm64)] {
        let image = manifest(image);
        let files = unpack(&decompress(blob(&push, image_parts(&image).1)));
        let digest = Digest::of(Algorithm::Sha256, &files["forecast"].1);
        assert_eq!(document["packages"][at]["checksums"][0]["checksumValue"], digest.hex());
    }
}
