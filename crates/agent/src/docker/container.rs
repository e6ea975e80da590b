//! Containers of a project, and how the deployment is by them.

use std::collections::{BTreeMap, BTreeSet};

use grantry_wire::agent::DeploymentStatusType;
use serde::Deserialize;

use super::engine::Origin;
use super::follow::Printer;
use crate::driver::Report;

/// A container as the engine lists it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Container {
    pub(super) id: String,
    names: Vec<String>,
    #[serde(rename = "ImageID")]
    pub(super) image_id: String,
    state: String,
    /// In words, with the exit code or the health: `Up 3 minutes (healthy)`, `Exited (1) 5 seconds ago`.
    status: String,
    labels: BTreeMap<String, String>,
}

/// How one container is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// It runs, and its health check passes.
    Healthy,
    /// It runs and has no health check.
    Running,
    /// It will run, or its health is not known yet.
    Starting,
    /// It ended well, as a job does.
    Finished,
    /// It does not do what it should; in words.
    Broken(String),
}

impl Container {
    /// Whether it is part of a project; one that was run by hand beside it is not.
    pub(super) fn is_of(&self, project: &str) -> bool {
        let label = |name: &str| self.labels.get(&format!("com.docker.compose.{name}")).map(String::as_str);
        label("project") == Some(project)
            && !label("oneoff").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The service it is of.
    pub(super) fn service(&self) -> Option<&str> {
        self.labels.get("com.docker.compose.service").map(String::as_str)
    }

    /// What its lines are filed under: the service, with a number if it has several containers.
    fn resource(&self) -> String {
        let service = self.service().unwrap_or_else(|| self.name());
        match self.labels.get("com.docker.compose.container-number").map(String::as_str) {
            None | Some("1") => service.to_owned(),
            Some(number) => format!("{service}-{number}"),
        }
    }

    /// What of it prints.
    pub(super) fn printer(&self) -> Printer {
        let is_alive = matches!(&*self.state, "running" | "restarting" | "paused");
        Printer { id: self.id.clone(), origin: Origin::Container, resource: self.resource(), is_alive }
    }

    /// Whether its own health check says that it does not do what it should.
    pub(super) fn is_unhealthy(&self) -> bool {
        self.state == "running" && self.status.contains("(unhealthy)")
    }

    /// Whether it runs, well or not.
    pub(super) fn is_running(&self) -> bool {
        self.state == "running"
    }

    pub(super) fn name(&self) -> &str {
        self.names.first().map_or(&self.id, |name| name.trim_start_matches('/'))
    }

    fn condition(&self) -> Condition {
        let name = self.name();
        match &*self.state {
            "running" if self.status.contains("(healthy)") => Condition::Healthy,
            "running" if self.is_unhealthy() => {
                Condition::Broken(format!("{name} is unhealthy: its health check fails"))
            }
            "running" if self.status.contains("(health: starting)") => Condition::Starting,
            "running" => Condition::Running,
            "created" => Condition::Starting,
            "restarting" => match self.exit_code() {
                Some(0) | None => Condition::Starting,
                Some(code) => {
                    Condition::Broken(format!("{name} keeps ending with exit code {code} and is restarted"))
                }
            },
            "exited" => match self.exit_code() {
                Some(0) => Condition::Finished,
                Some(code) => Condition::Broken(format!("{name} ended with exit code {code}")),
                None => Condition::Broken(format!("{name} ended")),
            },
            "paused" => Condition::Broken(format!("{name} is paused")),
            other => Condition::Broken(format!("{name} is {other}")),
        }
    }

    /// From `Exited (1) 5 seconds ago`.
    fn exit_code(&self) -> Option<i32> {
        let (_, rest) = self.status.split_once('(')?;
        rest.split_once(')')?.0.parse().ok()
    }
}

/// How a deployment is. `services` are those that had containers when it was applied.
pub(super) fn judge(services: &BTreeSet<String>, containers: &[&Container]) -> Report {
    use DeploymentStatusType::{Error, Healthy, Progressing, Running};
    let conditions: Vec<_> = containers.iter().map(|one| (one.name(), one.condition())).collect();
    let present: BTreeSet<_> = containers.iter().filter_map(|one| one.service()).collect();
    let absent = services.iter().filter(|service| !present.contains(service.as_str()));
    let absent = absent.map(|service| format!("{service} has no container"));
    let broken = conditions
        .iter()
        .filter_map(|(_, one)| if let Condition::Broken(why) = one { Some(why.clone()) } else { None });
    let complaints: Vec<_> = broken.chain(absent).collect();
    let named = |wanted: Condition| -> Vec<&str> {
        conditions.iter().filter(|(_, one)| *one == wanted).map(|(name, _)| *name).collect()
    };
    if !complaints.is_empty() {
        return Report::new(Error, list(&complaints, "; "));
    }
    let (starting, running) = (named(Condition::Starting), named(Condition::Running));
    let (healthy, finished) = (named(Condition::Healthy), named(Condition::Finished));
    if !starting.is_empty() {
        return Report::new(Progressing, format!("starting: {}", list(&starting, ", ")));
    }
    if !running.is_empty() {
        return Report::new(
            Running,
            format!("{} of {} containers run", running.len() + healthy.len(), conditions.len()),
        );
    }
    if !healthy.is_empty() {
        return Report::new(
            Healthy,
            format!("{} of {} containers are healthy", healthy.len(), conditions.len()),
        );
    }
    if !finished.is_empty() {
        return Report::new(
            Error,
            format!("nothing runs any more; ended by itself: {}", list(&finished, ", ")),
        );
    }
    Report::new(Error, "there are no containers")
}

/// The first of many, and how many more there are.
pub(super) fn list<T: AsRef<str>>(items: &[T], between: &str) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<_> = items.iter().take(SHOWN).map(AsRef::as_ref).collect();
    let text = shown.join(between);
    if items.len() > SHOWN { format!("{text}{between}and {} more", items.len() - SHOWN) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeploymentStatusType::{Error, Healthy, Progressing, Running};

    fn container(service: &str, state: &str, status: &str) -> Container {
        serde_json::from_value(serde_json::json!({
            "Id": "c0ffee", "Names": [format!("/ship-{service}-1")], "ImageID": "sha256:1", "State": state, "Status": status,
            "Labels": {"com.docker.compose.project": "ship", "com.docker.compose.service": service,
                       "com.docker.compose.oneoff": "False", "com.docker.compose.container-number": "1"},
        }))
        .unwrap()
    }

    fn check(containers: &[(&str, &str, &str)], expected: DeploymentStatusType, message: &str) {
        let all: Vec<_> =
            containers.iter().map(|(service, state, status)| container(service, state, status)).collect();
        let services = ["web", "db"].map(str::to_owned).into();
        let report = judge(&services, &all.iter().collect::<Vec<_>>());
        assert_eq!((report.kind, &*report.message), (expected, message), "{containers:?}");
    }

    #[test]
    fn a_deployment_is_as_well_as_the_worst_of_its_containers() {
        let db = ("db", "running", "Up 3 minutes (healthy)");
        check(&[("web", "running", "Up 1 second (healthy)"), db], Healthy, "2 of 2 containers are healthy");
        check(&[("web", "running", "Up 1 second"), db], Running, "2 of 2 containers run");
        check(
            &[("web", "running", "Up 1 second (health: starting)"), db],
            Progressing,
            "starting: ship-web-1",
        );
        check(&[("web", "created", "Created"), db], Progressing, "starting: ship-web-1");
        check(
            &[("web", "restarting", "Restarting (0) 1 second ago"), db],
            Progressing,
            "starting: ship-web-1",
        );
        check(
            &[("web", "restarting", "Restarting (137) 1 second ago"), db],
            Error,
            "ship-web-1 keeps ending with exit code 137 and is restarted",
        );
        check(
            &[("web", "running", "Up 1 second (unhealthy)"), db],
            Error,
            "ship-web-1 is unhealthy: its health check fails",
        );
        check(
            &[("web", "exited", "Exited (2) 5 seconds ago"), db],
            Error,
            "ship-web-1 ended with exit code 2",
        );
        check(&[("web", "paused", "Up 1 second (Paused)"), db], Error, "ship-web-1 is paused");
        check(&[("web", "dead", "Dead"), db], Error, "ship-web-1 is dead");
        check(&[db], Error, "web has no container");
    }

    #[test]
    fn a_job_that_ended_well_is_no_failure() {
        let job = ("web", "exited", "Exited (0) 5 seconds ago");
        check(&[job, ("db", "running", "Up 3 minutes (healthy)")], Healthy, "1 of 2 containers are healthy");
        check(&[job, ("db", "running", "Up 3 minutes")], Running, "1 of 2 containers run");
        let ended = "nothing runs any more; ended by itself: ship-web-1, ship-db-1";
        check(&[job, ("db", "exited", "Exited (0) 5 seconds ago")], Error, ended);
        assert_eq!(judge(&BTreeSet::new(), &[]), Report::new(Error, "there are no containers"));
    }

    #[test]
    fn many_complaints_stay_readable() {
        let many: Vec<_> = (0..30).map(|number| container(&format!("s{number}"), "dead", "Dead")).collect();
        let report = judge(&BTreeSet::new(), &many.iter().collect::<Vec<_>>());
        assert!(
            report.message.ends_with("; and 20 more") && report.message.len() < 400,
            "{}",
            report.message
        );
    }

    #[test]
    fn containers_run_by_hand_are_not_the_projects() {
        let mut one = container("web", "running", "Up");
        assert!(one.is_of("ship") && !one.is_of("sh"));
        assert_eq!(one.resource(), "web");
        one.labels.insert("com.docker.compose.container-number".into(), "3".into());
        assert_eq!(one.resource(), "web-3");
        one.labels.insert("com.docker.compose.oneoff".into(), "True".into());
        assert!(!one.is_of("ship"));
    }
}
