//! Manifests, and what registries say about them.

use axum::body::Body;
use futures_util::stream;
use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::manifest::{MAX_MANIFEST_BYTES, ManifestError, MediaType};
use grantry_oci::reference::Reference;
use grantry_upstream::error::{Defect, DigestMismatch};
use grantry_upstream::session::{Fetched, Head};

use crate::fixture::{
    MANIFEST, MANIFEST_PATH, content, defect, digest_of, hasty_session, manifest, session, tag, typed,
};
use crate::server::{Server, Then, answer, json, not_found, raw, status};

fn expected(digest: Digest) -> Fetched {
    Fetched { bytes: MANIFEST.into(), media_type: MediaType::OCI_MANIFEST.parse().unwrap(), digest }
}

fn mismatch(expected: Digest, actual: Digest) -> Defect {
    Defect::Digest(Box::new(DigestMismatch { expected, actual }))
}

#[tokio::test]
async fn manifest_is_fetched_by_tag() {
    let server = Server::start(content).await;
    let fetched = session(server.address).manifest(&tag()).await.unwrap().unwrap();
    assert_eq!(fetched, expected(digest_of(MANIFEST)));
    let seen = server.seen();
    let accept = seen[0].header("accept").unwrap();
    for media_type in [
        MediaType::OCI_INDEX,
        MediaType::OCI_MANIFEST,
        MediaType::OCI_ARTIFACT,
        MediaType::DOCKER_LIST,
        MediaType::DOCKER_MANIFEST,
    ] {
        assert!(accept.split(", ").any(|one| one == media_type), "{media_type} in {accept}");
    }
    assert_eq!(seen[0].header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn manifest_is_fetched_by_digest() {
    let server = Server::start(|_| manifest()).await;
    let session = session(server.address);
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        // The registry names the SHA-256 of what was asked for by its SHA-512, which is right too.
        let digest = Digest::of(algorithm, MANIFEST);
        let fetched = session.manifest(&Reference::Digest(digest)).await.unwrap().unwrap();
        assert_eq!(fetched, expected(digest));
    }
    assert_eq!(server.paths()[0], format!("/v2/acme/ship/manifests/{}", digest_of(MANIFEST)));
}

#[tokio::test]
async fn manifest_that_is_another_is_refused() {
    let other = digest_of(b"other");
    // Asked for by another digest.
    let server = Server::start(|_| typed(MediaType::OCI_MANIFEST, None, MANIFEST)).await;
    let result = session(server.address).manifest(&Reference::Digest(other)).await;
    assert_eq!(defect(result), mismatch(other, digest_of(MANIFEST)));
    // Sent under another digest.
    let server = Server::start(move |_| typed(MediaType::OCI_MANIFEST, Some(other), MANIFEST)).await;
    let result = session(server.address).manifest(&tag()).await;
    assert_eq!(defect(result), mismatch(other, digest_of(MANIFEST)));
    // The right one, but the registry says that it is another.
    let result = session(server.address).manifest(&Reference::Digest(digest_of(MANIFEST))).await;
    assert_eq!(defect(result), mismatch(other, digest_of(MANIFEST)));
}

#[tokio::test]
async fn digest_is_computed_where_the_registry_names_none() {
    for headers in [&[][..], &[("Docker-Content-Digest", "md5:abc")]] {
        let headers = [headers, &[("Content-Type", MediaType::OCI_MANIFEST)]].concat();
        let server = Server::start(move |_| answer(200, &headers, MANIFEST)).await;
        let fetched = session(server.address).manifest(&tag()).await.unwrap().unwrap();
        assert_eq!(fetched, expected(digest_of(MANIFEST)));
    }
}

#[tokio::test]
async fn type_is_read_from_the_manifest_if_the_header_is_vague() {
    for header in ["application/json", "text/plain; charset=utf-8", "nonsense"] {
        let server = Server::start(move |_| typed(header, None, MANIFEST)).await;
        let fetched = session(server.address).manifest(&tag()).await.unwrap().unwrap();
        assert_eq!(fetched.media_type.as_str(), MediaType::OCI_MANIFEST, "{header}");
    }
}

#[tokio::test]
async fn what_is_no_manifest_is_refused() {
    let server = Server::start(|_| typed(MediaType::OCI_MANIFEST, None, "<html>")).await;
    let result = session(server.address).manifest(&tag()).await;
    assert!(matches!(defect(result), Defect::Manifest(ManifestError::Malformed { .. })));
    let server = Server::start(|_| typed(MediaType::OCI_INDEX, None, MANIFEST)).await;
    let result = session(server.address).manifest(&tag()).await;
    assert!(matches!(defect(result), Defect::Manifest(ManifestError::TypesDiffer { .. })));
    let server = Server::start(|_| json("[".repeat(100_000))).await;
    let result = session(server.address).manifest(&tag()).await;
    assert_eq!(defect(result), Defect::Manifest(ManifestError::TooDeep));
}

#[tokio::test]
async fn manifest_of_the_largest_size_is_fetched_and_no_larger_one() {
    let padded = |size: usize| [MANIFEST, &b" ".repeat(size - MANIFEST.len())].concat();
    let too_large = Defect::TooLarge { limit: MAX_MANIFEST_BYTES };
    let largest = padded(MAX_MANIFEST_BYTES);
    let server = Server::start(move |_| typed(MediaType::OCI_MANIFEST, None, largest.clone())).await;
    let fetched = session(server.address).manifest(&tag()).await.unwrap().unwrap();
    assert_eq!(fetched.bytes.len(), MAX_MANIFEST_BYTES);

    // Announced: nothing of it is waited for.
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 8388609\r\n\r\n";
    let (address, _running) = raw(head, Then::Silence).await;
    assert_eq!(defect(hasty_session(address, 5000, 5000).manifest(&tag()).await), too_large);

    // Not announced, and without an end.
    let server = Server::start(|_| {
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1 << 16]));
        answer(200, &[("Content-Type", MediaType::OCI_MANIFEST)], Body::from_stream(endless))
    })
    .await;
    assert_eq!(defect(session(server.address).manifest(&tag()).await), too_large);
}

