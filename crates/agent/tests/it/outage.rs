//! Crashes, restarts and hubs that are away or talk nonsense: what runs is not touched.

use crate::hub::{deployment, id};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_removed_unless_a_complete_answer_no_longer_lists_it() {
    let mut world = World::started().await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.hub.want([deployment(1, 10)]);
    world.reported(10, "running").await;
    let version = r#""version":{"id":"00000000-0000-0000-0000-0000000000ff","createdAt":"2026-11-24T12:00:00Z","name":"3"}"#;
    for (status, body) in [
        (500, "{}".to_owned()),
        (404, "not found".to_owned()),
        (403, String::new()),
        (200, String::new()),
        (200, "{}".to_owned()),
        (200, "[]".to_owned()),
        (200, "null".to_owned()),
        (200, r#"{"deployments":[]}"#.to_owned()),
        (200, "<html>please log in to this network</html>".to_owned()),
        (200, format!("{{{version},\"deployments\":[")),
        (200, format!("{{{version},\"deployments\":[{{}}]}}")),
        (200, format!("{{{version},\"deployments\":{{}}}}")),
        (204, String::new()),
        (206, format!("{{{version}}}")),
        (302, String::new()),
    ] {
        world.hub.facts().instead = Some((status, body.clone()));
        world.polled(1).await;
        // The wait after a failure grows, so each bad answer is followed by a good one.
        world.hub.facts().instead = None;
        world.polled(2).await;
        assert!(world.calls("down").is_empty(), "{status} {body}");
    }
    assert_eq!(world.calls("up").len(), 1);
    world.hub.facts().instead = Some((200, format!("{{{version}}}")));
    world.until("it is removed by a complete answer", |world| world.calls("down").len() == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_agent_comes_back_and_touches_nothing() {
    let mut world = World::started().await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.hub.want([deployment(1, 10)]);
    world.reported(10, "running").await;
    let record = || world.deployment_folder(&id(1)).join("record.json");
    let applied = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap().contains("\"applied\"");
    assert!(applied(record()));
    world.kill();
    world.start();
    world.polled(5).await;
    assert_eq!(world.stop().await, Some(0));
    world.start();
    world.polled(5).await;
    assert_eq!((world.calls("up").len(), world.calls("down").len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_killed_in_the_midst_finishes_what_it_began() {
    let mut world = World::new().await;
    world.set("hang", "");
    world.start();
    world.hub.want([deployment(1, 10)]);
    world.until("it begins", |world| world.calls("up").len() == 1).await;
    world.kill();
    world.unset("hang");
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.start();
    world.reported(10, "running").await;
    assert_eq!(world.calls("up").len(), 2);
    // Also what was begun and is no longer wanted is known.
    world.kill();
    world.hub.want([]);
    world.start();
    world.until("it is removed", |world| world.calls("down").len() == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_record_is_neither_trusted_nor_a_reason_to_remove() {
    let mut world = World::started().await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.hub.want([deployment(1, 10)]);
    world.reported(10, "running").await;
    world.kill();
    std::fs::write(world.deployment_folder(&id(1)).join("record.json"), "{\"id\":").unwrap();
    world.hub.want([]);
    world.start();
    world.polled(4).await;
    assert!(world.calls("down").is_empty());
    world.hub.want([deployment(1, 10)]);
    world.until("it is applied anew", |world| world.calls("up").len() == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connected_to_another_target_an_agent_removes_nothing() {
    let mut world = World::started().await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.hub.want([deployment(1, 10)]);
    world.reported(10, "running").await;
    assert_eq!(world.stop().await, Some(0));
    let records = world.path("state").join(crate::hub::TARGET);
    std::fs::rename(&records, world.path("state").join(id(0xbb))).unwrap();
    world.hub.want([]);
    world.start();
    world.polled(4).await;
    assert!(world.calls("down").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_loses_nothing() {
    let mut world = World::started().await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.hub.want([deployment(1, 10)]);
    world.reported(10, "running").await;
    let record = world.deployment_folder(&id(1)).join("record.json");
    let before = std::fs::read(&record).unwrap();
    // A folder stands where the new record would be written: like a full disk, it can't be.
    let obstacle = record.with_extension("new");
    std::fs::create_dir(&obstacle).unwrap();
    world.hub.want([deployment(1, 11)]);
    let message = world.reported(11, "error").await;
    assert!(message.starts_with("can't write down what is to be deployed: can't write "), "{message}");
    assert_eq!((world.calls("up").len(), std::fs::read(&record).unwrap()), (1, before));
    std::fs::remove_dir(&obstacle).unwrap();
    world.reported(11, "running").await;
    assert_eq!(world.calls("up").len(), 2);
}
