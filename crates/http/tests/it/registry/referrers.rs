//! Lists of what is attached to a manifest.

use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::{IMAGE, INDEX};
use serde_json::{Value, json};

use super::tags::link;
use super::{begin, expect_error, get, image_of, part, push_as, sha256, sha512};

const SBOM: &str = "application/spdx+json";
const SIGNATURE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

async fn list(client: &Client, subject: &str) -> Vec<Value> {
    let path = format!("/v2/acme/app/referrers/{subject}");
    get(client, &path).await.expect(200).json()["manifests"].as_array().unwrap().clone()
}

fn digests(list: &[Value]) -> Vec<&str> {
    list.iter().map(|entry| entry["digest"].as_str().unwrap()).collect()
}

fn sorted(mut digests: Vec<&str>) -> Vec<&str> {
    digests.sort_unstable();
    digests
}

/// Pushes a manifest by its digest; what a list of referrers says of it without its type and annotations.
async fn push(hub: &TestHub, media_type: &str, manifest: &Value) -> Value {
    let body = manifest.to_string();
    let path = format!("/v2/acme/app/manifests/{}", sha256(&body));
    push_as(&hub.acme.admin, &path, media_type, body.clone()).await.expect(201);
    part(media_type, body)
}

both_engines! {
    async fn what_nothing_is_attached_to_has_an_empty_list(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        begin(&hub.acme.admin, "acme/empty").await;
        let zero = format!("sha256:{}", "0".repeat(64));
        for (name, digest) in [
            ("acme/app", &image.digest), ("acme/app", &zero), ("acme/empty", &zero), ("acme/none", &zero), ("none/app", &zero),
            ("acme/app", &sha512("nothing")), ("acme/app", &image.layer),
        ] {
            let reply = get(&hub.acme.admin, &format!("/v2/{name}/referrers/{digest}")).await.expect(200);
            assert_eq!(reply.header("content-type"), INDEX);
            assert_eq!(reply.text(), format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":[]}}"#));
            assert_eq!((reply.header("link"), reply.header("oci-filters-applied")), ("", ""));
        }
        for bad in ["sha256:123", "1.0", "sha256:", "md5:d41d8cd98f00b204e9800998ecf8427e"] {
            expect_error(&get(&hub.acme.admin, &format!("/v2/acme/app/referrers/{bad}")).await, 400, "DIGEST_INVALID");
        }
    }

    async fn an_entry_describes_its_manifest(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        hub.acme.push_blob("app", b"{}").await;
        let subject = json!({ "mediaType": IMAGE, "digest": image.digest, "size": image.size });
        let annotations = json!({ "org.opencontainers.image.created": "2026-11-24T12:00:00Z", "ä": "\"\u{1F680}\n" });
        let mut typed = image_of("typed", &[]);
        typed["artifactType"] = SBOM.into();
        let mut untyped = image_of("untyped", &[]);
        untyped["config"]["mediaType"] = "application/vnd.example.config+json".into();
        let typed_index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [], "artifactType": SIGNATURE });
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [] });
        let mut expected = Vec::new();
        for (media_type, mut manifest, artifact_type) in [
            (IMAGE, typed, Some(SBOM)),
            (IMAGE, untyped, Some("application/vnd.example.config+json")),
            (INDEX, typed_index, Some(SIGNATURE)),
            (INDEX, index, None),
        ] {
            manifest["subject"] = subject.clone();
            manifest["annotations"] = annotations.clone();
            let mut entry = push(&hub, media_type, &manifest).await;
            entry["annotations"] = annotations.clone();
            if let Some(artifact_type) = artifact_type {
                entry["artifactType"] = artifact_type.into();
            }
            expected.push(entry);
        }
        expected.sort_by_key(|entry| entry["digest"].as_str().unwrap().to_owned());
        assert_eq!(list(&hub.acme.admin, &image.digest).await, expected);
    }

    async fn a_list_is_filtered_by_type(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let sbom = hub.acme.attach("app", &image, SBOM).await;
        let signature = hub.acme.attach("app", &image, SIGNATURE).await;
        let of = |artifact_type: &str| format!("{}?artifactType={}", image.digest, artifact_type.replace('+', "%2B"));
        for (subject, expected) in [
            (image.digest.clone(), vec![&*sbom.digest, &signature.digest]),
            (of(SBOM), vec![&*sbom.digest]),
            (of(SIGNATURE), vec![&*signature.digest]),
            (of("application/none"), vec![]),
            (of(&SBOM.to_uppercase()), vec![]),
        ] {
            let found = list(&hub.acme.admin, &subject).await;
            assert_eq!(digests(&found), sorted(expected), "{subject}");
            let reply = get(&hub.acme.admin, &format!("/v2/acme/app/referrers/{subject}")).await;
            let applied = if subject.contains('?') { "artifactType" } else { "" };
            assert_eq!(reply.header("oci-filters-applied"), applied);
        }
    }

    async fn a_subject_may_come_after_what_is_attached_to_it(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push_blob("app", b"{}").await;
        let body = image_of("later", &[]).to_string();
        for digest in [sha256(&body), sha512(&body)] {
            let mut referrer = image_of("earlier", &[]);
            referrer["subject"] = json!({ "mediaType": IMAGE, "digest": digest, "size": body.len() });
            let entry = push(&hub, IMAGE, &referrer).await;
            for _ in 0..2 {
                assert_eq!(digests(&list(&hub.acme.admin, &digest).await), [entry["digest"].as_str().unwrap()]);
                let path = format!("/v2/acme/app/manifests/{digest}");
                push_as(&hub.acme.admin, &path, IMAGE, body.clone()).await.expect(201);
            }
        }
    }

    async fn a_long_list_comes_in_pages(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        hub.acme.push_blob("app", b"{}").await;
        let mut expected = Vec::new();
        for number in 0..5 {
            let mut referrer = image_of(&number.to_string(), &[]);
            referrer["artifactType"] = SBOM.into();
            referrer["subject"] = json!({ "mediaType": IMAGE, "digest": image.digest, "size": image.size });
            referrer["annotations"]["long"] = "x".repeat(1_500_000).into();
            expected.push(push(&hub, IMAGE, &referrer).await["digest"].as_str().unwrap().to_owned());
        }
        expected.sort();
        for filter in ["", "?artifactType=application/spdx%2Bjson"] {
            let mut next = Some(format!("/v2/acme/app/referrers/{}{filter}", image.digest));
            let (mut found, mut pages) = (Vec::new(), 0);
            while let Some(path) = next {
                let page = get(&hub.acme.admin, &path).await.expect(200);
                assert!(page.body.len() <= 4 << 20, "clients take pages of this size");
                assert_eq!(page.header("oci-filters-applied"), if filter.is_empty() { "" } else { "artifactType" });
                let json = page.json();
                found.extend(json["manifests"].as_array().unwrap().iter().map(|entry| entry["digest"].as_str().unwrap().to_owned()));
                next = link(page.header("link"));
                pages += 1;
                assert!(pages < 10, "the pages never end");
            }
            assert_eq!((found, pages), (expected.clone(), 3));
        }
    }

    async fn what_older_clients_keep_under_a_tag_is_listed_too(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let native = hub.acme.attach("app", &image, SBOM).await;
        let older = hub.acme.push("app", "older").await;
        let entry = |digest: &str, size: usize, artifact_type: &str| {
            json!({ "mediaType": IMAGE, "digest": digest, "size": size, "artifactType": artifact_type, "annotations": { "by": "tag" } })
        };
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [
            entry(&older.digest, older.size, SIGNATURE), entry(&native.digest, native.size, "application/wrong"),
        ] });
        let path = format!("/v2/acme/app/manifests/{}", image.attached_tag(""));
        push_as(&hub.acme.admin, &path, INDEX, index.to_string()).await.expect(201);
        let found = list(&hub.acme.admin, &image.digest).await;
        assert_eq!(digests(&found), sorted(vec![&native.digest, &older.digest]));
        for one in &found {
            let expected = if one["digest"] == *native.digest { SBOM } else { SIGNATURE };
            assert_eq!(one["artifactType"], expected, "what the manifest itself says counts more");
        }
        let filtered = format!("{}?artifactType={SIGNATURE}", image.digest).replace('+', "%2B");
        assert_eq!(digests(&list(&hub.acme.admin, &filtered).await), [&older.digest]);
        let after = found[0]["digest"].as_str().unwrap();
        let rest = list(&hub.acme.admin, &format!("{}?last={after}", image.digest)).await;
        assert_eq!(digests(&rest), [found[1]["digest"].as_str().unwrap()]);
        hub.acme.admin.delete_from("acme/app", &image.attached_tag("")).await.expect(202);
        assert_eq!(digests(&list(&hub.acme.admin, &image.digest).await), [&native.digest]);
    }
}
