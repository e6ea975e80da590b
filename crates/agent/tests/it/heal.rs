//! Containers that their own health check calls unhealthy.

use crate::hub::deployment;
use crate::world::World;

const SICK: &str = "Up 1 minute (unhealthy)";

/// An agent that heals, with a deployment whose container is in this state, and a container of somebody else that is sick.
async fn with_container(status: &str, options: &[&str]) -> World {
    let mut world = World::new().await;
    world.engine.run(&[1, 9], "running", SICK, "sha256:1");
    set_status(&world, status);
    world.start_with(options);
    world.hub.want([deployment(1, 10)]);
    world
}

fn set_status(world: &World, status: &str) {
    world.engine.facts().containers[0]["Status"] = status.into();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unhealthy_container_of_a_deployment_is_restarted_and_that_is_told() {
    let mut world = with_container("Up 1 minute (healthy)", &["--autoheal"]).await;
    assert_eq!(world.reported(10, "healthy").await, "1 of 1 containers are healthy");
    set_status(&world, SICK);
    world.until("it is restarted", |world| !world.engine.facts().restarts.is_empty()).await;
    world.reported(10, "error").await;
    set_status(&world, "Up 1 second (health: starting)");
    world.reported(10, "progressing").await;
    set_status(&world, "Up 2 seconds (healthy)");
    let message = world.reported(10, "healthy").await;
    assert_eq!(message, "1 of 1 containers are healthy; web-1 was restarted because it was unhealthy");
    world.polled(3).await;
    assert_eq!(world.engine.facts().restarts, ["c1"], "others' containers are no business of the agent");
    assert_eq!(world.calls("up").len(), 1);
    let log = world.read("log");
    assert!(
        log.contains("the container web-1 is unhealthy") && log.contains("restarted the unhealthy"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_restarted_unless_the_operator_wants_it() {
    let mut world = with_container(SICK, &[]).await;
    let message = world.reported(10, "error").await;
    assert_eq!(message, "web-1 is unhealthy: its health check fails");
    world.polled(5).await;
    assert!(world.engine.facts().restarts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_stays_unhealthy_is_not_restarted_in_a_loop() {
    let mut world = with_container(SICK, &["--autoheal=true"]).await;
    world.until("it is restarted", |world| world.engine.facts().restarts.len() == 1).await;
    let start = std::time::Instant::now();
    world.until("again", |world| world.engine.facts().restarts.len() == 2).await;
    // Waits are at least three quarters of fifteen seconds, while ticks are 100 ms apart.
    assert!(start.elapsed() > std::time::Duration::from_secs(10), "{:?}", start.elapsed());
    world.until("that is told", |world| {
        let told = world.hub.status_of(10).unwrap().1;
        told == "web-1 is unhealthy: its health check fails; web-1 was restarted 2 times because it was unhealthy"
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_need_not_be_there_for_it() {
    let mut world = with_container("Up 1 minute (healthy)", &["--autoheal"]).await;
    world.reported(10, "healthy").await;
    world.hub.facts().instead = Some((503, String::new()));
    world.polled(1).await;
    set_status(&world, SICK);
    world.until("it is restarted", |world| !world.engine.facts().restarts.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_that_fails_is_told_and_tried_again() {
    let mut world = with_container(SICK, &["--autoheal"]).await;
    world.engine.facts().refuse_restarts = true;
    world
        .until("it is told", |world| {
            world.hub.status_of(10).is_some_and(|(_, told)| told.ends_with("web-1 could not be restarted"))
        })
        .await;
    // Half of the restart may have happened.
    world.engine.facts().containers[0]["State"] = "exited".into();
    set_status(&world, "Exited (137) 1 second ago");
    world.engine.facts().refuse_restarts = false;
    world.until("it is restarted", |world| world.engine.facts().restarts == ["c1"]).await;
}
