//! Several processes of one hub, and a process that starts anew: uploads go on, and nothing is remembered wrongly.

use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::IMAGE;

use super::grants::let_tags_move;
use super::{
    begin, chunk, delete, expect_error, finish, get, image_of, push_as, sha256, sha512, stored_files,
};

/// The vendor's administrator at another process.
async fn beside(hub: &TestHub) -> Client {
    hub.beside().await.1.with_secret(hub.acme.admin.secret())
}

both_engines! {
    async fn an_upload_goes_on_at_another_process(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let processes = [hub.acme.admin.clone(), beside(&hub).await];
        for digest in [|bytes: &[u8]| sha256(bytes), |bytes: &[u8]| sha512(bytes)] {
            let place = begin(&processes[0], "acme/app").await;
            let mut content = Vec::new();
            for (number, size) in [1, 70_000, 3, 1 << 20, 65_536].into_iter().enumerate() {
                let (here, there) = (&processes[number % 2], &processes[(number + 1) % 2]);
                let bytes: Vec<u8> = (0..size).map(|place| u8::try_from((place * 7 + number) % 251).unwrap()).collect();
                let range = format!("{}-{}", content.len(), content.len() + bytes.len() - 1);
                content.extend(&bytes);
                let received = format!("0-{}", content.len() - 1);
                assert_eq!(chunk(there, &place, &range, &bytes).await.expect(202).header("range"), received);
                assert_eq!(get(here, &place).await.expect(204).header("range"), received);
                let again = chunk(here, &place, &range, &bytes).await;
                expect_error(&again, 416, "BLOB_UPLOAD_INVALID");
                assert_eq!(again.header("range"), received);
            }
            let digest = digest(&content);
            finish(&processes[1], &place, &digest, b"").await.expect(201);
            for process in &processes {
                assert_eq!(process.pull_blob("acme/app", &digest).await.expect(200).body, content);
                expect_error(&get(process, &place).await, 404, "BLOB_UPLOAD_UNKNOWN");
            }
        }
    }

    async fn an_upload_goes_on_after_a_restart(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let place = begin(&hub.acme.admin, "acme/app").await;
        for (number, part) in [b"one ", b"two ", b"tre "].into_iter().enumerate() {
            let process = beside(&hub).await;
            let range = format!("{}-{}", number * 4, number * 4 + 3);
            chunk(&process, &place, &range, part).await.expect(202);
        }
        let process = beside(&hub).await;
        assert_eq!(get(&process, &place).await.expect(204).header("range"), "0-11");
        finish(&process, &place, &sha256("one two tre end"), b"end").await.expect(201);
        let pulled = beside(&hub).await.pull_blob("acme/app", &sha256("one two tre end")).await;
        assert_eq!(pulled.expect(200).text(), "one two tre end");
    }

    async fn an_upload_is_cancelled_at_another_process(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let place = begin(&hub.acme.admin, "acme/app").await;
        chunk(&hub.acme.admin, &place, "", b"hello").await.expect(202);
        delete(&beside(&hub).await, &place).await.expect(204);
        expect_error(&chunk(&hub.acme.admin, &place, "", b"more").await, 404, "BLOB_UPLOAD_UNKNOWN");
        assert!(stored_files(&hub).is_empty(), "{:?}", stored_files(&hub));
    }

    async fn of_two_chunks_at_two_processes_one_is_taken(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (here, there) = (&hub.acme.admin, &beside(&hub).await);
        let place = begin(here, "acme/app").await;
        for start in [0, 5, 10] {
            let range = format!("{start}-{}", start + 4);
            let (one, two) = tokio::join!(chunk(here, &place, &range, b"hello"), chunk(there, &place, &range, b"hello"));
            let mut statuses = [one.status.as_u16(), two.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [202, 416], "{one}\n{two}");
        }
        finish(there, &place, &sha256("hellohellohello"), b"").await.expect(201);
        here.pull_blob("acme/app", &sha256("hellohellohello")).await.expect(200);
    }

    async fn what_one_process_changes_the_other_serves(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let_tags_move(&hub.acme).await;
        let (here, there) = (&hub.acme.admin, &beside(&hub).await);
        hub.acme.push_blob("app", b"{}").await;
        for round in 0..3 {
            let body = image_of(&round.to_string(), &[]).to_string();
            push_as(here, "/v2/acme/app/manifests/1.0", IMAGE, body.clone()).await.expect(201);
            assert_eq!(there.pull("acme/app", "1.0").await.expect(200).text(), body);
            there.delete_from("acme/app", &sha256(&body)).await.expect(202);
            expect_error(&here.pull("acme/app", "1.0").await, 404, "MANIFEST_UNKNOWN");
            expect_error(&here.pull("acme/app", &sha256(&body)).await, 404, "MANIFEST_UNKNOWN");
            let blob = hub.acme.push_blob("app", b"layer").await;
            there.pull_blob("acme/app", &blob).await.expect(200);
            delete(here, &format!("/v2/acme/app/blobs/{blob}")).await.expect(202);
            expect_error(&there.pull_blob("acme/app", &blob).await, 404, "BLOB_UNKNOWN");
        }
    }
}
