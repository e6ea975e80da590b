//! Deploying, updating, failing, removing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::hub::{SECRET, deployment, id, token};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_is_brought_up_and_reported() {
    let mut world = World::started().await;
    world.engine.run(&[1], "running", "Up 1 second (healthy)", "sha256:1");
    world.hub.want([deployment(1, 10)]);
    assert_eq!(world.reported(10, "healthy").await, "1 of 1 containers are healthy");

    let calls = world.calls("up");
    assert_eq!(calls.len(), 1);
    assert!(calls[0].starts_with("compose --ansi never --project-name distr-00000001 "), "{}", calls[0]);
    assert!(calls[0].ends_with("up --detach --remove-orphans"), "{}", calls[0]);
    let folder = world.deployment_folder(&id(1));
    world.assert_private(&folder);
    assert_eq!(std::fs::read_to_string(folder.join(".env")).unwrap(), "TOKEN=very-secret-value\n");
    world.until("it measures", |world| world.hub.facts().measurements > 0).await;
    world.until("its own log arrives", |world| !world.hub.facts().own_lines.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_go_by_file_and_no_secret_leaks() {
    let mut world = World::started().await;
    let mut wanted = deployment(1, 10);
    wanted["registryAuth"] =
        json!({ "private.example.com": {"username": "vendor", "password": "vendors-password"} });
    world.hub.want([wanted]);
    world.until("it is brought up", |world| world.path("config").exists()).await;
    world.polled(3).await;
    let config: serde_json::Value = serde_json::from_str(&world.read("config")).unwrap();
    let login = world.hub.facts().logins;
    assert_eq!(
        config["auths"]["registry.example.com"]["auth"],
        STANDARD.encode(format!("-:{}", token(login)))
    );
    assert_eq!(config["auths"]["private.example.com"]["auth"], STANDARD.encode("vendor:vendors-password"));
    let seen = world.read("calls") + &world.read("env") + &world.read("log");
    for secret in [SECRET, "vendors-password", "very-secret-value", &*token(login)] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
    assert!(!world.read("env").contains("GRANTRY"), "{}", world.read("env"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_revision_is_applied_once_and_an_old_image_is_deleted() {
    let mut world = World::started().await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.hub.want([deployment(1, 10)]);
    world.reported(10, "running").await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:2");
    let mut wanted = deployment(1, 11);
    wanted["imageCleanupEnabled"] = true.into();
    wanted["forceRestart"] = true.into();
    world.hub.want([wanted]);
    world.reported(11, "running").await;
    world.polled(3).await;
    let calls = world.calls("up");
    assert_eq!(calls.len(), 2);
    assert!(calls[1].ends_with("--remove-orphans --force-recreate"), "{}", calls[1]);
    assert_eq!(world.engine.facts().deleted, ["tag1:1", "sha256:1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_something_uses_stays() {
    let mut world = World::started().await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.engine.facts().in_use = vec!["tag1:1".to_owned()];
    let wanted = |revision| {
        let mut wanted = deployment(1, revision);
        wanted["imageCleanupEnabled"] = true.into();
        wanted
    };
    world.hub.want([wanted(10)]);
    world.reported(10, "running").await;
    world.engine.run(&[1], "running", "Up 1 second", "sha256:2");
    world.hub.want([wanted(11)]);
    world.reported(11, "running").await;
    assert!(world.engine.facts().deleted.is_empty());
    // It is tried again with the next revision.
    world.engine.facts().in_use.clear();
    world.hub.want([wanted(12)]);
    world.reported(12, "running").await;
    assert_eq!(world.engine.facts().deleted, ["tag1:1", "sha256:1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_deployment_waits_longer_and_tells_why_without_secrets() {
    let mut world = World::new().await;
    world.set("fail", " web Pulling\nError: bad TOKEN very-secret-value\n");
    world.engine.run(&[2], "running", "Up 1 second", "sha256:1");
    world.start();
    world.hub.want([deployment(1, 10)]);
    let message = world.reported(10, "error").await;
    assert_eq!(message, "compose up ended with exit code 1: Error: bad TOKEN ********");
    world.polled(10).await;
    let most = world.attempts_since_start();
    assert!(world.calls("up").len() <= most, "{} of {most}", world.calls("up").len());
    assert!(!world.read("log").contains("very-secret-value"));

    // Another revision does not wait, nor does another deployment.
    world.unset("fail");
    world.hub.want([deployment(1, 11), deployment(2, 20)]);
    assert_eq!(world.reported(11, "error").await, "there are no containers");
    world.reported(20, "running").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_that_is_outdated_while_it_is_applied_is_given_up() {
    let mut world = World::new().await;
    world.set("hang", "");
    world.start();
    world.hub.want([deployment(1, 10)]);
    world.until("it begins", |world| world.calls("up").len() == 1).await;
    world.reported(10, "progressing").await;
    world.unset("hang");
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.hub.want([deployment(1, 11)]);
    world.reported(11, "running").await;
    assert_eq!(world.calls("up").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_hub_no_longer_lists_is_removed_and_volumes_stay() {
    let mut world = World::started().await;
    world.engine.run(&[1, 2], "running", "Up 1 second", "sha256:1");
    let mut without_volumes = deployment(2, 20);
    without_volumes["keepVolumes"] = false.into();
    world.hub.want([deployment(1, 10), without_volumes]);
    world.reported(10, "running").await;
    world.reported(20, "running").await;
    world.hub.facts().deployments = None;
    world.until("both are removed", |world| world.calls("down").len() == 2).await;
    let calls = world.calls("down");
    let call = |project: &str| calls.iter().find(|call| call.contains(project)).unwrap().as_str();
    assert!(call("distr-00000001").ends_with("down --remove-orphans"), "{}", call("distr-00000001"));
    assert!(call("distr-00000002").ends_with("down --remove-orphans --volumes"));
    let (one, two) = (world.deployment_folder(&id(1)), world.deployment_folder(&id(2)));
    world.until("nothing is left of them", |_| !one.exists() && !two.exists()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_run_here_says_so() {
    let mut world = World::started().await;
    let mut untyped = deployment(2, 20);
    untyped["dockerType"] = serde_json::Value::Null;
    let mut twin = deployment(2, 30);
    twin["id"] = id(3).into();
    let mut nameless = deployment(4, 40);
    nameless["composeFile"] = STANDARD.encode("services: {}\n").into();
    world.engine.run(&[2], "running", "Up 1 second", "sha256:1");
    world.hub.want([untyped, twin, nameless]);
    world.reported(20, "running").await;
    assert!(world.reported(30, "error").await.contains(&format!("belongs to deployment {}", id(2))));
    assert_eq!(world.reported(40, "error").await, "the Compose file has no project name");
    assert_eq!(world.calls("up").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn compose_v1_is_used_where_only_that_is_there() {
    let mut world = World::new().await;
    world.make_old();
    world.engine.run(&[1], "running", "Up 1 second", "sha256:1");
    world.start();
    world.hub.want([deployment(1, 10)]);
    world.reported(10, "running").await;
    assert!(
        world.calls("up")[0]
            .starts_with("old --ansi never --project-name distr-00000001 --project-directory ")
    );
    let file = std::fs::read_to_string(world.deployment_folder(&id(1)).join("compose.yaml")).unwrap();
    assert_eq!(file, "services:\n  web:\n    image: ship:1\n");
    world.hub.want([]);
    world.until("it is removed", |world| world.calls("down").len() == 1).await;
    assert!(world.calls("down")[0].contains("--file"), "v1 needs the file to take a project down");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_compose_the_status_says_what_to_install() {
    let mut world = World::new().await;
    world.make_bare();
    world.start();
    world.hub.want([deployment(1, 10)]);
    let message = world.reported(10, "error").await;
    assert!(message.starts_with("Docker Compose is not installed"), "{message}");
}
