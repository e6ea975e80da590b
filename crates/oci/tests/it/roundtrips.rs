//! What is printed is read back, and nothing that is read makes a parser panic.

use grantry_oci::digest::{Algorithm, Digest, Hasher};
use grantry_oci::manifest::{Manifest, MediaType};
use grantry_oci::name::Name;
use grantry_oci::range::{ContentRange, Selection, select};
use grantry_oci::reference::{Reference, Tag};
use grantry_oci::request::Request;
use grantry_oci::resource::{Resource, UploadId};
use grantry_oci::scope::Scope;
use grantry_oci::validator;
use proptest::prelude::*;
use uuid::Uuid;

/// Names, many of them with components that are words of routes.
fn names() -> impl Strategy<Value = Name> {
    let component = prop_oneof![
        Just("blobs".to_owned()),
        Just("uploads".to_owned()),
        Just("manifests".to_owned()),
        Just("tags".to_owned()),
        Just("list".to_owned()),
        Just("referrers".to_owned()),
        "[a-z0-9]{1,8}((\\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}",
    ];
    prop::collection::vec(component, 2..8).prop_map(|parts| parts.join("/").parse().expect("a name"))
}

fn tags() -> impl Strategy<Value = Tag> {
    "[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}".prop_map(|text| text.parse().expect("a tag"))
}

fn digests() -> impl Strategy<Value = Digest> {
    prop_oneof![
        any::<[u8; 32]>().prop_map(Digest::Sha256),
        any::<([u8; 32], [u8; 32])>().prop_map(|(a, b)| {
            let mut hash = [0; 64];
            hash[..32].copy_from_slice(&a);
            hash[32..].copy_from_slice(&b);
            Digest::Sha512(hash)
        }),
    ]
}

fn references() -> impl Strategy<Value = Reference> {
    prop_oneof![tags().prop_map(Reference::Tag), digests().prop_map(Reference::Digest)]
}

fn paths() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "/v2(/[a-z.:%-]{0,6}){0,5}(/blobs|/uploads|/manifests|/tags|/list|/referrers|/_catalog){0,3}/?.{0,8}",
    ]
}

proptest! {
    #[test]
    fn printed_values_are_read_back(name in names(), tag in tags(), digest in digests(), reference in references()) {
        prop_assert_eq!(name.to_string().parse(), Ok(name));
        prop_assert_eq!(tag.to_string().parse(), Ok(tag));
        prop_assert_eq!(digest.to_string().parse(), Ok(digest));
        prop_assert_eq!(reference.to_string().parse(), Ok(reference));
    }

    #[test]
    fn printed_resources_are_requested_back(name in names(), reference in references(), digest in digests(), id: u128) {
        let get = |resource: Resource| Request::parse("GET", &resource.to_string(), "");
        let upload = UploadId(Uuid::from_u128(id));
        let copy = || name.clone();
        prop_assert_eq!(get(Resource::Tags(copy())), Ok(Request::Tags { name: copy(), page: Default::default() }));
        prop_assert_eq!(
            get(Resource::Manifest(copy(), reference.clone())),
            Ok(Request::ManifestGet { name: copy(), reference })
        );
        prop_assert_eq!(get(Resource::Blob(copy(), digest)), Ok(Request::BlobGet { name: copy(), digest }));
        prop_assert_eq!(get(Resource::Upload(copy(), upload)), Ok(Request::UploadStatus { name: copy(), upload }));
        prop_assert_eq!(
            get(Resource::Referrers(copy(), digest)),
            Ok(Request::Referrers { name: copy(), digest, artifact_type: None, last: None })
        );
        let posted = Request::parse("POST", &Resource::Uploads(copy()).to_string(), "");
        prop_assert_eq!(posted, Ok(Request::UploadStart { name: copy(), algorithm: None }));
    }

    #[test]
    fn what_is_requested_prints_the_path_it_came_by(path in paths()) {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "X"] {
            if let Ok(request) = Request::parse(method, &path, &path) && let Some(name) = request.name() {
                prop_assert!(path.contains('%') || path.starts_with(&format!("/v2/{name}/")), "{}", path);
            }
        }
    }

    #[test]
    fn scopes_are_read_back(name in names(), query in any::<String>()) {
        let path = Resource::Uploads(name).to_string();
        for scope in Request::parse("POST", &path, &query).iter().flat_map(Request::scopes) {
            prop_assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        prop_assert!(Scope::union(Scope::parse_all(&query)).len() <= query.len());
    }

    #[test]
    fn accepted_names_are_of_the_grammar(text in "[a-c0/._-]{0,12}") {
        let component = |one: &str| {
            let words: Vec<_> = one.split(['.', '_', '-']).collect();
            let ends = !one.is_empty() && !words[0].is_empty() && !words[words.len() - 1].is_empty();
            let bad = ["..", "___", "._", "_.", ".-", "-.", "_-", "-_"];
            ends && !bad.iter().any(|bad| one.contains(bad))
        };
        let expected = text.contains('/') && text.split('/').all(component);
        prop_assert_eq!(text.parse::<Name>().is_ok(), expected, "{}", text);
    }

    #[test]
    fn selected_ranges_are_within_the_blob(header in "(bytes=)?[0-9, =-]{0,24}", size in 0_u64..2000) {
        let parts = match select(&header, size) {
            Selection::One(one) => vec![one],
            Selection::Several(parts) => parts,
            Selection::Whole | Selection::Unsatisfiable => vec![],
        };
        for one in &parts {
            prop_assert!(one.start() <= one.end() && one.end() < size);
        }
        prop_assert!(parts.iter().map(|one| one.len()).sum::<u64>() <= size);
    }

    #[test]
    fn hashing_does_not_depend_on_the_pieces(content: Vec<u8>, cut: prop::sample::Index, save: bool) {
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let (first, second) = content.split_at(cut.index(content.len() + 1));
            let mut hasher = Hasher::new(algorithm);
            hasher.update(first);
            if save {
                hasher = Hasher::resume(algorithm, &hasher.state()).unwrap();
            }
            hasher.update(second);
            prop_assert_eq!(hasher.finish(), Digest::of(algorithm, &content));
        }
    }

    #[test]
    fn nothing_read_makes_a_parser_panic(text in any::<String>(), bytes: Vec<u8>, size: u64) {
        let digest = Digest::of(Algorithm::Sha256, b"");
        let _ = (text.parse::<Name>(), text.parse::<Reference>(), text.parse::<ContentRange>());
        let _ = (select(&text, size), select(&format!("bytes={text}"), size), MediaType::from_header(&text));
        let _ = (validator::is_unchanged(&text, &digest), text.parse::<Scope>());
        let _ = (Manifest::parse(Some(&text), &bytes), Manifest::parse(None, text.as_bytes()));
        let _ = Hasher::resume(Algorithm::Sha512, &bytes);
        if let Ok(tag) = text.parse::<Tag>() {
            let _ = tag.attachment();
        }
    }

    #[test]
    fn damaged_manifests_make_no_parser_panic(at: prop::sample::Index, byte: u8) {
        let mut bytes = br#"{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[],"annotations":{"a":"b"}}"#.to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(manifest) = Manifest::parse(None, &bytes) {
            let _ = (manifest.kind(), manifest.as_referrer(Digest::of(Algorithm::Sha256, &bytes), 0));
        }
    }
}
