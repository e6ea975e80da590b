//! What artifacts keep of their upstreams.

use chrono::TimeDelta;
use grantry_model::artifact::{Artifact, Upkeep, Upstream};
use grantry_model::id::{ArtifactId, BlobId};
use grantry_oci::digest::{Algorithm, Digest};
use grantry_store::blob::NewBlob;
use grantry_store::store::Tx;
use grantry_testdb::both_engines;

use crate::sample::{NOW, id, permit, writing};

const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// The artifact 70 of the first organization, and 71, which is pushed to; both with the blobs 80 to 82.
async fn fill(tx: &mut Tx) {
    for (number, is_pulled_through) in [(70, true), (71, false)] {
        let upstream = is_pulled_through.then(|| Upstream {
            url: "ghcr.io/acme/ship".to_owned(),
            username: None,
            synced_at: None,
            sync_error: None,
            upkeep: Upkeep::default(),
        });
        let name = format!("ship-{number}").parse().unwrap();
        let artifact =
            Artifact { id: id(number), name, created_at: NOW, pushed_at: None, upstream, image: None };
        tx.insert_artifact(&permit(1), &artifact).await.unwrap();
        for blob in 80_u8..83 {
            let key = blob.to_string();
            let sha256 = Digest::of(Algorithm::Sha256, &[blob]);
            let new = NewBlob { id: id(blob.into()), storage_key: &key, size: 100, sha256, sha512: None };
            tx.keep_blob(&permit(1), &new, NOW).await.unwrap();
            tx.link_blob(&permit(1), (id(number), id(blob.into())), NOW + TimeDelta::hours(24))
                .await
                .unwrap();
        }
    }
}

async fn evictable(tx: &mut Tx, organization: u128) -> Vec<BlobId> {
    let found = tx.list_evictable(&permit(organization), id(70), (None, NOW), 10).await.unwrap();
    found.into_iter().map(|one| one.blob).collect()
}

both_engines! {
    async fn blobs_go_in_the_order_of_their_last_pull(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        fill(&mut tx).await;
        for (blob, minutes) in [(81, 2), (80, 5), (81, 9), (81, 3)] {
            tx.touch_cached_blob(id(70), id(blob), NOW + MINUTE * minutes).await.unwrap();
        }
        // What came just now was not noted yet: it goes last.
        assert_eq!(evictable(&mut tx, 1).await, [id(80), id(81), id(82)]);
        let before = Some(NOW + MINUTE * 6);
        let unused = tx.list_evictable(&permit(1), id(70), (before, NOW), 10).await.unwrap();
        assert_eq!(unused.iter().map(|one| one.blob).collect::<Vec<_>>(), [id::<BlobId>(80)]);
    }

    async fn what_was_pulled_meanwhile_stays_and_others_keep_theirs(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        fill(&mut tx).await;
        assert_eq!(evictable(&mut tx, 2).await, Vec::<BlobId>::new(), "another organization's are not found");
        assert_eq!(tx.cached_size(&permit(2), id(70)).await.unwrap(), 0);
        let listed = tx.list_evictable(&permit(1), id(70), (None, NOW), 10).await.unwrap();
        assert!(!tx.evict_blob(&permit(2), id(70), &listed[0], NOW).await.unwrap());
        tx.touch_cached_blob(id(70), id(80), NOW + MINUTE).await.unwrap();
        assert!(!tx.evict_blob(&permit(1), id(70), &listed[0], NOW).await.unwrap(), "it was pulled");
        assert!(tx.evict_blob(&permit(1), id(70), &listed[1], NOW).await.unwrap());
        assert!(!tx.evict_blob(&permit(1), id(71), &listed[1], NOW).await.unwrap(), "what was pushed is not evicted");
        assert_eq!(tx.cached_size(&permit(1), id(70)).await.unwrap(), 200);
        assert_eq!(tx.cached_size(&permit(1), id(71)).await.unwrap(), 300);
        let later = NOW + TimeDelta::days(9);
        assert_eq!(tx.list_condemned_blobs(later, 10).await.unwrap(), [], "another artifact has it");
    }

    async fn a_comparison_is_taken_over_once(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        fill(&mut tx).await;
        let due = |tx: Vec<(_, ArtifactId)>| tx.into_iter().map(|(_, artifact)| artifact).collect::<Vec<_>>();
        assert_eq!(due(tx.list_due_syncs(NOW, 10).await.unwrap()), []);
        let upkeep = Upkeep { sync_hours: Some(6), ..Upkeep::default() };
        tx.update_upkeep(&permit(2), id(70), &upkeep, NOW).await.unwrap();
        assert_eq!(due(tx.list_due_syncs(NOW, 10).await.unwrap()), []);
        tx.update_upkeep(&permit(1), id(70), &upkeep, NOW).await.unwrap();
        assert_eq!(due(tx.list_due_syncs(NOW, 10).await.unwrap()), [id::<ArtifactId>(70)]);
        let claim = (NOW, NOW + MINUTE);
        assert!(!tx.claim_sync(&permit(2), id(70), claim).await.unwrap());
        assert!(tx.claim_sync(&permit(1), id(70), claim).await.unwrap());
        assert!(!tx.claim_sync(&permit(1), id(70), claim).await.unwrap());
        // Who took it over does not bring a schedule back that was ended meanwhile.
        tx.update_upkeep(&permit(1), id(70), &Upkeep::default(), NOW).await.unwrap();
        tx.schedule_sync(&permit(1), id(70), NOW).await.unwrap();
        assert_eq!(due(tx.list_due_syncs(NOW + TimeDelta::days(9), 10).await.unwrap()), []);
    }
}
