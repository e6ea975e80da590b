//! The sample as operations see it.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_blobs::blobs::Blobs;
use grantry_blobs::setting::Setting;
use grantry_model::deployment::{Status, StatusKind};
use grantry_model::page::PageRequest;
use grantry_model::plan::{Plan, Subscription};
use grantry_ops::deployment_target::connect::connect;
use grantry_ops::deployment_target::{self, TargetDetails};
use grantry_ops::registry::collect::Retention;
use grantry_ops::session::sign_in::sign_in;
use grantry_ops::{Backends, Settings, signing};
use grantry_store::seal::MasterKey;
use grantry_testdb::database::{Engine, TestDatabase};

use super::*;

async fn hub(database: &TestDatabase, folder: &std::path::Path, now: DateTime<Utc>) -> (Store, Ops) {
    let settings = Settings {
        public_url: "http://hub.test".to_owned(),
        default_plan: Subscription { plan: Plan::Enterprise, until: None },
        retention: Retention::default(),
        agent_image: "grantry/agent:0.1.0".to_owned(),
        helm_agent_image: "grantry/agent:0.1.0".to_owned(),
    };
    let setting = Setting::parse(&format!("folder:{}", folder.display()), None).unwrap();
    let blobs = Blobs::open(&setting).await.unwrap();
    let store = Store::new(database.database.clone(), MasterKey::from_bytes([7; 32]));
    let backends = Backends { store: store.clone(), blobs, upstream: None };
    let ops = Ops::new(backends, Clock::manual(now), settings);
    signing::prepare(&ops, None).await.unwrap();
    (store, ops)
}

async fn warehouse(ops: &Ops, caller: &Caller) -> TargetDetails {
    let targets = deployment_target::list(ops, caller, None, &PageRequest::default()).await.unwrap();
    targets.items.into_iter().find(|one| one.target.name.as_str() == "Warehouse 3").unwrap()
}

async fn status(ops: &Ops, caller: &Caller) -> Status {
    warehouse(ops, caller).await.deployments[0].entry.status.clone().unwrap()
}

#[tokio::test]
async fn sample_agents_say_what_becomes_of_a_new_revision_and_make_way_for_real_ones() {
    let database = TestDatabase::create(Engine::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let (store, ops) = hub(&database, folder.path(), "2026-11-24T12:00:00Z".parse().unwrap()).await;
    let agents = fill(&store, &ops).await.unwrap().unwrap().agents;
    assert_eq!(agents.len(), 10, "all but the missing and the lost one, and one of the other vendor");
    assert!(fill(&store, &ops).await.unwrap().is_none());
    let visitor = Visitor { address: "203.0.113.20".to_owned(), user_agent: String::new() };
    let email = "mara.klein@northwind.example";
    let session = sign_in(&ops, email, PASSWORD, &visitor).await.unwrap().secret;
    let actor = authenticate(&ops, &session).await.unwrap().actor.unwrap();
    let caller = Caller { actor, address: visitor.address };

    let target = warehouse(&ops, &caller).await;
    let mut agent = agents.into_iter().find(|agent| agent.target() == target.target.id).unwrap();
    agent.report(&ops).await.unwrap();
    assert_eq!(status(&ops, &caller).await.kind, StatusKind::Error, "as it was");
    let deployment = target.deployments[0].entry.deployment.id;
    let revised = grantry_ops::deployment::revise::redeploy(&ops, &caller, deployment).await.unwrap();
    for expected in [StatusKind::Progressing, StatusKind::Healthy, StatusKind::Healthy] {
        ops.clock().advance(TimeDelta::seconds(15));
        agent.report(&ops).await.unwrap();
        let said = status(&ops, &caller).await;
        assert_eq!((said.kind, said.revision), (expected, revised.entry.current.id));
    }
    ops.clock().advance(TimeDelta::days(2));
    agent.report(&ops).await.unwrap();
    connect(&ops, &caller, target.target.id).await.unwrap();
    assert!(matches!(agent.report(&ops).await, Err(Error::Unauthenticated)));
}
