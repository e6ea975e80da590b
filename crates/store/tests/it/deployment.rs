//! Deployment targets and what runs there.

use grantry_model::application::{Application, TargetKind, Version, VersionFiles};
use grantry_model::deployment::content::Content;
use grantry_model::deployment::helm::{HelmOptions, Timeout, WaitStrategy};
use grantry_model::deployment::{Deployment, DockerType, Installation, Revision, RevisionAuthor, StatusKind};
use grantry_model::deployment_target::{
    DeploymentTarget, Environment, KnownAgent, NamespaceScope, Resources, TargetNote, TargetOptions,
};
use grantry_model::name::Name;
use grantry_model::page::PageRequest;
use grantry_store::db::params;
use grantry_store::deployment::{At, RELEASE_UNIQUE, REVISION_UNIQUE};
use grantry_store::deployment_target::{NAME_UNIQUE, OWN_NAME_UNIQUE};
use grantry_store::store::Tx;
use grantry_testdb::both_engines;
use uuid::Uuid;

use crate::sample::{NOW, customer, expect_conflict, id, permit, store_with, writing};

fn name(text: &str) -> Name {
    Name::parse("name", text).unwrap()
}

fn target(number: u128, text: &str, customer: Option<u128>) -> DeploymentTarget {
    DeploymentTarget {
        id: id(number),
        customer: customer.map(id),
        name: name(text),
        environment: Environment::Docker { endpoint: None, image_cleanup: false, autoheal: true },
        options: TargetOptions { metrics: true, logs: false, logs_after: Some(NOW), automatic_updates: true },
        created_at: NOW,
        agent: KnownAgent::default(),
    }
}

fn cluster(number: u128, text: &str, customer: Option<u128>) -> DeploymentTarget {
    let quantity = |text: &str| text.parse().unwrap();
    let resources = Resources {
        cpu_request: quantity("100m"),
        memory_request: quantity("64Mi"),
        cpu_limit: quantity("1"),
        memory_limit: quantity("1Gi"),
    };
    let environment = Environment::Kubernetes {
        namespace: "fleet".parse().unwrap(),
        scope: NamespaceScope::Namespace,
        resources: Some(resources),
    };
    DeploymentTarget { environment, ..target(number, text, customer) }
}

fn deployment(number: u128, target: u128) -> Deployment {
    Deployment {
        id: id(number),
        target: id(target),
        application: id(21),
        entitlement: None,
        installation: Installation::Docker(DockerType::Compose),
        keep_volumes: true,
        current_seq: 1,
        created_at: NOW,
    }
}

fn revision(number: u128, of: u128, seq: u32) -> Revision {
    Revision {
        id: id(number),
        deployment: id(of),
        seq,
        version: id(22),
        content: Content { env: Some("A=1".to_owned()), ..Content::default() },
        values_hash: [7; 32],
        created_at: NOW,
        author: RevisionAuthor { user: Some(id(99)), name: "Mara".to_owned() },
        reason: String::new(),
    }
}

/// As [`writing`], with a further customer (12), an application (21) and a version (22).
async fn stocked(db: &grantry_store::db::Database) -> Tx {
    let mut tx = writing(db).await;
    tx.insert_customer(&permit(1), &customer(12, "Hooli")).await.unwrap();
    let application = Application {
        id: id(21),
        name: name("Fleet"),
        kind: TargetKind::Docker,
        created_at: NOW,
        image: None,
    };
    tx.insert_application(&permit(1), &application).await.unwrap();
    let version = Version {
        id: id(22),
        application: id(21),
        name: name("1.0"),
        link_template: "https://x".to_owned(),
        chart: None,
        created_at: NOW,
        archived_at: None,
    };
    tx.insert_application_version(&permit(1), &version, &VersionFiles::default(), &[]).await.unwrap();
    tx
}

async fn deployed(tx: &mut Tx, number: u128, target: u128) {
    tx.insert_deployment(&permit(1), &deployment(number, target)).await.unwrap();
    tx.insert_deployment_revision(&permit(1), &revision(number + 100, number, 1)).await.unwrap();
}

