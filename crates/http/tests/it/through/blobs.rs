//! Blobs that are missing go out while they come in.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::join_all;
use grantry_testdb::both_engines;
use grantry_testdb::database::TestDatabase;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use http::{Method, Response};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::other::{Image, Other, sample};
use crate::registry::{count, stored_files};

const MIB: usize = 1 << 20;
const REPOSITORY: &str = "acme/mirror/big";

/// A hub that pulls through from a registry of others, and has an image's manifest but none of its blobs.
struct Scene {
    hub: TestHub,
    other: Other,
    image: Image,
}

impl Scene {
    async fn open(db: TestDatabase) -> Self {
        let other = Other::start().await;
        let image = other.put("1.0", 1, 3 * MIB + 7);
        let hub = TestHub::start(db).await;
        let body = json!({ "name": "mirror/big", "upstreamUrl": other.repository() });
        hub.acme.admin.post("/api/v1/artifacts", body).await.expect(201);
        hub.acme.admin.pull(REPOSITORY, "1.0").await.expect(200);
        Self { hub, other, image }
    }

    fn path(&self) -> String {
        format!("/v2/{REPOSITORY}/blobs/{}", self.image.layer)
    }

    /// The answer as soon as it begins.
    async fn begin(&self, client: &Client) -> Response<Body> {
        client.registry(Method::GET, &self.path()).begin().await
    }

    /// Reads on until so many bytes have come.
    async fn read(&self, body: &mut BodyDataStream, size: usize) -> Vec<u8> {
        let mut read = Vec::new();
        while read.len() < size {
            read.extend_from_slice(&body.next().await.unwrap().unwrap());
        }
        read
    }

    /// Fetches the layer over a real connection: its announced length, and what came of it before the connection ended.
    async fn fetch(&self, address: SocketAddr) -> (usize, Vec<u8>) {
        let mut connection = TcpStream::connect(address).await.unwrap();
        let credential = self.hub.acme.admin.basic();
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: hub.test\r\nauthorization: {credential}\r\nconnection: close\r\n\r\n",
            self.path()
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // How it ends is seen by what came.
        let _ = connection.read_to_end(&mut answer).await;
        let end = answer.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        (length.parse().unwrap(), answer.split_off(end + 4))
    }

