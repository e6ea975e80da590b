//! Manifests that clients push, and those that nobody should.

use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::manifest::{
    Content, Kind, MAX_DEPTH, MAX_DESCRIPTORS, MAX_MANIFEST_BYTES, Manifest, ManifestError, MediaType,
    Platform,
};
use serde_json::{Value, json};

const IMAGE_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// A descriptor of the type given, whose digest is that of its type.
fn descriptor(media_type: &str) -> Value {
    json!({"mediaType": media_type, "digest": digest(media_type).to_string(), "size": 2})
}

fn digest(text: &str) -> Digest {
    Digest::of(Algorithm::Sha256, text.as_bytes())
}

fn image(config: &str, layers: &[&str]) -> Value {
    let layers: Vec<_> = layers.iter().map(|one| descriptor(one)).collect();
    json!({"schemaVersion": 2, "mediaType": MediaType::OCI_MANIFEST, "config": descriptor(config), "layers": layers})
}

fn index(children: &[Value]) -> Value {
    json!({"schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": children})
}

fn child(os: &str, architecture: &str) -> Value {
    with(&descriptor(MediaType::OCI_MANIFEST), "platform", json!({"os": os, "architecture": architecture}))
}

fn with(document: &Value, key: &str, value: Value) -> Value {
    let mut document = document.clone();
    document[key] = value;
    document
}

fn without(document: &Value, key: &str) -> Value {
    let mut document = document.clone();
    document.as_object_mut().expect("documents are objects").shift_remove(key);
    document
}

fn parse(document: &Value) -> Result<Manifest, ManifestError> {
    Manifest::parse(None, document.to_string().as_bytes())
}

fn accepted(document: &Value) -> Manifest {
    parse(document).unwrap_or_else(|error| panic!("{document}: {error}"))
}

fn malformed(document: &str) -> String {
    match Manifest::parse(None, document.as_bytes()) {
        Err(ManifestError::Malformed { reason, .. }) => reason,
        other => panic!("{document}: {other:?}"),
    }
}

#[test]
fn image_refers_to_its_configuration_and_layers() {
    let manifest = accepted(&image(IMAGE_CONFIG, &[LAYER, LAYER]));
    let blobs: Vec<_> = manifest.blobs().map(|one| one.digest).collect();
    assert_eq!(blobs, [digest(IMAGE_CONFIG), digest(LAYER), digest(LAYER)]);
    assert_eq!(manifest.children(), []);
    assert_eq!(manifest.media_type.as_str(), MediaType::OCI_MANIFEST);
}

#[test]
fn index_refers_to_its_children() {
    let nested = descriptor(MediaType::OCI_INDEX);
    let manifest = accepted(&index(&[child("linux", "amd64"), nested]));
    let children: Vec<_> = manifest.children().iter().map(|one| one.digest).collect();
    assert_eq!(children, [digest(MediaType::OCI_MANIFEST), digest(MediaType::OCI_INDEX)]);
    assert_eq!(manifest.blobs().count(), 0);
}

