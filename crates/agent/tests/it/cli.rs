//! The command line.

use std::process::{Command, Output};

use crate::hub::SECRET;
use crate::world::{AGENT, World};

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_help_names_every_variable_and_no_secret() {
    let output =
        Command::new(AGENT).args(["docker", "--help"]).env("GRANTRY_TARGET_SECRET", SECRET).output().unwrap();
    let text = text(&output);
    for name in [
        "GRANTRY_URL",
        "GRANTRY_TARGET_ID",
        "GRANTRY_TARGET_SECRET",
        "GRANTRY_TARGET_SECRET_FILE",
        "GRANTRY_STATE_DIR",
        "GRANTRY_INTERVAL",
        "GRANTRY_REGISTRY_HOST",
        "GRANTRY_REGISTRY_PLAIN_HTTP",
        "GRANTRY_AUTOHEAL",
        "GRANTRY_LOG",
    ] {
        assert!(text.contains(name), "{name} in {text}");
    }
    assert!(!text.contains(SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_in_a_sentence() {
    let world = World::new().await;
    for (name, value, expected) in [
        ("GRANTRY_TARGET_SECRET", "", "the target's secret is empty"),
        ("GRANTRY_TARGET_SECRET_FILE", "/nonexistent", "can't read the secret from /nonexistent"),
        ("GRANTRY_URL", "ftp://hub", "GRANTRY_URL must begin with"),
        ("GRANTRY_INTERVAL", "1ms", "GRANTRY_INTERVAL must be at least"),
        ("GRANTRY_AUTOHEAL", "maybe", "invalid value 'maybe'"),
        ("GRANTRY_INTERVAL", "soon", "invalid value 'soon'"),
        ("DOCKER_HOST", "ssh://user@host", "DOCKER_HOST must be"),
        ("GRANTRY_REGISTRY_HOST", "https://r", "GRANTRY_REGISTRY_HOST must be"),
    ] {
        let output = world.command().arg("docker").env(name, value).output().unwrap();
        assert!(
            !output.status.success() && text(&output).contains(expected),
            "{name}={value}: {}",
            text(&output)
        );
        assert!(!text(&output).contains(SECRET));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_may_be_in_a_file() {
    let mut world = World::new().await;
    world.set("secret", &format!("{SECRET}\n"));
    let path = world.path("secret");
    let mut agent = world.command();
    agent.arg("docker").env_remove("GRANTRY_TARGET_SECRET").env("GRANTRY_TARGET_SECRET_FILE", path);
    let mut agent = agent.spawn().unwrap();
    world.until("it comes in", |world| world.hub.facts().polls > 0).await;
    agent.kill().unwrap();
    agent.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_one_agent_for_a_folder() {
    let mut world = World::started().await;
    world.polled(1).await;
    let output = world.command().arg("docker").output().unwrap();
    assert!(!output.status.success() && text(&output).contains("another agent uses"), "{}", text(&output));
    let health = world.command().arg("health").output().unwrap();
    assert!(health.status.success(), "{}", text(&health));
    assert_eq!(world.stop().await, Some(0));
    let elsewhere = world.command().arg("health").env("GRANTRY_STATE_DIR", "/nonexistent").output().unwrap();
    assert!(!elsewhere.status.success());
}
