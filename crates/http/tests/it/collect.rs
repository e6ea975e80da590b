//! The registry gives space back by itself, and never what somebody needs.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use grantry_ops::registry::check::check;
use grantry_ops::registry::collect::{Collected, Retention, collect, preview, sweep};
use grantry_testdb::both_engines;
use grantry_testkit::hub::{START, TestHub};
use http::Method;

const HOUR: TimeDelta = TimeDelta::hours(1);

/// Every stored blob's file.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Collects at `hours` after the start.
async fn collect_at(hub: &TestHub, hours: i64) -> Collected {
    hub.clock.set(START + HOUR * i32::try_from(hours).unwrap());
    collect(&hub.ops).await.unwrap()
}

async fn is_there(hub: &TestHub, repository: &str, digest: &str) -> bool {
    hub.acme.admin.pull_blob(repository, digest).await.status == 200
}

both_engines! {
    async fn what_a_manifest_needs_stays_for_ever(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let index = hub.acme.push_index("ship", "1.0", &["amd64", "arm64"]).await;
        let sbom = hub.acme.attach("ship", &index, "application/spdx+json").await;
        for hours in [0, 25, 24 * 10, 24 * 400] {
            assert_eq!(collect_at(&hub, hours).await, Collected::default(), "after {hours} hours");
        }
        for child in &index.children {
            assert!(is_there(&hub, "acme/ship", &child.layer).await);
            assert!(is_there(&hub, "acme/ship", &child.config).await);
        }
        assert!(is_there(&hub, "acme/ship", &sbom.layer).await);
    }

    async fn a_blob_without_a_manifest_goes_after_its_lease_and_its_grace(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let digest = hub.acme.push_blob("ship", b"a layer whose image never came").await;
        assert_eq!(collect_at(&hub, 23).await, Collected::default());
        assert!(is_there(&hub, "acme/ship", &digest).await);
        assert_eq!(collect_at(&hub, 25).await.loose, 1);
        assert!(!is_there(&hub, "acme/ship", &digest).await, "no artifact has it");
        assert_eq!(files(hub.blobs_folder()).len(), 1, "but it is stored, in case it comes again");
        let last = collect_at(&hub, 50).await;
        assert_eq!((last.blobs, last.bytes), (1, 30));
        assert_eq!(files(hub.blobs_folder()), Vec::<PathBuf>::new());
    }

    async fn who_hears_that_a_blob_is_there_has_time_to_push_its_manifest(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let digest = hub.acme.push_blob("ship", b"a base layer").await;
        hub.clock.set(START + HOUR * 20);
        hub.acme.admin.registry(Method::HEAD, &format!("/v2/acme/ship/blobs/{digest}")).send().await.expect(200);
        assert_eq!(collect_at(&hub, 30).await, Collected::default());
        assert!(is_there(&hub, "acme/ship", &digest).await);
        assert_eq!(collect_at(&hub, 45).await.loose, 1);
    }

    async fn a_blob_that_comes_again_is_saved(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let digest = hub.acme.push_blob("ship", b"again and again").await;
        assert_eq!(collect_at(&hub, 25).await.loose, 1);
        hub.clock.set(START + HOUR * 40);
        assert_eq!(hub.acme.push_blob("boat", b"again and again").await, digest);
        assert_eq!(collect_at(&hub, 60).await.blobs, 0);
        assert!(is_there(&hub, "acme/boat", &digest).await);
        assert_eq!(files(hub.blobs_folder()).len(), 1, "the content is stored once");
    }

    async fn a_tag_that_moved_leaves_its_image_for_a_week(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let index = hub.acme.push_index("ship", "1.0", &["amd64", "arm64"]).await;
        hub.acme.admin.delete_from("acme/ship", "1.0").await.expect(202);
        hub.acme.admin.pull("acme/ship", &index.digest).await.expect(200);
        assert_eq!(collect_at(&hub, 24 * 6).await.manifests, 0);
        assert_eq!(collect_at(&hub, 24 * 7 + 1).await.manifests, 1, "the index");
        hub.acme.admin.pull("acme/ship", &index.digest).await.expect(404);
        assert_eq!(collect_at(&hub, 24 * 14 + 2).await.manifests, 2, "its children, which nothing lists any more");
        collect_at(&hub, 24 * 16).await;
        collect_at(&hub, 24 * 18).await;
        assert_eq!(files(hub.blobs_folder()), Vec::<PathBuf>::new());
    }

    async fn a_deleted_image_frees_what_no_other_needs(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let first = hub.acme.push_image("ship", "1.0", "the first").await;
        let second = hub.acme.push_image("ship", "1.1", "the second").await;
        let elsewhere = hub.acme.push_image("boat", "1.0", "the first").await;
        hub.acme.admin.delete_from("acme/ship", &first.digest).await.expect(202);
        assert_eq!(collect_at(&hub, 1).await.loose, 2, "configuration and layer leave the artifact");
        assert!(!is_there(&hub, "acme/ship", &first.layer).await);
        collect_at(&hub, 30).await;
        collect_at(&hub, 60).await;
        assert!(is_there(&hub, "acme/ship", &second.layer).await);
        assert!(is_there(&hub, "acme/boat", &elsewhere.layer).await, "another artifact needs the same bytes");
        assert_eq!(check(&hub.ops, true).await.unwrap().faults, Vec::<String>::new());
    }

    async fn a_deleted_artifact_frees_everything(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push_index("ship", "1.0", &["amd64"]).await;
        let listed = hub.acme.admin.get("/api/v1/artifacts").await.expect(200).json();
        let id = listed[0]["id"].as_str().unwrap().to_owned();
        hub.acme.admin.delete(&format!("/api/v1/artifacts/{id}")).await.expect(204);
        collect_at(&hub, 1).await;
        assert!(collect_at(&hub, 26).await.blobs > 0);
        assert_eq!(files(hub.blobs_folder()), Vec::<PathBuf>::new());
    }

    async fn uploads_that_nobody_ends_end_by_themselves(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let started = hub.acme.admin.registry(Method::POST, "/v2/acme/ship/blobs/uploads/").send().await.expect(202);
        let location = started.header("location").to_owned();
        hub.acme.admin.registry(Method::PATCH, &location).body(b"half of a layer".to_vec()).send().await.expect(202);
        assert_eq!(collect_at(&hub, 23).await.uploads, 0);
        hub.acme.admin.registry(Method::GET, &location).send().await.expect(204);
        let collected = collect_at(&hub, 25).await;
        assert_eq!((collected.uploads, collected.artifacts), (1, 1), "and the artifact that never came to be");
        hub.acme.admin.registry(Method::GET, &location).send().await.expect(404);
        assert_eq!(files(hub.blobs_folder()), Vec::<PathBuf>::new());
    }

    async fn a_preview_tells_the_same_and_changes_nothing(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push_blob("ship", b"loose").await;
        let index = hub.acme.push_index("ship", "1.0", &["amd64"]).await;
        hub.acme.admin.delete_from("acme/ship", "1.0").await.expect(202);
        hub.clock.set(START + HOUR * 24 * 8);
        let before = preview(&hub.ops, 100).await.unwrap();
        assert_eq!(before.manifests[0].digest.to_string(), index.digest);
        assert_eq!(preview(&hub.ops, 100).await.unwrap().now, before.now);
        assert_eq!(collect(&hub.ops).await.unwrap(), before.now);
    }

    async fn what_the_database_does_not_know_is_swept_once_it_is_old(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("ship", "1.0").await;
        let known = files(hub.blobs_folder());
        let stray = known[0].with_file_name("0198c9a1d2b37a4c8e5f60718293a47f");
        let stray = stray.parent().unwrap().with_file_name("7f").join(stray.file_name().unwrap());
        fs::create_dir_all(stray.parent().unwrap()).unwrap();
        fs::write(&stray, b"a crash left this").unwrap();
        // Files are dated by the real clock; the hub's stands somewhere else.
        hub.clock.set(grantry_ops::clock::Clock::System.now());
        assert_eq!(sweep(&hub.ops, true).await.unwrap().blobs, 0, "it may be about to become known");
        hub.clock.set(grantry_ops::clock::Clock::System.now() + HOUR * 25);
        let strays = sweep(&hub.ops, false).await.unwrap();
        assert_eq!((strays.blobs, strays.bytes), (1, 17));
        assert!(stray.exists(), "only told");
        sweep(&hub.ops, true).await.unwrap();
        assert!(!stray.exists());
        assert!(is_there(&hub, "acme/ship", &image.layer).await);
    }

    async fn a_check_names_what_is_missing_and_what_was_changed(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("ship", "1.0").await;
        assert_eq!(check(&hub.ops, true).await.unwrap().faults, Vec::<String>::new());
        let stored = files(hub.blobs_folder());
        let bytes = fs::read(&stored[0]).unwrap();
        fs::write(&stored[0], vec![b'x'; bytes.len()]).unwrap();
        fs::remove_file(&stored[1]).unwrap();
        let quick = check(&hub.ops, false).await.unwrap();
        assert_eq!((quick.blobs, quick.faults.len()), (2, 1), "{:?}", quick.faults);
        assert!(quick.faults[0].contains("missing in the storage"), "{:?}", quick.faults);
        let thorough = check(&hub.ops, true).await.unwrap();
        assert_eq!(thorough.faults.len(), 2, "{:?}", thorough.faults);
    }

    async fn no_live_blob_is_ever_missing_while_everything_happens_at_once(db: TestDatabase) {
        soak(db).await;
    }
}

