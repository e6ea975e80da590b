//! Stacks of a swarm.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::engine::{frame, service, task};
use crate::hub::{deployment, id, token};
use crate::world::World;

/// A deployment as a stack.
fn stack(number: u8, revision: u8) -> Value {
    let mut wanted = deployment(number, revision);
    wanted["dockerType"] = "swarm".into();
    wanted
}

/// A world whose engine is a manager.
async fn manager() -> World {
    let world = World::new().await;
    world.engine.facts().swarm.membership = json!({ "LocalNodeState": "active", "ControlAvailable": true });
    world
}

/// What the docker CLI would make of a deployment, with one task of its service in a state.
fn run(world: &World, number: u8, state: &str, error: &str) {
    let mut facts = world.engine.facts();
    facts.swarm.services = vec![service(number, 1)];
    facts.swarm.tasks = vec![task(number, 1, state, error)];
}

/// A manager on which deployment 1 has been brought to revision 10.
async fn deployed() -> World {
    let mut world = manager().await;
    world.start();
    // The agent looks at the services as soon as the docker CLI has ended.
    world.set("busy", "");
    world.hub.want([stack(1, 10)]);
    world.until("it is deployed", |world| world.calls("deploy").len() == 1).await;
    run(&world, 1, "running", "");
    world.unset("busy");
    world.reported(10, "running").await;
    world
}

