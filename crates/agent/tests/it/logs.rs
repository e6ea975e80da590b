//! Logs on their way from containers to the hub.

use crate::engine::frame;
use crate::hub::{deployment, id};
use crate::world::World;

fn line(second: u8, text: &str) -> String {
    format!("2026-11-24T12:00:{second:02}.000000001Z {text}\n")
}

async fn with_output(output: Vec<u8>) -> World {
    let world = World::new().await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.engine.facts().output.insert("c1".to_owned(), output);
    world.hub.want([deployment(1, 10)]);
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_arrive_once_also_after_a_restart() {
    let output =
        [frame(1, &line(1, "one")), frame(2, &line(2, "two \0wo")), frame(1, &line(3, "  "))].concat();
    let mut world = with_output(output).await;
    world.start();
    world.until("lines arrive", |world| world.hub.facts().lines.len() == 2).await;
    let lines = world.hub.facts().lines.clone();
    assert_eq!(lines[0]["body"], "one");
    assert_eq!((&lines[0]["severity"], &lines[0]["resource"]), (&"Log".into(), &"web".into()));
    assert_eq!((&lines[1]["severity"], &lines[1]["body"]), (&"Err".into(), &"two wo".into()));
    assert_eq!(lines[1]["timestamp"], "2026-11-24T12:00:02Z");
    assert_eq!(
        (&lines[0]["deploymentId"], &lines[0]["deploymentRevisionId"]),
        (&id(1).into(), &id(10).into())
    );
    let positions = world.deployment_folder(&id(1)).join("logs.json");
    world.until("the position is kept", |_| positions.exists()).await;

    world.kill();
    let again = [frame(2, &line(2, "two \0wo")), frame(1, &line(4, "four"))].concat();
    world.engine.facts().output.insert("c1".to_owned(), again);
    world.start();
    world.until("the new line arrives", |world| world.hub.facts().lines.len() == 3).await;
    assert_eq!(world.hub.facts().lines[2]["body"], "four");
    let queries = world.engine.facts().log_queries.clone();
    assert!(queries[0].contains("since=0&") && queries[0].contains("tail=2000"), "{queries:?}");
    assert!(
        queries[1].contains("since=1795521602.000000001") && queries[1].contains("tail=all"),
        "{queries:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_hub_can_not_take_now_is_delivered_later() {
    let mut world = with_output(frame(1, &line(1, "one"))).await;
    world.hub.facts().log_answer = Some(503);
    world.start();
    world.until("it is tried", |world| world.hub.facts().log_deliveries > 0).await;
    // Nothing else waits for logs.
    world.reported(10, "running").await;
    world.hub.facts().log_answer = None;
    world.until("it arrives", |world| world.hub.facts().lines.len() == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_hub_never_takes_is_dropped() {
    let mut world = with_output(frame(1, &line(1, "poison"))).await;
    world.hub.facts().log_answer = Some(400);
    world.start();
    world.until("it is refused", |world| world.hub.facts().log_deliveries == 1).await;
    world.until("it is dropped", |world| world.read("log").contains("they are dropped")).await;
    world.hub.facts().log_answer = None;
    world.engine.run(&[1, 2], "running", "Up 1 second", "sha256:1");
    world.engine.facts().output.insert("c2".to_owned(), frame(1, &line(2, "fine")));
    world.hub.want([deployment(1, 10), deployment(2, 20)]);
    world.until("others arrive", |world| !world.hub.facts().lines.is_empty()).await;
    assert_eq!(world.hub.facts().lines[0]["body"], "fine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_arrives_whole_in_batches() {
    let many: Vec<u8> = (0..5_000_u32)
        .flat_map(|number| {
            frame(1, &format!("2026-11-24T12:00:00.{:09}Z line {number} {}\n", number + 1, "x".repeat(200)))
        })
        .collect();
    let mut world = with_output(many).await;
    world.start();
    world.until("all of it arrives", |world| world.hub.facts().lines.len() == 5_000).await;
    let lines = world.hub.facts().lines.clone();
    for (number, line) in lines.iter().enumerate() {
        assert!(line["body"].as_str().unwrap().starts_with(&format!("line {number} ")));
    }
}