#[test]
fn type_comes_from_header_body_or_shape() {
    let full = image(IMAGE_CONFIG, &[]);
    let check = |header: Option<&str>, document: &Value, expected: Result<&str, &str>| {
        let found = Manifest::parse(header, document.to_string().as_bytes());
        let found = found.map(|one| one.media_type.to_string()).map_err(|error| error.to_string());
        assert_eq!(found.as_deref().map_err(|error| &**error), expected, "{header:?} {document}");
    };
    check(None, &full, Ok(MediaType::OCI_MANIFEST));
    check(Some(MediaType::OCI_MANIFEST), &full, Ok(MediaType::OCI_MANIFEST));
    check(Some(&format!("{}; charset=utf-8", MediaType::OCI_MANIFEST)), &full, Ok(MediaType::OCI_MANIFEST));
    check(Some(MediaType::DOCKER_MANIFEST), &without(&full, "mediaType"), Ok(MediaType::DOCKER_MANIFEST));
    check(None, &without(&full, "mediaType"), Ok(MediaType::OCI_MANIFEST));
    check(None, &without(&index(&[]), "mediaType"), Ok(MediaType::OCI_INDEX));
    check(None, &with(&full, "mediaType", json!("")), Ok(MediaType::OCI_MANIFEST));
    check(
        Some("application/vnd.acme.custom+json"),
        &without(&full, "mediaType"),
        Ok("application/vnd.acme.custom+json"),
    );
    let differ =
        format!("Content-Type is {}, mediaType is {}", MediaType::OCI_INDEX, MediaType::OCI_MANIFEST);
    check(Some(MediaType::OCI_INDEX), &full, Err(&differ));
    check(Some("text\r\nx: y"), &full, Err("media type of the manifest is not <type>/<subtype>"));
}

#[test]
fn both_docker_types_are_taken() {
    let image = with(
        &image("application/vnd.docker.container.image.v1+json", &[]),
        "mediaType",
        json!(MediaType::DOCKER_MANIFEST),
    );
    assert_eq!(accepted(&image).kind(), Kind::ContainerImage);
    let list = with(&index(&[child("linux", "arm64")]), "mediaType", json!(MediaType::DOCKER_LIST));
    assert_eq!(accepted(&list).kind(), Kind::ContainerImage);
}

#[test]
fn what_the_specification_allows_is_taken() {
    let full = image(EMPTY, &[EMPTY]);
    let data = with(&descriptor(EMPTY), "data", json!("e30="));
    for document in [
        with(&full, "unknown", json!({"a": [1, {"b": null}]})),
        with(&full, "config", with(&descriptor(EMPTY), "unknown", json!([[]]))),
        with(&full, "config", data),
        with(&full, "layers", json!([])),
        with(&full, "layers", json!(null)),
        with(&full, "annotations", json!(null)),
        with(&full, "subject", descriptor(MediaType::OCI_MANIFEST)),
        with(&full, "artifactType", json!("application/vnd.acme.anything")),
        index(&[]),
        with(&index(&[]), "manifests", json!(null)),
        with(
            &with(&index(&[]), "artifactType", json!("a/b")),
            "subject",
            descriptor(MediaType::OCI_MANIFEST),
        ),
        index(&[with(&descriptor(MediaType::OCI_MANIFEST), "platform", json!({}))]),
        image("application/vnd.acme.config", &["application/vnd.acme.layer"]),
    ] {
        accepted(&document);
    }
}

#[test]
fn sha512_descriptors_are_taken() {
    let digest = Digest::of(Algorithm::Sha512, b"{}");
    let config = json!({"mediaType": EMPTY, "digest": digest.to_string(), "size": 2});
    let manifest = accepted(&with(&image(EMPTY, &[]), "config", config));
    assert_eq!(manifest.blobs().next().unwrap().digest, digest);
}

#[test]
fn foreign_layers_need_not_be_uploaded() {
    let manifest = accepted(&image(
        IMAGE_CONFIG,
        &[
            LAYER,
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        ],
    ));
    let needed: Vec<_> = manifest.blobs().map(|one| one.is_distributable()).collect();
    assert_eq!(needed, [true, true, false, false]);
}

#[test]
fn other_schema_versions_are_refused() {
    for version in [json!(1), json!(3), json!(null)] {
        let document = with(&image(IMAGE_CONFIG, &[]), "schemaVersion", version);
        assert_eq!(parse(&document), Err(ManifestError::SchemaVersion));
    }
    assert_eq!(parse(&without(&index(&[]), "schemaVersion")), Err(ManifestError::SchemaVersion));
}

#[test]
fn image_that_is_an_index_too_is_refused() {
    let both = with(&image(IMAGE_CONFIG, &[]), "manifests", json!([]));
    assert_eq!(parse(&both), Err(ManifestError::Ambiguous));
    let both = with(&index(&[]), "layers", json!([]));
    assert_eq!(parse(&both), Err(ManifestError::Ambiguous));
}

