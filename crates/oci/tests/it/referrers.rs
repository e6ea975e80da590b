//! The answers of the referrers endpoint.

use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::manifest::{Descriptor, Manifest, MediaType};
use grantry_oci::referrers::{Referrers, merge};
use grantry_oci::request::Request;
use serde_json::{Value, json};

const TYPE: &str = "application/vnd.acme.sbom+json";

fn digest(number: usize) -> Digest {
    Digest::of(Algorithm::Sha256, &number.to_le_bytes())
}

fn manifest(document: &Value) -> Manifest {
    Manifest::parse(None, document.to_string().as_bytes()).expect("a manifest")
}

fn image() -> Value {
    let config =
        json!({"mediaType": "application/vnd.acme.config", "digest": digest(0).to_string(), "size": 2});
    json!({"schemaVersion": 2, "mediaType": MediaType::OCI_MANIFEST, "config": config, "layers": []})
}

fn entry(number: usize, filler: usize) -> Descriptor {
    let mut document = image();
    document["annotations"] = json!({"filler": "x".repeat(filler)});
    manifest(&document).as_referrer(digest(number), 7)
}

fn entries(count: usize, filler: usize) -> Vec<Descriptor> {
    let mut entries: Vec<_> = (0..count).map(|number| entry(number, filler)).collect();
    entries.sort_by_key(|one| one.digest);
    entries
}

#[test]
fn empty_answer_is_an_index() {
    let body = serde_json::to_value(Referrers::page([])).unwrap();
    assert_eq!(body, json!({"schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": []}));
}

#[test]
fn entry_says_type_size_and_the_annotations_as_pushed() {
    let check = |document: &Value, expected: Option<&str>| {
        let entry = manifest(document).as_referrer(digest(1), 99);
        let mut wanted =
            json!({"mediaType": document["mediaType"], "digest": digest(1).to_string(), "size": 99});
        if let Some(expected) = expected {
            wanted["artifactType"] = json!(expected);
        }
        if !document["annotations"].is_null() {
            wanted["annotations"] = document["annotations"].clone();
        }
        assert_eq!(serde_json::to_value(entry).unwrap(), wanted);
    };
    let mut document = image();
    check(&document, Some("application/vnd.acme.config"));
    document["artifactType"] = json!("");
    check(&document, Some("application/vnd.acme.config"));
    document["artifactType"] = json!(TYPE);
    check(&document, Some(TYPE));
    document["annotations"] = json!({"b": "é\n\"", "a": ""});
    check(&document, Some(TYPE));
    let mut index = json!({"schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": []});
    check(&index, None);
    index["artifactType"] = json!(TYPE);
    check(&index, Some(TYPE));
}

#[test]
fn small_answer_is_one_page() {
    let page = Referrers::page(entries(100, 10));
    assert_eq!(page.manifests().len(), 100);
    assert_eq!(page.next_link(&"a/b".parse().unwrap(), digest(0), None), None);
}

#[test]
fn large_answer_is_paged_until_the_end() {
    let (name, subject) = ("a/b".parse().unwrap(), digest(0));
    let all = entries(25, 1 << 20);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let rest = all.iter().filter(|one| Some(one.digest) > after).cloned();
        let page = Referrers::page(rest);
        assert!(serde_json::to_vec(&page).unwrap().len() < (4 << 20) + 200);
        seen.extend(page.manifests().iter().map(|one| one.digest));
        let Some(link) = page.next_link(&name, subject, Some(TYPE)) else { break };
        let target = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
        let (path, query) = target.split_once('?').unwrap();
        let Ok(Request::Referrers { name: again, digest, artifact_type, last }) =
            Request::parse("GET", path, query)
        else {
            panic!("{target}")
        };
        assert_eq!((&again, digest, artifact_type.as_deref()), (&name, subject, Some(TYPE)));
        assert_eq!(last, seen.last().copied());
        after = last;
    }
    assert_eq!(seen, all.iter().map(|one| one.digest).collect::<Vec<_>>());
}

#[test]
fn entry_larger_than_a_page_does_not_stop_the_list() {
    let page = Referrers::page(entries(2, 6 << 20));
    assert_eq!(page.manifests().len(), 1);
    assert!(page.next_link(&"a/b".parse().unwrap(), digest(0), None).is_some());
}

#[test]
fn entries_kept_by_older_clients_are_added_but_replace_nothing() {
    let mut known = entries(2, 10);
    let mut tagged = entries(4, 20);
    tagged.reverse();
    merge(&mut known, tagged);
    let fillers: Vec<_> = known.iter().map(|one| (one.digest, one.annotations["filler"].len())).collect();
    let mut expected: Vec<_> = (0..4).map(|one| (digest(one), if one < 2 { 10 } else { 20 })).collect();
    expected.sort_unstable();
    assert_eq!(fillers, expected);
}