/// Images with common layers come and go in three artifacts while the collection runs all the time.
async fn soak(db: grantry_testdb::database::TestDatabase) {
    const PUSHERS: u32 = 3;
    const ROUNDS: u32 = 25;
    let retention = Retention {
        lease: TimeDelta::seconds(10),
        grace: TimeDelta::milliseconds(20),
        orphans: TimeDelta::milliseconds(20),
    };
    let hub = TestHub::start_in_real_time(db, retention).await;
    let collecting = async {
        loop {
            collect(&hub.ops).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let pushing =
        futures_util::future::join_all((0..PUSHERS).map(|pusher| push_and_delete(&hub, pusher, ROUNDS)));
    tokio::select! {
        () = collecting => unreachable!("it goes on for ever"),
        _ = pushing => {}
    }
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    collect(&hub.ops).await.unwrap();
    assert_eq!(check(&hub.ops, true).await.unwrap().faults, Vec::<String>::new());
}

async fn push_and_delete(hub: &TestHub, pusher: u32, rounds: u32) {
    let artifact = format!("ship-{pusher}");
    let repository = format!("acme/{artifact}");
    for round in 0..rounds {
        // The same content in all artifacts, so that each delete is a race for the others' blobs.
        let tag = format!("1.{round}");
        let image = hub.acme.push_image(&artifact, &tag, &format!("content {}", round % 4)).await;
        for digest in [&image.config, &image.layer] {
            hub.acme.admin.pull_blob(&repository, digest).await.expect(200);
        }
        hub.acme.admin.pull(&repository, &tag).await.expect(200);
        if round % 3 == 2 {
            hub.acme.admin.delete_from(&repository, &image.digest).await.expect(202);
        }
    }
}