#[test]
fn manifest_has_the_members_of_its_type() {
    for document in [
        without(&image(IMAGE_CONFIG, &[]), "config"),
        with(&without(&image(IMAGE_CONFIG, &[]), "manifests"), "mediaType", json!(MediaType::OCI_INDEX)),
        with(&index(&[]), "mediaType", json!(MediaType::OCI_MANIFEST)),
        json!({"schemaVersion": 2, "mediaType": "application/vnd.acme.unknown"}),
        json!({"schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "layers": []}),
    ] {
        assert!(matches!(parse(&document), Err(ManifestError::WrongShape { .. })), "{document}");
    }
}

#[test]
fn artifact_manifest_of_the_draft_is_taken() {
    let document = json!({"mediaType": MediaType::OCI_ARTIFACT, "artifactType": "application/spdx+json",
        "blobs": [descriptor("text/plain")], "subject": descriptor(MediaType::OCI_MANIFEST)});
    let manifest = accepted(&document);
    assert!(matches!(&manifest.content, Content::Artifact { blobs } if blobs.len() == 1));
    assert_eq!(manifest.blobs().count(), 1);
    assert_eq!(manifest.kind(), Kind::Sbom);
}

#[test]
fn what_is_no_manifest_is_refused() {
    for text in
        ["", "null", "[]", "7", "{", "{}x", "\u{feff}{}", "{\"schemaVersion\":\"2\"}", "{\"layers\":{}}"]
    {
        malformed(text);
    }
    let full = image(IMAGE_CONFIG, &[]);
    let config = |key: &str, value: Value| {
        with(&full, "config", with(&descriptor(IMAGE_CONFIG), key, value)).to_string()
    };
    assert!(malformed(&config("digest", json!("sha256:bad"))).contains("sha256"));
    malformed(&config("size", json!(-1)));
    malformed(&config("size", json!(1.5)));
    malformed(&config("annotations", json!({"a": 1})));
    malformed(&with(&full, "config", json!({})).to_string());
}

#[test]
fn refusal_says_where_and_quotes_no_more_than_a_little() {
    let text = format!("{{\n\"layers\": \"{}\"}}", "é".repeat(100_000));
    let error = Manifest::parse(None, text.as_bytes()).unwrap_err();
    assert!(error.to_string().starts_with("manifest can't be read at line 2 column "), "{error}");
    assert!(error.to_string().len() < 500);
}

#[test]
fn member_that_stands_twice_is_refused() {
    let text = image(IMAGE_CONFIG, &[]).to_string();
    let twice = format!("{},\"layers\":[]}}", text.strip_suffix('}').unwrap());
    assert!(malformed(&twice).contains("duplicate field `layers`"));
}

#[test]
fn deep_nesting_is_refused_before_it_is_read() {
    let nested = |levels: usize| {
        let bomb = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let text = image(IMAGE_CONFIG, &[]).to_string();
        format!("{},\"x\":{bomb}}}", text.strip_suffix('}').unwrap())
    };
    assert!(Manifest::parse(None, nested(MAX_DEPTH - 1).as_bytes()).is_ok());
    assert_eq!(Manifest::parse(None, nested(MAX_DEPTH).as_bytes()), Err(ManifestError::TooDeep));
    let open = "[".repeat(MAX_MANIFEST_BYTES);
    assert_eq!(Manifest::parse(None, open.as_bytes()), Err(ManifestError::TooDeep));
}

#[test]
fn large_annotations_are_taken_and_larger_manifests_are_not() {
    let filled = |bytes: usize| with(&image(EMPTY, &[]), "annotations", json!({"a": "x".repeat(bytes)}));
    accepted(&filled(4 << 20));
    let error = parse(&filled(MAX_MANIFEST_BYTES)).unwrap_err();
    assert_eq!(error, ManifestError::TooLarge);
    assert_eq!((error.status(), error.code().descriptor().text), (413, "SIZE_INVALID"));
}

#[test]
fn number_of_descriptors_is_limited() {
    let layers = |count: usize| image(EMPTY, &vec![LAYER; count]);
    accepted(&layers(MAX_DESCRIPTORS));
    assert_eq!(parse(&layers(MAX_DESCRIPTORS + 1)), Err(ManifestError::TooManyDescriptors));
}

#[test]
fn other_refusals_are_manifest_invalid() {
    let error = parse(&json!({})).unwrap_err();
    assert_eq!((error.status(), error.code().descriptor().text), (400, "MANIFEST_INVALID"));
}

#[test]
fn kinds_are_told_by_types() {
    let check =
        |document: &Value, expected: Kind| assert_eq!(accepted(document).kind(), expected, "{document}");
    let typed = |text: &str| with(&image(EMPTY, &[EMPTY]), "artifactType", json!(text));
    check(&image(IMAGE_CONFIG, &[LAYER]), Kind::ContainerImage);
    check(
        &image(
            "application/vnd.cncf.helm.config.v1+json",
            &["application/vnd.cncf.helm.chart.content.v1.tar+gzip"],
        ),
        Kind::HelmChart,
    );
    check(&image(IMAGE_CONFIG, &["application/vnd.dev.cosign.simplesigning.v1+json"]), Kind::Signature);
    check(&typed("application/vnd.dev.sigstore.bundle.v0.3+json"), Kind::Signature);
    check(&image("application/vnd.cncf.notary.signature", &["application/jose+json"]), Kind::Signature);
    check(&image(IMAGE_CONFIG, &["application/vnd.dsse.envelope.v1+json"]), Kind::Attestation);
    check(&image(IMAGE_CONFIG, &["application/vnd.in-toto+json"]), Kind::Attestation);
    check(&typed("application/vnd.cyclonedx+json"), Kind::Sbom);
    check(&image(EMPTY, &["text/spdx"]), Kind::Sbom);
    check(&image(EMPTY, &[EMPTY]), Kind::Generic);
    check(&typed("application/vnd.acme.firmware"), Kind::Generic);
    check(
        &with(&image(IMAGE_CONFIG, &[LAYER]), "artifactType", json!("application/vnd.acme.vm")),
        Kind::Generic,
    );
    check(&index(&[child("linux", "amd64"), child("unknown", "unknown")]), Kind::ContainerImage);
    check(&index(&[child("unknown", "unknown")]), Kind::Generic);
    check(&index(&[]), Kind::Generic);
}

#[test]
fn platforms_leave_out_attestations() {
    let arm = with(
        &descriptor(MediaType::OCI_MANIFEST),
        "platform",
        json!({"os": "linux", "architecture": "arm64", "variant": "v8", "os.features": ["x"]}),
    );
    let manifest =
        accepted(&index(&[child("linux", "amd64"), arm, child("unknown", "unknown"), descriptor("a/b")]));
    let platforms: Vec<_> = manifest.platforms().map(ToString::to_string).collect();
    assert_eq!(platforms, ["linux/amd64", "linux/arm64/v8"]);
}

#[test]
fn platform_of_a_single_image_is_in_its_configuration() {
    let check = |config: &str, expected: Option<&str>| {
        let found = Platform::of_config(config.as_bytes()).map(|one| one.to_string());
        assert_eq!(found.as_deref(), expected, "{config}");
    };
    check(
        r#"{"os":"linux","architecture":"arm","variant":"v7","rootfs":{"type":"layers"}}"#,
        Some("linux/arm/v7"),
    );
    check(r#"{"os":"linux","architecture":"amd64","variant":""}"#, Some("linux/amd64"));
    check("{}", None);
    check("no configuration", None);
}
