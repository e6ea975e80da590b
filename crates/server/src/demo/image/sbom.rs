//! Bills of materials: SPDX 2.3 documents attached to the index of an image.

use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::manifest::Descriptor;
use serde_json::{Value, json};

use super::container::Build;
use super::document::{ImageManifest, descriptor, manifest_descriptor, print};
use super::{Edition, ManifestPush};

const SPDX: &str = "application/spdx+json";

/// The configuration of artifacts that need none, by the OCI image specification.
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const EMPTY_BYTES: &[u8] = b"{}";

/// The blobs and the manifest of the bill of materials of an image.
pub(super) fn attach(
    edition: &Edition<'_>,
    builds: &[Build],
    index: &ManifestPush,
) -> (Vec<Vec<u8>>, ManifestPush) {
    let document = print(&document(edition, builds, index.digest()));
    // Clients that pull files name them by this annotation.
    let file = format!("{}-{}.spdx.json", edition.product.name, edition.release.version);
    let layer = Descriptor {
        annotations: [("org.opencontainers.image.title".to_owned(), file)].into(),
        ..descriptor(SPDX, &document)
    };
    let manifest = ImageManifest {
        config: descriptor(EMPTY, EMPTY_BYTES),
        layers: vec![layer],
        annotations: [("org.opencontainers.image.created".to_owned(), edition.created_text())].into(),
        attached: Some((SPDX, manifest_descriptor(index, None))),
    };
    (vec![EMPTY_BYTES.to_vec(), document], manifest.into_push(None))
}

/// The image as a package that contains the program of each processor.
fn document(edition: &Edition<'_>, builds: &[Build], image: Digest) -> Value {
    let (name, version) = (edition.product.name, edition.release.version);
    let mut packages = vec![package(edition, "SPDXRef-image", name)];
    packages[0]["primaryPackagePurpose"] = json!("CONTAINER");
    packages[0]["checksums"] = checksums(image);
    packages[0]["externalRefs"] = json!([{
        "referenceCategory": "PACKAGE-MANAGER",
        "referenceType": "purl",
        "referenceLocator": format!("pkg:oci/{name}@sha256%3A{}?tag={version}", image.hex()),
    }]);
    let mut relations = vec![relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-image")];
    for build in builds {
        let processor = build.processor.as_str();
        let id = format!("SPDXRef-program-{processor}");
        let mut program = package(edition, &id, &format!("{name} for linux/{processor}"));
        program["primaryPackagePurpose"] = json!("APPLICATION");
        program["packageFileName"] = json!(name);
        program["checksums"] = checksums(Digest::of(Algorithm::Sha256, &build.program));
        packages.push(program);
        relations.push(relation("SPDXRef-image", "CONTAINS", &id));
    }
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": format!("{name}-{version}"),
        "documentNamespace": format!("https://{}.example/spdx/{name}-{version}", edition.vendor.slug),
        "creationInfo": {
            "created": edition.created_text(),
            "creators": [format!("Organization: {}", edition.vendor.name)],
        },
        "packages": packages,
        "hasExtractedLicensingInfos": [{
            "licenseId": edition.license(),
            "name": format!("License of {}", edition.product.title),
            "extractedText": edition.license_text(),
        }],
        "relationships": relations,
    })
}

fn package(edition: &Edition<'_>, id: &str, name: &str) -> Value {
    json!({
        "SPDXID": id,
        "name": name,
        "versionInfo": edition.release.version,
        "supplier": format!("Organization: {}", edition.vendor.name),
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "licenseConcluded": edition.license(),
        "licenseDeclared": edition.license(),
        "copyrightText": format!("Copyright 2026 {}", edition.vendor.name),
    })
}

fn checksums(digest: Digest) -> Value {
    json!([{ "algorithm": "SHA256", "checksumValue": digest.hex() }])
}

fn relation(element: &str, kind: &str, related: &str) -> Value {
    json!({ "spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": related })
}