/// The agent's record says that the deployment is where the hub wants it, with its service.
async fn settled(world: &mut World) {
    let record = world.deployment_folder(&id(1)).join("record.json");
    world
        .until("it is written down", |_| {
            std::fs::read_to_string(&record).is_ok_and(|text| text.contains("\"applied\""))
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_is_deployed_with_its_values_and_the_credential() {
    let mut world = manager().await;
    let file = "name: distr-00000001\nservices:\n  web:\n    image: ship:1\n    environment:\n      TOKEN: ${TOKEN}\n      A: ${DOCKER_HOST}\n";
    let mut wanted = stack(1, 10);
    wanted["composeFile"] = STANDARD.encode(file).into();
    wanted["envFile"] =
        STANDARD.encode("TOKEN='very-secret-value' # ours\nDOCKER_HOST=tcp://evil:1\n").into();
    world.start();
    world.hub.want([wanted]);
    world.until("it is deployed", |world| world.path("config").exists()).await;
    settled(&mut world).await;

    let folder = world.deployment_folder(&id(1));
    let expected = format!(
        "stack deploy --with-registry-auth --prune --detach=true --compose-file {} distr-00000001",
        folder.join("compose.yaml").display()
    );
    assert_eq!(world.calls("deploy"), [expected]);
    let written = std::fs::read_to_string(folder.join("compose.yaml")).unwrap();
    assert!(!written.contains("name:") && written.contains("A: ${GRANTRY_VALUE_DOCKER_HOST}"), "{written}");
    world.assert_private(&folder);
    let variables = world.read("deploy-env");
    let has = |line: &str| variables.lines().any(|one| one == line);
    assert!(has("TOKEN=very-secret-value") && has("GRANTRY_VALUE_DOCKER_HOST=tcp://evil:1"), "{variables}");
    assert!(has(&format!("DOCKER_HOST=unix://{}", world.path("docker.sock").display())), "{variables}");
    let login = world.hub.facts().logins;
    let config: Value = serde_json::from_str(&world.read("config")).unwrap();
    assert_eq!(
        config["auths"]["registry.example.com"]["auth"],
        STANDARD.encode(format!("-:{}", token(login)))
    );
    let seen = world.read("calls") + &world.read("log");
    for secret in ["very-secret-value", &*token(login)] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
    let entry = world.engine.facts().swarm.configs[0].clone();
    assert_eq!(entry["Spec"]["Name"], "distr-00000001.owner");
    assert_eq!(entry["Spec"]["Labels"]["grantry.deployment"], id(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn its_health_is_that_of_its_services_and_tasks() {
    let mut world = deployed().await;
    assert_eq!(world.hub.status_of(10).unwrap().1, "1 of 1 tasks run");
    world.engine.facts().swarm.services[0]["Spec"]["TaskTemplate"]["ContainerSpec"]["Healthcheck"] =
        json!({ "Test": ["CMD", "/check"] });
    assert_eq!(world.reported(10, "healthy").await, "1 of 1 tasks run and are healthy");
    run(&world, 1, "preparing", "");
    assert_eq!(world.reported(10, "progressing").await, "starting: web (preparing)");
    run(&world, 1, "pending", "no suitable node (insufficient resources on 2 nodes)");
    let message = world.reported(10, "error").await;
    assert_eq!(message, "web does not run: no suitable node (insufficient resources on 2 nodes)");
    world.engine.facts().swarm.tasks = vec![
        task(1, 1, "failed", "task: non-zero exit (3)"),
        json!({ "CreatedAt": "2026-11-24T12:00:01Z", "ServiceID": "s1", "Slot": 1, "DesiredState": "ready", "Status": {"State": "ready"} }),
    ];
    world
        .until("the task's error is told", |world| {
            world.hub.status_of(10).unwrap().1 == "web does not run: task: non-zero exit (3)"
        })
        .await;
    world.engine.facts().swarm.services.clear();
    world
        .until("a lost service is told", |world| {
            world.hub.status_of(10).unwrap().1 == "the service web is gone"
        })
        .await;
    assert_eq!(world.calls("deploy").len(), 1, "what the swarm sees to is not deployed anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_no_manager_says_what_to_do() {
    for (membership, expected) in [
        (Value::Null, "docker swarm init"),
        (json!({ "LocalNodeState": "active", "ControlAvailable": false }), "docker node promote"),
        (json!({ "LocalNodeState": "locked" }), "docker swarm unlock"),
        (json!({ "LocalNodeState": "error", "Error": "no quorum" }), "no quorum"),
    ] {
        let mut world = World::new().await;
        world.engine.facts().swarm.membership = membership;
        world.start();
        world.hub.want([stack(1, 10)]);
        let message = world.reported(10, "error").await;
        assert!(message.contains(expected), "{message}");
        // Never deployed: there is nothing to remove, and nothing is asked of a swarm.
        world.engine.facts().swarm.membership = Value::Null;
        world.hub.want([]);
        let folder = world.deployment_folder(&id(1));
        world.until("it is forgotten", |_| !folder.exists()).await;
        assert_eq!(world.read("calls"), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_somebody_else_made_is_never_touched() {
    for entry in [None, Some(id(7))] {
        let mut world = manager().await;
        run(&world, 1, "running", "");
        if let Some(other) = &entry {
            let spec = json!({ "Name": "distr-00000001.owner", "Labels": {"grantry.deployment": other} });
            world.engine.facts().swarm.configs = vec![json!({ "ID": "e", "Spec": spec })];
        }
        world.start();
        world.hub.want([stack(1, 10)]);
        let message = world.reported(10, "error").await;
        let expected =
            entry.as_ref().map_or_else(|| "did not make".to_owned(), |other| format!("belongs to {other}"));
        assert!(message.contains(&expected), "{message}");
        world.hub.want([]);
        let folder = world.deployment_folder(&id(1));
        world.until("it is forgotten", |_| !folder.exists()).await;
        assert_eq!(world.read("calls"), "");
        assert_eq!(world.engine.facts().swarm.configs.len(), usize::from(entry.is_some()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn restarts_of_the_agent_touch_nothing_and_another_revision_is_deployed_once() {
    let mut world = deployed().await;
    settled(&mut world).await;
    world.kill();
    world.start();
    world.polled(5).await;
    assert_eq!(world.stop().await, Some(0));
    world.start();
    world.polled(5).await;
    assert_eq!(world.calls("deploy").len(), 1);
    let mut wanted = stack(1, 11);
    wanted["forceRestart"] = true.into();
    world.hub.want([wanted]);
    world.reported(11, "running").await;
    world.polled(3).await;
    assert_eq!(world.calls("deploy").len(), 2);
    assert_eq!(world.calls("update"), ["service update --force --detach --quiet distr-00000001_web"]);
    // Nor can it become something else.
    world.hub.want([deployment(1, 12)]);
    let message = world.reported(12, "error").await;
    assert!(message.contains("can't become a stack"), "{message}");
    assert!(world.calls("up").is_empty() && world.calls("rm").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_is_removed_whole_and_its_volumes_stay_unless_told_otherwise() {
    for keeps in [true, false] {
        let mut world = manager().await;
        world.engine.facts().swarm.volumes = vec!["distr-00000001_books".to_owned()];
        let mut wanted = stack(1, 10);
        wanted["keepVolumes"] = keeps.into();
        world.start();
        world.hub.want([wanted]);
        world.until("it is deployed", |world| world.calls("deploy").len() == 1).await;
        run(&world, 1, "running", "");
        world.reported(10, "running").await;
        world.hub.want([]);
        world.until("it is removed", |world| !world.calls("rm").is_empty()).await;
        world.polled(5).await;
        let folder = world.deployment_folder(&id(1));
        assert!(folder.exists(), "its task still runs");
        assert_eq!(world.engine.facts().swarm.configs.len(), 1, "it is ours until it is gone");
        world.engine.facts().swarm.tasks.clear();
        world.until("it is forgotten", |_| !folder.exists()).await;
        assert_eq!(world.calls("rm"), ["stack rm distr-00000001"]);
        assert_eq!(world.engine.facts().swarm.volumes.len(), usize::from(keeps));
        assert!(world.engine.facts().swarm.configs.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_stack_waits_longer_and_tells_why_without_secrets() {
    let mut world = manager().await;
    world.set("fail", "Creating service x\nfailed to create service: bad TOKEN very-secret-value\n");
    world.start();
    world.hub.want([stack(1, 10)]);
    let message = world.reported(10, "error").await;
    assert!(
        message.ends_with("failed to create service: bad TOKEN ********")
            && message.starts_with("stack deploy ended with exit code 1: "),
        "{message}"
    );
    world.polled(10).await;
    let most = world.attempts_since_start();
    assert!(world.calls("deploy").len() <= most, "{} of {most}", world.calls("deploy").len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_docker_cli_is_not_given_an_option_that_it_does_not_know() {
    let mut world = manager().await;
    world.set("help", "  -c, --compose-file strings\n");
    world.start();
    world.hub.want([stack(1, 10)]);
    world.until("it is deployed", |world| world.calls("deploy").len() == 1).await;
    assert!(!world.calls("deploy")[0].contains("--detach"), "{:?}", world.calls("deploy"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_tasks_arrive_under_their_service() {
    let mut world = manager().await;
    let line = |second: u8, text: &str| format!("2026-11-24T12:00:{second:02}.000000001Z {text}\n");
    let output = [frame(1, &line(1, "one")), frame(2, &line(2, "two"))].concat();
    world.engine.facts().output.insert("t1-1-running".to_owned(), output);
    world.engine.facts().output.insert("t1-1-failed".to_owned(), frame(1, &line(3, "last words")));
    world.start();
    world.hub.want([stack(1, 10)]);
    world.until("it is deployed", |world| world.calls("deploy").len() == 1).await;
    run(&world, 1, "running", "");
    world.until("lines arrive", |world| world.hub.facts().lines.len() == 2).await;
    let lines = world.hub.facts().lines.clone();
    assert_eq!((&lines[0]["resource"], &lines[0]["severity"]), (&"web".into(), &"stdout".into()));
    assert_eq!((&lines[1]["body"], &lines[1]["severity"]), (&"two".into(), &"stderr".into()));
    assert!(world.engine.facts().log_queries[0].starts_with("follow=true"));
    // The engine never ends a stream of a task that has ended: what it printed is read once.
    run(&world, 1, "failed", "task: non-zero exit (1)");
    world.until("last words arrive", |world| world.hub.facts().lines.len() == 3).await;
    world.polled(5).await;
    let queries = world.engine.facts().log_queries.clone();
    assert!(queries.len() == 2 && queries[1].starts_with("follow=false"), "{queries:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_swarms_credential_is_renewed_before_it_ends() {
    let mut world = deployed().await;
    settled(&mut world).await;
    world.polled(3).await;
    assert!(world.calls("update").is_empty());
    let config = world.deployment_folder(&id(1)).join("docker/config.json");
    let file = std::fs::File::options().write(true).open(&config).unwrap();
    let written = file.metadata().unwrap().modified().unwrap();
    file.set_modified(written - Duration::from_hours(13)).unwrap();
    world.until("it is renewed", |world| !world.calls("update").is_empty()).await;
    world.polled(5).await;
    let expected = "service update --with-registry-auth --detach --quiet distr-00000001_web";
    assert_eq!(world.calls("update"), [expected]);
    assert_eq!(world.calls("deploy").len(), 1);
}
