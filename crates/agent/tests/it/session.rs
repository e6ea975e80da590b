//! Logging in, and asking only for what changed.

use crate::hub::deployment;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_replaced_at_once() {
    let mut world = World::started().await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.hub.want([deployment(1, 10)]);
    world.reported(10, "running").await;
    assert_eq!(world.hub.facts().logins, 1);
    world.hub.facts().refuse_tokens = 1;
    world.until("it logs in again", |world| world.hub.facts().logins == 2).await;
    world.polled(5).await;
    assert_eq!(world.hub.facts().logins, 2);
    assert!(!world.read("log").contains("stays as it is"), "the request itself was repeated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_secret_is_not_tried_at_each_tick() {
    let mut world = World::new().await;
    world.hub.facts().refuse_logins = true;
    world.start();
    world.until("it is told", |world| world.read("log").contains("refuses the target's secret")).await;
    // Ticks are 100 ms apart, so that in this time many more would show.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let most = world.attempts_since_start();
    assert!(world.hub.facts().logins <= most, "{} of {most}", world.hub.facts().logins);
    world.hub.facts().refuse_logins = false;
    world.until("it comes in", |world| world.hub.facts().polls > 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_answer_is_not_sent_again() {
    let mut world = World::started().await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.hub.want([deployment(1, 10)]);
    world.reported(10, "running").await;
    world.until("it is not sent again", |world| world.hub.facts().not_modified > 3).await;
    assert!(world.calls("down").is_empty());
    // What does not change is reported seldom.
    let reports = world.hub.facts().statuses.len();
    world.polled(10).await;
    assert!(world.hub.facts().statuses.len() <= reports + 1);
    world.engine.run(&[1], "exited", "Exited (3) 1 second ago", "sha256:1");
    assert_eq!(world.reported(10, "error").await, "web-1 ended with exit code 3");
}
