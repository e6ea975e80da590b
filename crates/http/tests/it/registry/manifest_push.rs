//! Pushing manifests: what is taken, what is refused, and tags.

use bytes::Bytes;
use futures_util::stream;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::{IMAGE, INDEX};
use http::Method;
use serde_json::{Value, json};

use super::grants::let_tags_move;
use super::{count, delete, expect_error, get, head, image_of, part, push_as, sha256, sha512};

const MANIFESTS: &str = "select count(*) from manifest";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const PATH: &str = "/v2/acme/app/manifests/1.0";

/// A hub whose artifact `app` has the configuration `{}` and two layers.
async fn start(db: grantry_testdb::database::TestDatabase) -> TestHub {
    let hub = TestHub::start(db).await;
    for blob in ["{}", "one", "two"] {
        hub.acme.push_blob("app", blob.as_bytes()).await;
    }
    hub
}

/// An image that is padded to exactly so many bytes.
fn padded(size: usize) -> String {
    let mut image = image_of("", &["one"]);
    let bare = image.to_string().len();
    image["annotations"]["name"] = "x".repeat(size - bare).into();
    image.to_string()
}

both_engines! {
    async fn a_pushed_manifest_is_told_with_its_digest_and_subject(db: TestDatabase) {
        let hub = start(db).await;
        let admin = &hub.acme.admin;
        let image = image_of("1", &["one"]).to_string();
        let reply = push_as(admin, PATH, IMAGE, image.clone()).await.expect(201);
        assert_eq!((reply.header("location"), reply.header("docker-content-digest")), (PATH, &*sha256(&image)));
        assert_eq!((reply.header("content-length"), reply.header("oci-subject")), ("0", ""));
        for subject in [part(IMAGE, &image), part(IMAGE, "not there yet")] {
            let mut referrer = image_of("2", &[]);
            referrer["subject"] = subject.clone();
            let body = referrer.to_string();
            let path = format!("/v2/acme/app/manifests/{}", sha256(&body));
            let reply = push_as(admin, &path, IMAGE, body).await.expect(201);
            assert_eq!(reply.header("oci-subject"), subject["digest"]);
            assert_eq!(reply.header("location"), path);
        }
    }

    async fn what_the_specification_allows_is_taken(db: TestDatabase) {
        let hub = start(db).await;
        let child = hub.acme.push("app", "child").await;
        let child = json!({ "mediaType": IMAGE, "digest": child.digest, "size": child.size });
        let empty = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [] });
        push_as(&hub.acme.admin, "/v2/acme/app/manifests/empty", INDEX, empty.to_string()).await.expect(201);
        let nested = part(INDEX, empty.to_string());
        let with = |mut base: Value, changes: Value| {
            for (key, value) in changes.as_object().unwrap() {
                base[key] = value.clone();
            }
            base
        };
        let image = |name: &str, changes: Value| with(image_of(name, &["one"]), changes);
        let index = |changes: Value| with(json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [child.clone()] }), changes);
        let mut foreign = part("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "never sent");
        foreign["urls"] = json!(["https://example.com/layer"]);
        let docker = part("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "never sent either");
        let mut data = part(EMPTY, "{}");
        data["data"] = "e30=".into();
        for (number, (media_type, body)) in [
            (IMAGE, image("unknown", json!({ "newMember": { "x": [1, null] }, "layers": [with(part("a/b", "one"), json!({ "y": {} }))] }))),
            (IMAGE, image("untyped", json!({ "mediaType": "" }))),
            (IMAGE, image("no layers", json!({ "layers": [] }))),
            (IMAGE, image("null layers", json!({ "layers": null }))),
            (IMAGE, image("data", json!({ "config": data }))),
            (IMAGE, image("artifact", json!({ "artifactType": "application/vnd.example.sbom" }))),
            (IMAGE, image("subject", json!({ "subject": part(IMAGE, "missing") }))),
            (IMAGE, image("foreign", json!({ "layers": [foreign, docker] }))),
            (IMAGE, image("twice", json!({ "layers": [part("a/b", "one"), part("a/b", "one")] }))),
            (INDEX, index(json!({}))),
            (INDEX, index(json!({ "manifests": [nested, child] }))),
            (INDEX, index(json!({ "artifactType": "application/vnd.example.set", "subject": part(IMAGE, "missing") }))),
            ("application/vnd.example.image+json", image("custom", json!({ "mediaType": "application/vnd.example.image+json" }))),
        ].into_iter().enumerate() {
            let path = format!("/v2/acme/app/manifests/t{number}");
            let body = body.to_string();
            push_as(&hub.acme.admin, &path, media_type, body.clone()).await.expect(201);
            assert_eq!(get(&hub.acme.admin, &path).await.expect(200).text(), body);
        }
    }

    async fn a_manifest_is_taken_by_its_digest_only_with_that_content(db: TestDatabase) {
        let hub = start(db).await;
        let body = image_of("1", &["one"]).to_string();
        for other in [sha256("other"), sha512("other"), "sha256:baddigeststring".into(), format!("sha256:{}", "0".repeat(63))] {
            let path = format!("/v2/acme/app/manifests/{other}");
            expect_error(&push_as(&hub.acme.admin, &path, IMAGE, body.clone()).await, 400, "DIGEST_INVALID");
        }
        assert_eq!(count(&hub, MANIFESTS).await, 0);
        for digest in [sha256(&body), sha512(&body)] {
            let path = format!("/v2/acme/app/manifests/{digest}");
            let reply = push_as(&hub.acme.admin, &path, IMAGE, body.clone()).await.expect(201);
            assert_eq!(reply.header("docker-content-digest"), digest);
            assert_eq!(get(&hub.acme.admin, &path).await.expect(200).text(), body);
        }
    }

    async fn a_manifest_that_is_none_is_refused(db: TestDatabase) {
        let hub = start(db).await;
        let image = image_of("1", &["one"]);
        let without = |member: &str| { let mut image = image.clone(); image.as_object_mut().unwrap().remove(member); image.to_string() };
        let config = |config: Value| { let mut image = image.clone(); image["config"] = config; image.to_string() };
        let text = image.to_string();
        for (media_type, body) in [
            (IMAGE, String::new()),
            (IMAGE, "null".into()),
            (IMAGE, "[]".into()),
            (IMAGE, "{}".into()),
            (IMAGE, "\"manifest\"".into()),
            (IMAGE, text[..text.len() - 1].into()),
            (IMAGE, format!("{text} x")),
            (IMAGE, format!("\u{feff}{text}")),
            (IMAGE, without("schemaVersion")),
            (IMAGE, text.replace("\"schemaVersion\":2", "\"schemaVersion\":1")),
            (IMAGE, text.replace("\"schemaVersion\":2", "\"schemaVersion\":2,\"schemaVersion\":2")),
            (IMAGE, without("config")),
            (IMAGE, config(json!({ "mediaType": EMPTY, "size": 2 }))),
            (IMAGE, config(json!({ "mediaType": EMPTY, "digest": "sha256:123", "size": 2 }))),
            (IMAGE, config(json!({ "mediaType": EMPTY, "digest": sha256("{}"), "size": -2 }))),
            (IMAGE, config(json!({ "mediaType": EMPTY, "digest": sha256("{}"), "size": 1e30 }))),
            (IMAGE, config(json!({ "mediaType": EMPTY, "digest": sha256("{}"), "size": "2" }))),
            (INDEX, text.clone()),
            ("application/vnd.docker.distribution.manifest.v2+json", text.clone()),
            ("application/json", text.clone()),
            ("nonsense", text.clone()),
            ("application/vnd.example+json", json!({ "schemaVersion": 2 }).to_string()),
            (IMAGE, json!({ "schemaVersion": 2, "config": part(EMPTY, "{}"), "layers": [], "manifests": [] }).to_string()),
        ] {
            let reply = push_as(&hub.acme.admin, PATH, media_type, body.clone()).await;
            assert_eq!(reply.status, 400, "{media_type} {body}");
            expect_error(&reply, 400, "MANIFEST_INVALID");
        }
        push_as(&hub.acme.admin, PATH, IMAGE, b"{\"a\":\"\xff\"}".to_vec()).await.expect(400);
        assert_eq!(count(&hub, MANIFESTS).await, 0);
        expect_error(&get(&hub.acme.admin, PATH).await, 404, "MANIFEST_UNKNOWN");
    }

    async fn bombs_of_json_are_refused(db: TestDatabase) {
        let hub = start(db).await;
        let image = image_of("1", &["one"]).to_string();
        let with = |member: String| format!("{},{member}}}", &image[..image.len() - 1]);
        let nested = |open: &str, close: &str, depth: usize| format!("{}{}", open.repeat(depth), close.repeat(depth));
        let many = format!("\"layers\":[{}]", vec![part("a/b", "one").to_string(); 10_001].join(","));
        for body in [
            with(format!("\"deep\":{}", nested("[", "]", 1_000_000))),
            with(format!("\"deep\":{}1{}", "{\"a\":".repeat(200_000), "}".repeat(200_000))),
            "[".repeat(4_000_000),
            format!("{{\"schemaVersion\":2,{many},\"config\":{}}}", part(EMPTY, "{}")),
            with(format!("\"n\":{}", "9".repeat(10) + "e999999999")).replace("\"schemaVersion\":2", "\"schemaVersion\":9e999999999"),
        ] {
            expect_error(&push_as(&hub.acme.admin, PATH, IMAGE, body).await, 400, "MANIFEST_INVALID");
        }
        push_as(&hub.acme.admin, PATH, IMAGE, with(format!("\"deep\":{}", nested("[", "]", 60)))).await.expect(201);
    }

    async fn a_manifest_has_eight_mebibytes_at_most(db: TestDatabase) {
        let hub = start(db).await;
        let most = 8 << 20;
        let body = padded(most);
        assert_eq!(body.len(), most);
        push_as(&hub.acme.admin, PATH, IMAGE, body.clone()).await.expect(201);
        assert_eq!(get(&hub.acme.admin, PATH).await.expect(200).text(), body);
        let path = "/v2/acme/app/manifests/2.0";
        expect_error(&push_as(&hub.acme.admin, path, IMAGE, padded(most + 1)).await, 413, "SIZE_INVALID");
        let told = hub.acme.admin.registry(Method::PUT, path).header("content-length", "99999999999");
        expect_error(&told.send().await, 413, "SIZE_INVALID");
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 65536])));
        let call = hub.acme.admin.registry(Method::PUT, path).header("content-type", IMAGE);
        expect_error(&call.body(axum::body::Body::from_stream(endless)).send().await, 413, "SIZE_INVALID");
        expect_error(&get(&hub.acme.admin, path).await, 404, "MANIFEST_UNKNOWN");
    }

    async fn a_manifest_that_breaks_off_is_not_stored(db: TestDatabase) {
        let hub = start(db).await;
        let image = image_of("1", &["one"]).to_string();
        let parts = [Ok(Bytes::from(image)), Err(std::io::Error::other("gone"))];
        let call = hub.acme.admin.registry(Method::PUT, PATH).header("content-type", IMAGE);
        let reply = call.body(axum::body::Body::from_stream(stream::iter(parts))).send().await;
        expect_error(&reply, 400, "MANIFEST_INVALID");
        expect_error(&get(&hub.acme.admin, PATH).await, 404, "MANIFEST_UNKNOWN");
    }

    async fn what_a_manifest_needs_must_be_in_its_repository(db: TestDatabase) {
        let hub = start(db).await;
        let elsewhere = hub.acme.push("other", "1.0").await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let foreign = globex.push("app", "1.0").await;
        let blob = |digest: &str| json!({ "mediaType": "a/b", "digest": digest, "size": 3 });
        let child = |digest: &str, size: usize| json!({ "mediaType": IMAGE, "digest": digest, "size": size });
        let mut bodies = Vec::new();
        for digest in [&sha256("nothing"), &sha512("one"), &elsewhere.layer, &foreign.layer] {
            let mut image = image_of("1", &[]);
            image["layers"] = json!([part("a/b", "one"), blob(digest)]);
            bodies.push((IMAGE, image.clone()));
            image["layers"] = json!([]);
            image["config"] = blob(digest);
            bodies.push((IMAGE, image));
        }
        for (digest, size) in [(sha256("nothing"), 3), (elsewhere.digest, elsewhere.size), (foreign.digest, foreign.size)] {
            let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [child(&digest, size)] });
            bodies.push((INDEX, index));
        }
        let before = count(&hub, MANIFESTS).await;
        for (media_type, body) in bodies {
            let reply = push_as(&hub.acme.admin, PATH, media_type, body.to_string()).await;
            expect_error(&reply, 400, "MANIFEST_BLOB_UNKNOWN");
        }
        assert_eq!(count(&hub, MANIFESTS).await, before, "nothing was stored");
        expect_error(&get(&hub.acme.admin, PATH).await, 404, "MANIFEST_UNKNOWN");
    }

    async fn a_part_of_another_size_is_refused(db: TestDatabase) {
        let hub = start(db).await;
        let child = hub.acme.push("app", "child").await;
        let mut image = image_of("1", &["one"]);
        image["layers"][0]["size"] = 4.into();
        expect_error(&push_as(&hub.acme.admin, PATH, IMAGE, image.to_string()).await, 400, "MANIFEST_INVALID");
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [
            { "mediaType": IMAGE, "digest": child.digest, "size": child.size + 1 },
        ] });
        expect_error(&push_as(&hub.acme.admin, PATH, INDEX, index.to_string()).await, 400, "MANIFEST_INVALID");
    }

    async fn a_manifest_pushed_by_its_digest_sets_tags(db: TestDatabase) {
        let hub = start(db).await;
        let body = image_of("1", &["one"]).to_string();
        let tags: Vec<_> = (0..100).map(|number| format!("t{number}")).collect();
        for digest in [sha256(&body), sha512(&body)] {
            let prefix = &digest[..6];
            let query: Vec<_> = tags.iter().map(|tag| format!("tag={prefix}-{tag}")).collect();
            let path = format!("/v2/acme/app/manifests/{digest}?{}", query.join("&"));
            let reply = push_as(&hub.acme.admin, &path, IMAGE, body.clone()).await.expect(201);
            let told: Vec<_> = reply.headers.get_all("oci-tag").iter().map(|tag| tag.to_str().unwrap()).collect();
            assert_eq!(told, tags.iter().map(|tag| format!("{prefix}-{tag}")).collect::<Vec<_>>());
            for tag in [format!("{prefix}-t0"), format!("{prefix}-t99")] {
                assert_eq!(hub.acme.admin.pull("acme/app", &tag).await.expect(200).header("docker-content-digest"), digest);
            }
            let many = push_as(&hub.acme.admin, &format!("{path}&tag=more"), IMAGE, body.clone()).await;
            expect_error(&many, 414, "MANIFEST_INVALID");
            let bad = format!("/v2/acme/app/manifests/{digest}?tag=fine&tag=.bad");
            expect_error(&push_as(&hub.acme.admin, &bad, IMAGE, body.clone()).await, 400, "MANIFEST_INVALID");
        }
        expect_error(&hub.acme.admin.pull("acme/app", "fine").await, 404, "MANIFEST_UNKNOWN");
    }

    async fn a_tag_stays_where_it_is(db: TestDatabase) {
        let hub = start(db).await;
        let (one, two) = (image_of("1", &["one"]).to_string(), image_of("2", &["two"]).to_string());
        push_as(&hub.acme.admin, PATH, IMAGE, one.clone()).await.expect(201);
        let events = count(&hub, "select count(*) from audit_event").await;
        push_as(&hub.acme.admin, PATH, IMAGE, one.clone()).await.expect(201);
        assert_eq!(count(&hub, "select count(*) from audit_event").await, events, "the same again changes nothing");
        let by_digest = format!("/v2/acme/app/manifests/{}?tag=new&tag=1.0", sha256(&two));
        for path in [PATH, &by_digest] {
            let refused = push_as(&hub.acme.admin, path, IMAGE, two.clone()).await;
            expect_error(&refused, 403, "DENIED");
            let sentence = refused.field("/errors/0/message");
            assert!(sentence.contains("The tag 1.0 exists") && sentence.ends_with('.'), "{sentence}");
        }
        for reference in [&sha256(&two), "new"] {
            expect_error(&hub.acme.admin.pull("acme/app", reference).await, 404, "MANIFEST_UNKNOWN");
        }
        assert_eq!(hub.acme.admin.pull("acme/app", "1.0").await.text(), one);
    }

    async fn tags_move_in_an_organization_that_lets_them(db: TestDatabase) {
        let hub = start(db).await;
        let (one, two) = (image_of("1", &["one"]).to_string(), image_of("2", &["two"]).to_string());
        push_as(&hub.acme.admin, PATH, IMAGE, one.clone()).await.expect(201);
        let_tags_move(&hub.acme).await;
        push_as(&hub.acme.admin, PATH, IMAGE, two.clone()).await.expect(201);
        assert_eq!(hub.acme.admin.pull("acme/app", "1.0").await.text(), two);
        hub.acme.admin.pull("acme/app", &sha256(&one)).await.expect(200);
        let path = format!("/v2/acme/app/manifests/{}?tag=1.0&tag=again", sha256(&one));
        push_as(&hub.acme.admin, &path, IMAGE, one.clone()).await.expect(201);
        assert_eq!(hub.acme.admin.pull("acme/app", "1.0").await.text(), one);
    }

    async fn tags_that_stand_for_attachments_always_move(db: TestDatabase) {
        let hub = start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        for (number, suffix) in ["", ".sig", ".att", ".sbom"].into_iter().enumerate() {
            let path = format!("/v2/acme/app/manifests/{}", image.attached_tag(suffix));
            for content in ["first", "second", "first"] {
                let body = image_of(&format!("{content}{number}"), &["one"]).to_string();
                push_as(&hub.acme.admin, &path, IMAGE, body.clone()).await.expect(201);
                assert_eq!(get(&hub.acme.admin, &path).await.text(), body);
            }
        }
        for tag in [image.attached_tag(".other"), image.attached_tag("x"), format!("sha256-{}", "A".repeat(64))] {
            let path = format!("/v2/acme/app/manifests/{tag}");
            push_as(&hub.acme.admin, &path, IMAGE, image_of("first", &[]).to_string()).await.expect(201);
            expect_error(&push_as(&hub.acme.admin, &path, IMAGE, image_of("second", &[]).to_string()).await, 403, "DENIED");
        }
    }

    async fn of_two_pushes_of_one_tag_at_once_one_wins(db: TestDatabase) {
        let hub = start(db).await;
        for round in 0..5 {
            let path = format!("/v2/acme/app/manifests/r{round}");
            let push = |name: &str| push_as(&hub.acme.admin, &path, IMAGE, image_of(&format!("{name}{round}"), &["one"]).to_string());
            let (one, two) = tokio::join!(push("one"), push("two"));
            let mut statuses = [one.status.as_u16(), two.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 403], "{one}\n{two}");
            let winner = if one.status == 201 { &one } else { &two };
            let pulled = get(&hub.acme.admin, &path).await;
            assert_eq!(pulled.header("docker-content-digest"), winner.header("docker-content-digest"));
        }
        let push = || push_as(&hub.acme.admin, "/v2/acme/app/manifests/same", IMAGE, image_of("same", &["two"]).to_string());
        let (one, two) = tokio::join!(push(), push());
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (201, 201), "{one}\n{two}");
    }

    async fn what_is_pushed_again_is_kept_though_it_had_lost_its_last_tag(db: TestDatabase) {
        let hub = start(db).await;
        let body = image_of("1", &["one"]).to_string();
        push_as(&hub.acme.admin, PATH, IMAGE, body.clone()).await.expect(201);
        delete(&hub.acme.admin, PATH).await.expect(202);
        let orphans = "select count(*) from manifest where orphaned_at is not null";
        assert_eq!(count(&hub, orphans).await, 1);
        let path = format!("/v2/acme/app/manifests/{}", sha256(&body));
        push_as(&hub.acme.admin, &path, IMAGE, body).await.expect(201);
        assert_eq!(count(&hub, orphans).await, 0, "the client relies on it from now on");
    }

    async fn the_artifact_is_made_by_the_first_push(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        expect_error(&get(&hub.acme.admin, "/v2/acme/new/tags/list").await, 404, "NAME_UNKNOWN");
        expect_error(&push_as(&hub.acme.admin, "/v2/acme/new/manifests/1.0", IMAGE, "{").await, 400, "MANIFEST_INVALID");
        expect_error(&get(&hub.acme.admin, "/v2/acme/new/tags/list").await, 404, "NAME_UNKNOWN");
        let index = json!({ "schemaVersion": 2, "manifests": [] }).to_string();
        let push = || push_as(&hub.acme.admin, "/v2/acme/new/manifests/1.0", INDEX, index.clone());
        let (one, two) = tokio::join!(push(), push());
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (201, 201), "{one}\n{two}");
        assert_eq!(count(&hub, "select count(*) from artifact where name = 'new'").await, 1);
        head(&hub.acme.admin, "/v2/acme/new/manifests/1.0").await.expect(200);
    }
}