    /// Nothing is kept; what a thread is still writing goes when it is done.
    async fn expect_nothing_stored(&self) {
        for _ in 0..500 {
            if stored_files(&self.hub).is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{:?}", stored_files(&self.hub));
    }

    async fn blobs(&self) -> i64 {
        count(&self.hub, "select count(*) from blob").await
    }
}

both_engines! {
    async fn the_first_byte_goes_out_before_the_last_came(db: TestDatabase) {
        let scene = Scene::open(db).await;
        scene.other.let_pass(100);
        let answer = scene.begin(&scene.hub.acme.admin).await;
        assert_eq!(answer.headers()["content-length"], scene.image.bytes.len().to_string().as_str());
        let mut body = answer.into_body().into_data_stream();
        assert_eq!(scene.read(&mut body, 100).await, scene.image.bytes[..100]);
        assert_eq!(scene.blobs().await, 0, "it is not known before it is whole");
        scene.other.let_pass(2 * MIB);
        assert_eq!(scene.read(&mut body, 2 * MIB - 100).await, scene.image.bytes[100..2 * MIB]);
        scene.other.let_pass(usize::MAX);
        assert_eq!(scene.read(&mut body, MIB + 7).await, scene.image.bytes[2 * MIB..]);
        assert!(body.next().await.is_none());
        assert_eq!(scene.blobs().await, 1);
    }

    async fn twenty_who_ask_at_once_are_one_for_the_upstream(db: TestDatabase) {
        let scene = Scene::open(db).await;
        scene.other.let_pass(MIB);
        let admin = &scene.hub.acme.admin;
        let mut readers = join_all((0..20).map(|_| scene.begin(admin))).await;
        // One reads nothing, one goes away; neither holds up the rest.
        let stuck = readers.pop().unwrap();
        let mut gone = readers.pop().unwrap().into_body().into_data_stream();
        gone.next().await.unwrap().unwrap();
        drop(gone);
        scene.other.let_pass(usize::MAX);
        for reader in readers.into_iter().chain([stuck]) {
            let mut body = reader.into_body().into_data_stream();
            assert!(scene.read(&mut body, scene.image.bytes.len()).await == scene.image.bytes);
        }
        assert!(admin.pull_blob(REPOSITORY, &scene.image.layer).await.expect(200).body == scene.image.bytes);
        assert_eq!(scene.other.blob_gets(), 1);
    }

    async fn what_nobody_waits_for_any_more_is_kept(db: TestDatabase) {
        let scene = Scene::open(db).await;
        scene.other.let_pass(MIB);
        let admin = &scene.hub.acme.admin;
        let mut body = scene.begin(admin).await.into_body().into_data_stream();
        body.next().await.unwrap().unwrap();
        drop(body);
        scene.other.let_pass(usize::MAX);
        assert!(admin.pull_blob(REPOSITORY, &scene.image.layer).await.expect(200).body == scene.image.bytes);
        assert_eq!(scene.other.blob_gets(), 1);
        assert_eq!(scene.blobs().await, 1);
    }

    async fn other_bytes_than_the_digest_says_never_end_cleanly(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let listening = scene.hub.listen().await;
        let good = scene.image.bytes.clone();
        let mut last_differs = good.to_vec();
        *last_differs.last_mut().unwrap() ^= 1;
        for (wrong, is_silent) in [(sample(9, good.len()), false), (last_differs, true)] {
            if is_silent {
                scene.other.keep_lengths_secret();
            }
            scene.other.replace(&scene.image.layer, Some(Bytes::from(wrong)));
            let (length, came) = scene.fetch(listening.address).await;
            assert_eq!(length, good.len());
            assert!(came.len() < length, "{} of {length} bytes came", came.len());
            assert_eq!(scene.blobs().await, 0);
            scene.expect_nothing_stored().await;
        }
        // Once the upstream is right again, so is the answer.
        scene.other.replace(&scene.image.layer, Some(good.clone()));
        let (length, came) = scene.fetch(listening.address).await;
        assert!(length == good.len() && came == good);
        assert_eq!(scene.other.blob_gets(), 3);
    }

    async fn other_numbers_of_bytes_than_the_manifest_says_are_refused(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let admin = &scene.hub.acme.admin;
        let good = scene.image.bytes.clone();
        for size in [good.len() - 1, good.len() + 1] {
            scene.other.replace(&scene.image.layer, Some(Bytes::from(sample(1, size))));
            admin.pull_blob(REPOSITORY, &scene.image.layer).await.expect(404);
        }
        scene.other.keep_lengths_secret();
        let listening = scene.hub.listen().await;
        for size in [good.len() - 1, good.len() + 1] {
            scene.other.replace(&scene.image.layer, Some(Bytes::from(sample(1, size))));
            let (length, came) = scene.fetch(listening.address).await;
            assert!(length == good.len() && came.len() < length, "{} of {length} bytes came", came.len());
        }
        assert_eq!(scene.blobs().await, 0);
    }

    async fn an_upstream_that_breaks_off_breaks_everybody_off(db: TestDatabase) {
        let scene = Scene::open(db).await;
        scene.other.let_pass(MIB);
        let mut body = scene.begin(&scene.hub.acme.admin).await.into_body().into_data_stream();
        assert_eq!(scene.read(&mut body, MIB).await, scene.image.bytes[..MIB]);
        scene.other.break_off();
        let broken = body.next().await.unwrap();
        assert!(broken.is_err(), "{broken:?}");
        assert_eq!(scene.blobs().await, 0);
    }

    async fn what_the_upstream_has_lost_is_not_there(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let admin = &scene.hub.acme.admin;
        scene.other.replace(&scene.image.layer, None);
        admin.pull_blob(REPOSITORY, &scene.image.layer).await.expect(404);
        let Scene { hub, other, image } = scene;
        other.leave().await;
        let away = hub.acme.admin.pull_blob(REPOSITORY, &image.layer).await.expect(503);
        assert_eq!(away.header("retry-after"), "5");
    }

    async fn parts_of_what_is_missing_are_exact(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let (admin, bytes) = (&scene.hub.acme.admin, &scene.image.bytes);
        let size = bytes.len();
        let ask = |range: &str| admin.registry(Method::GET, &scene.path()).header("range", range).send();
        let cases = [
            ("bytes=100-199", 100..200),
            ("bytes=3145730-", 3_145_730..size),
            ("bytes=-7", size - 7..size),
            ("bytes=0-0", 0..1),
        ];
        // All of them before it is here: each range is of a blob that is still coming.
        scene.other.let_pass(2 * MIB);
        let parts = join_all(cases.iter().map(|(range, _)| ask(range)));
        let several = ask("bytes=0-1,1048576-1048577");
        let open = async { scene.other.let_pass(usize::MAX) };
        let (parts, several, ()) = tokio::join!(parts, several, open);
        for (part, (range, expected)) in parts.into_iter().zip(cases) {
            let part = part.expect(206);
            let described = format!("bytes {}-{}/{size}", expected.start, expected.end - 1);
            assert_eq!(part.header("content-range"), described, "{range}");
            assert!(part.body == bytes[expected], "{range}");
        }
        assert!(several.expect(206).header("content-type").starts_with("multipart/byteranges"));
        assert_eq!(scene.other.blob_gets(), 1);
        assert_eq!(ask("bytes=9999999-").await.expect(416).header("content-range"), format!("bytes */{size}"));
    }

    async fn asking_how_long_it_is_fetches_nothing(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let head = scene.hub.acme.admin.registry(Method::HEAD, &scene.path()).send().await.expect(200);
        assert_eq!(head.header("content-length"), scene.image.bytes.len().to_string());
        assert_eq!(head.header("docker-content-digest"), scene.image.layer);
        let known = format!("\"{}\"", scene.image.layer);
        let same = scene.hub.acme.admin.registry(Method::GET, &scene.path()).header("if-none-match", &known);
        same.send().await.expect(304);
        assert_eq!(scene.other.blob_gets(), 0);
    }

    async fn two_processes_may_fetch_the_same(db: TestDatabase) {
        let scene = Scene::open(db).await;
        scene.other.let_pass(MIB);
        let there = scene.hub.beside().await.1.with_secret(scene.hub.acme.admin.secret());
        let answers = [scene.begin(&scene.hub.acme.admin).await, scene.begin(&there).await];
        scene.other.let_pass(usize::MAX);
        for answer in answers {
            let mut body = answer.into_body().into_data_stream();
            assert!(scene.read(&mut body, scene.image.bytes.len()).await == scene.image.bytes);
            assert!(body.next().await.is_none());
        }
        assert_eq!((scene.other.blob_gets(), scene.blobs().await), (2, 1));
        for client in [&scene.hub.acme.admin, &there] {
            assert!(client.pull_blob(REPOSITORY, &scene.image.layer).await.expect(200).body == scene.image.bytes);
        }
        assert_eq!(scene.other.blob_gets(), 2);
    }

    async fn a_hub_that_stops_gives_up_what_is_coming(db: TestDatabase) {
        let scene = Scene::open(db).await;
        scene.other.let_pass(MIB);
        let mut body = scene.begin(&scene.hub.acme.admin).await.into_body().into_data_stream();
        scene.read(&mut body, MIB).await;
        grantry_ops::registry::fetch::stop(&scene.hub.ops).await;
        assert!(body.next().await.unwrap().is_err());
        scene.expect_nothing_stored().await;
    }
}