both_engines! {
    async fn a_target_comes_back_as_it_was(db: TestDatabase) {
        let mut tx = stocked(&db.database).await;
        for one in [target(31, "Plant", Some(11)), cluster(32, "Cluster", None)] {
            tx.insert_deployment_target(&permit(1), &one).await.unwrap();
            assert_eq!(tx.find_deployment_target(&permit(1), one.id).await.unwrap(), Some(one.clone()));
            assert_eq!(tx.find_deployment_target(&permit(2), one.id).await.unwrap(), None);
            let changed = DeploymentTarget {
                name: name("Other"),
                options: TargetOptions { metrics: false, logs: true, logs_after: None, automatic_updates: false },
                ..one
            };
            tx.update_deployment_target(&permit(2), &changed).await.unwrap();
            assert_ne!(tx.find_deployment_target(&permit(1), changed.id).await.unwrap(), Some(changed.clone()));
            tx.update_deployment_target(&permit(1), &changed).await.unwrap();
            assert_eq!(tx.find_deployment_target(&permit(1), changed.id).await.unwrap(), Some(changed));
        }
    }

    async fn names_are_taken_once_for_each_owner_in_any_case(db: TestDatabase) {
        for (owner, index) in [(Some(11), NAME_UNIQUE), (None, OWN_NAME_UNIQUE)] {
            let mut tx = stocked(&db.database).await;
            for (number, owner) in [(31, Some(11)), (32, Some(12)), (33, None)] {
                tx.insert_deployment_target(&permit(1), &target(number, "Plant Ä", owner)).await.unwrap();
            }
            let again = tx.insert_deployment_target(&permit(1), &target(34, "pLANT ä", owner)).await;
            expect_conflict(again, index);
        }
        assert_eq!(NAME_UNIQUE, "deployment_target_name_unique");
        assert_eq!(OWN_NAME_UNIQUE, "deployment_target_own_name_unique");
    }

    async fn targets_are_listed_by_customer_and_name_part_by_part(db: TestDatabase) {
        let mut tx = stocked(&db.database).await;
        tx.insert_customer(&permit(1), &customer(13, "Hooli 2")).await.unwrap();
        for (number, text, owner) in [
            (31, "b", Some(11)), (32, "A", Some(11)), (33, "z", Some(12)), (34, "own 2", None), (35, "Own 1", None), (36, "a", Some(13)),
        ] {
            tx.insert_deployment_target(&permit(1), &target(number, text, owner)).await.unwrap();
        }
        let mut page = PageRequest { limit: Some(1), ..PageRequest::default() };
        let mut names = Vec::new();
        loop {
            let part = tx.list_deployment_targets(&permit(1), None, &page).await.unwrap();
            names.extend(part.items.iter().map(|one| one.name.to_string()));
            let Some(next) = part.next else { break };
            page.after = Some(next);
        }
        assert_eq!(names, ["Own 1", "own 2", "z", "a", "A", "b"]);
        let of = tx.list_deployment_targets(&permit(1), Some(id(11)), &PageRequest::default()).await.unwrap().items;
        assert_eq!(of.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["A", "b"]);
        assert_eq!(tx.list_target_names(&permit(1), id(11)).await.unwrap(), ["A", "b"]);
        assert!(tx.list_deployment_targets(&permit(2), None, &PageRequest::default()).await.unwrap().items.is_empty());
    }

    async fn a_new_secret_is_counted(db: TestDatabase) {
        let mut tx = stocked(&db.database).await;
        tx.insert_deployment_target(&permit(1), &target(31, "Plant", Some(11))).await.unwrap();
        for expected in [1, 2] {
            tx.update_target_secret(&permit(2), id(31), &[9; 32]).await.unwrap();
            tx.update_target_secret(&permit(1), id(31), &[1; 32]).await.unwrap();
            let found = tx.find_deployment_target(&permit(1), id(31)).await.unwrap().unwrap();
            assert_eq!(found.agent.credential, expected);
        }
    }

    async fn a_deployment_comes_back_with_its_newest_revision(db: TestDatabase) {
        let mut tx = stocked(&db.database).await;
        tx.insert_deployment_target(&permit(1), &target(31, "Plant", Some(11))).await.unwrap();
        deployed(&mut tx, 41, 31).await;
        let helm = HelmOptions {
            timeout: Timeout::try_from(1_000_000_000).unwrap(),
            wait_strategy: WaitStrategy::Legacy,
            rollback_on_failure: true,
            cleanup_on_failure: false,
            force_conflicts: true,
        };
        let second = Revision {
            content: Content {
                values: Some("a: 1".to_owned()),
                env: None,
                helm: Some(helm),
                force_restart: true,
                ignore_revision_skew: true,
            },
            reason: "rolled back to revision 1".to_owned(),
            author: RevisionAuthor { user: None, name: "Operator".to_owned() },
            ..revision(142, 41, 2)
        };
        tx.insert_deployment_revision(&permit(1), &second).await.unwrap();
        let entry = tx.find_deployment_entry(&permit(1), id(41)).await.unwrap().unwrap();
        assert_eq!(entry.deployment, Deployment { current_seq: 2, ..deployment(41, 31) });
        assert_eq!(entry.current, second);
        assert_eq!((entry.application.name.as_str(), entry.version.name.as_str()), ("Fleet", "1.0"));
        assert_eq!((entry.target_name.as_str(), entry.customer), ("Plant", Some(id(11))));
        assert_eq!((entry.status, entry.render_error), (None, None));
        assert_eq!(tx.find_current_deployment_revision(&permit(1), id(41)).await.unwrap(), Some(second));
        let all = tx.list_deployment_revisions(&permit(1), id(41)).await.unwrap();
        assert_eq!(all.iter().map(|one| one.revision.seq).collect::<Vec<_>>(), [2, 1]);
        let twice = tx.insert_deployment_revision(&permit(1), &revision(143, 41, 2)).await;
        expect_conflict(twice, REVISION_UNIQUE);
        assert_eq!(REVISION_UNIQUE, "deployment_revision_unique");
    }

    async fn a_release_name_is_taken_once_at_a_target(db: TestDatabase) {
        let mut tx = stocked(&db.database).await;
        let helm = |number, at| Deployment {
            installation: Installation::Helm("fleet".parse().unwrap()),
            ..deployment(number, at)
        };
        for at in [31, 32] {
            tx.insert_deployment_target(&permit(1), &cluster(at, &at.to_string(), None)).await.unwrap();
            tx.insert_deployment(&permit(1), &helm(at + 10, at)).await.unwrap();
        }
        expect_conflict(tx.insert_deployment(&permit(1), &helm(43, 31)).await, RELEASE_UNIQUE);
        assert_eq!(RELEASE_UNIQUE, "deployment_release_unique");
    }

    async fn deployments_are_found_where_they_run_and_by_whom_they_belong_to(db: TestDatabase) {
        let mut tx = stocked(&db.database).await;
        for (number, owner) in [(31, Some(11)), (32, Some(12)), (33, None)] {
            tx.insert_deployment_target(&permit(1), &target(number, &number.to_string(), owner)).await.unwrap();
            deployed(&mut tx, number + 10, number).await;
        }
        deployed(&mut tx, 44, 31).await;
        for (at, expected) in [
            (At::Anywhere, &[41, 42, 43, 44][..]),
            (At::Target(id(31)), &[41, 44]),
            (At::Customer(id(12)), &[42]),
            (At::Own, &[43]),
        ] {
            let found = tx.list_deployments(&permit(1), at).await.unwrap();
            let ids: Vec<Uuid> = found.iter().map(|one| one.deployment.id.0).collect();
            assert_eq!(ids, expected.iter().map(|&number| Uuid::from_u128(number)).collect::<Vec<_>>(), "{at:?}");
            assert!(tx.list_deployments(&permit(2), at).await.unwrap().is_empty());
        }
        let targets = [target(31, "31", Some(11)), target(33, "33", None)];
        assert_eq!(tx.list_deployments_at(&permit(1), &targets).await.unwrap().len(), 3);
        assert_eq!(tx.find_deployment(&permit(1), id(41)).await.unwrap(), Some(deployment(41, 31)));
        assert_eq!(tx.find_deployment(&permit(2), id(41)).await.unwrap(), None);
        tx.delete_deployment(&permit(2), id(41)).await.unwrap();
        assert!(tx.find_deployment(&permit(1), id(41)).await.unwrap().is_some());
    }

    async fn the_status_is_that_of_the_newest_revision_that_has_one(db: TestDatabase) {
        let mut tx = stocked(&db.database).await;
        tx.insert_deployment_target(&permit(1), &target(31, "Plant", Some(11))).await.unwrap();
        deployed(&mut tx, 41, 31).await;
        tx.insert_deployment_revision(&permit(1), &revision(142, 41, 2)).await.unwrap();
        tx.insert_deployment_revision(&permit(1), &revision(143, 41, 3)).await.unwrap();
        tx.commit().await.unwrap();
        let mut raw = db.database.write().await.unwrap();
        for (number, revision, kind, minutes) in
            [(51, 141, "running", 3), (52, 142, "progressing", 1), (53, 142, "error", 2)]
        {
            let at = NOW + chrono::TimeDelta::minutes(minutes);
            let sql = "insert into deployment_status (id, deployment_id, revision_id, kind, message, created_at, until)
                       values ($1, $2, $3, $4, 'm', $5, $5)";
            let (id, of) = (Uuid::from_u128(number), Uuid::from_u128(41));
            raw.execute(sql, params![id, of, Uuid::from_u128(revision), kind, at]).await.unwrap();
        }
        raw.commit().await.unwrap();
        let mut tx = store_with(&db.database, 7).write().await.unwrap();
        let entry = tx.find_deployment_entry(&permit(1), id(41)).await.unwrap().unwrap();
        assert_eq!(entry.status.map(|status| (status.kind, status.id)), Some((StatusKind::Error, id(53))));
        tx.delete_deployment(&permit(1), id(41)).await.unwrap();
        assert!(tx.find_deployment(&permit(1), id(41)).await.unwrap().is_none());
    }

    async fn notes_of_one_side_are_not_those_of_the_other(db: TestDatabase) {
        let mut tx = stocked(&db.database).await;
        tx.insert_deployment_target(&permit(1), &target(31, "Plant", Some(11))).await.unwrap();
        let note = |text: &str| TargetNote { text: text.to_owned(), updated_at: NOW, updated_by: None };
        assert_eq!(tx.find_target_note(&permit(1), id(31)).await.unwrap(), None);
        for text in ["one", "two"] {
            tx.upsert_target_note(&permit(1), id(31), &note(text)).await.unwrap();
            assert_eq!(tx.find_target_note(&permit(1), id(31)).await.unwrap(), Some(note(text)));
        }
        assert_eq!(tx.find_target_note(&permit(2), id(31)).await.unwrap(), None);
    }

    async fn a_target_or_customer_takes_along_what_it_has(db: TestDatabase) {
        let mut tx = stocked(&db.database).await;
        for (number, owner) in [(31, Some(11)), (32, Some(12)), (33, Some(12))] {
            tx.insert_deployment_target(&permit(1), &target(number, &number.to_string(), owner)).await.unwrap();
            deployed(&mut tx, number + 10, number).await;
            let note = TargetNote { text: "n".to_owned(), updated_at: NOW, updated_by: None };
            tx.upsert_target_note(&permit(1), id(number), &note).await.unwrap();
        }
        tx.delete_deployment_target(&permit(2), id(33)).await.unwrap();
        tx.delete_deployment_target(&permit(1), id(33)).await.unwrap();
        assert_eq!(tx.customer_contents(&permit(1), id(12)).await.unwrap().deployment_targets, 1);
        tx.delete_customer(&permit(1), id(12)).await.unwrap();
        let left = tx.list_deployments(&permit(1), At::Anywhere).await.unwrap();
        assert_eq!(left.iter().map(|one| one.deployment.id).collect::<Vec<_>>(), [id(41)]);
    }
}