#[tokio::test]
async fn encoded_manifest_is_refused() {
    let server = Server::start(|_| {
        answer(200, &[("Content-Type", MediaType::OCI_MANIFEST), ("Content-Encoding", "gzip")], MANIFEST)
    })
    .await;
    assert_eq!(defect(session(server.address).manifest(&tag()).await), Defect::Encoded("gzip".to_owned()));
}

#[tokio::test]
async fn what_does_not_exist_is_none() {
    let server = Server::start(|_| not_found()).await;
    let session = session(server.address);
    let reference = Reference::Digest(digest_of(b"a"));
    assert_eq!(session.manifest(&reference).await.unwrap(), None);
    assert_eq!(session.head_manifest(&reference).await.unwrap(), None);
    assert!(session.blob(&digest_of(b"a")).await.unwrap().is_none());
    assert_eq!(session.tags(1).await.unwrap(), None);
}

fn expected_head() -> Head {
    Head {
        digest: digest_of(MANIFEST),
        media_type: MediaType::OCI_MANIFEST.parse().unwrap(),
        size: MANIFEST.len() as u64,
    }
}

#[tokio::test]
async fn head_is_enough_where_the_registry_says_all() {
    let server = Server::start(content).await;
    assert_eq!(session(server.address).head_manifest(&tag()).await.unwrap(), Some(expected_head()));
    let asked: Vec<(String, String)> =
        server.seen().iter().map(|one| (one.method.to_string(), one.target.clone())).collect();
    assert_eq!(asked, [("HEAD".to_owned(), MANIFEST_PATH.to_owned())]);
}

#[tokio::test]
async fn manifest_is_fetched_where_head_says_too_little() {
    let length = MANIFEST.len().to_string();
    let (kind, digest) = (("Content-Type", MediaType::OCI_MANIFEST), digest_of(MANIFEST).to_string());
    let full = [kind, ("Content-Length", &*length), ("Docker-Content-Digest", &*digest)];
    for left_out in 0..3 {
        let headers: Vec<(String, String)> = full
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != left_out)
            .map(|(_, (name, value))| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let server = Server::start(move |seen| {
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (&**name, &**value)).collect();
            if seen.method == "HEAD" {
                answer(200, &headers, Body::from_stream(stream::empty::<Result<Vec<u8>, std::io::Error>>()))
            } else {
                manifest()
            }
        })
        .await;
        assert_eq!(session(server.address).head_manifest(&tag()).await.unwrap(), Some(expected_head()));
        assert_eq!(server.seen().len(), 2, "without {}", full[left_out].0);
    }
}

#[tokio::test]
async fn manifest_is_fetched_where_there_is_no_head() {
    let server = Server::start(|seen| if seen.method == "HEAD" { status(405) } else { manifest() }).await;
    assert_eq!(session(server.address).head_manifest(&tag()).await.unwrap(), Some(expected_head()));
}

#[tokio::test]
async fn head_of_another_manifest_is_refused() {
    let server = Server::start(|_| manifest()).await;
    let session = session(server.address);
    let other = digest_of(b"other");
    let result = session.head_manifest(&Reference::Digest(other)).await;
    assert_eq!(defect(result), mismatch(other, digest_of(MANIFEST)));
    // Its other digest is another spelling.
    let digest = Digest::of(Algorithm::Sha512, MANIFEST);
    let head = session.head_manifest(&Reference::Digest(digest)).await.unwrap();
    assert_eq!(head, Some(Head { digest, ..expected_head() }));
}
