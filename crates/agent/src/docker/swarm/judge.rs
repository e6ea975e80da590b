//! How a stack is, by its services and tasks.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use grantry_wire::agent::DeploymentStatusType;

use super::service::{Service, Task};
use crate::docker::container::list;
use crate::driver::Report;

/// A task that took the place of one that failed is trusted after this long.
const TRUSTED: TimeDelta = TimeDelta::seconds(30);

/// How one place of a service is.
enum Condition<'task> {
    Running,
    /// It ended well, as a job does.
    Finished,
    /// It will run: the state of its task.
    Starting(&'task str),
    /// It does not run, or runs again only since a moment, because of this.
    Broken(&'task str),
    Shaky(&'task str),
}

/// What was found about all services of a stack.
#[derive(Default)]
struct Findings {
    complaints: Vec<String>,
    starting: Vec<String>,
    finished: Vec<String>,
    running: u64,
    wanted: u64,
    /// Running tasks of services without a health check of their own.
    unchecked: u64,
}

/// How a stack is. `expected` are its services when it was deployed, `now` is the time by the manager's clock.
pub(super) fn judge(
    expected: &BTreeSet<String>,
    services: &[&Service],
    tasks: &[Task],
    now: Option<DateTime<Utc>>,
) -> Report {
    let mut found = Findings::default();
    let present: BTreeSet<_> = services.iter().map(|one| one.name()).collect();
    let absent = expected.iter().filter(|name| !present.contains(name.as_str()));
    found.complaints.extend(absent.map(|name| format!("the service {name} is gone")));
    for service in services {
        let of_it: Vec<_> = tasks.iter().filter(|task| task.service == service.id).collect();
        found.add(service, &of_it, now);
    }
    found.report(services.len())
}

impl Findings {
    fn add(&mut self, service: &Service, tasks: &[&Task], now: Option<DateTime<Utc>>) {
        let mut places: BTreeMap<_, Vec<&Task>> = BTreeMap::new();
        for task in tasks {
            places.entry(task.place()).or_default().push(task);
        }
        let wanted = service.wanted();
        let (mut running, mut finished, mut broken) = (0, 0, false);
        for ((slot, _), mut tasks) in places {
            tasks.sort_by_key(|task| task.created_at);
            let Some(condition) = condition(&tasks, changed_at(service), now) else { continue };
            let name = if wanted > 1 && slot > 0 {
                format!("{}.{slot}", service.name())
            } else {
                service.name().to_owned()
            };
            match condition {
                Condition::Running => running += 1,
                Condition::Finished => {
                    finished += 1;
                    self.finished.push(name);
                }
                Condition::Starting(state) => self.starting.push(format!("{name} ({state})")),
                Condition::Shaky(error) => {
                    running += 1;
                    self.starting.push(format!("{name} (begun anew after: {error})"));
                }
                Condition::Broken(error) => {
                    broken = true;
                    self.complaints.push(format!("{name} does not run: {error}"));
                }
            }
        }
        let late = wanted.saturating_sub(running + finished);
        let is_silent = !broken && !self.starting.iter().any(|one| one.starts_with(service.name()));
        if late > 0 && is_silent {
            self.starting.push(format!("{} ({running} of {wanted} tasks run)", service.name()));
        }
        self.note_update(service, tasks, broken);
        self.running += running;
        self.wanted += wanted;
        if !service.has_health_check() {
            self.unchecked += running;
        }
    }

    /// What the swarm says about the last change of a service.
    fn note_update(&mut self, service: &Service, tasks: &[&Task], broken: bool) {
        let Some(update) = service.update() else { return };
        let name = service.name();
        let why = || {
            let failed = tasks.iter().filter(|task| task.has_failed()).max_by_key(|task| task.created_at);
            let error = failed.and_then(|task| task.error()).unwrap_or(&update.message);
            if error.is_empty() { String::new() } else { format!(": {error}") }
        };
        match &*update.state {
            "updating" if !broken => {
                let is_silent = !self.starting.iter().any(|one| one.starts_with(name));
                if is_silent {
                    self.starting.push(format!("{name} (is brought to its new version)"));
                }
            }
            "paused" => self.complaints.push(format!("the update of {name} stopped half way{}", why())),
            "rollback_started" => {
                self.complaints.push(format!("{name} goes back to its version of before{}", why()));
            }
            "rollback_completed" => {
                self.complaints.push(format!("{name} went back to its version of before{}", why()));
            }
            "rollback_paused" => {
                self.complaints.push(format!("{name} could not go back to its version of before{}", why()));
            }
            _ => {}
        }
    }

    fn report(&self, services: usize) -> Report {
        use DeploymentStatusType::{Error, Healthy, Progressing, Running};
        let (running, wanted) = (self.running, self.wanted);
        if !self.complaints.is_empty() {
            return Report::new(Error, list(&self.complaints, "; "));
        }
        if services == 0 {
            return Report::new(Error, "the stack has no services");
        }
        if !self.starting.is_empty() {
            return Report::new(Progressing, format!("starting: {}", list(&self.starting, ", ")));
        }
        if running == 0 && !self.finished.is_empty() {
            let names = list(&self.finished, ", ");
            return Report::new(Error, format!("nothing runs any more; ended by itself: {names}"));
        }
        if running == 0 {
            return Report::new(Running, "no service wants any tasks");
        }
        if self.unchecked > 0 {
            return Report::new(Running, format!("{running} of {wanted} tasks run"));
        }
        Report::new(Healthy, format!("{running} of {wanted} tasks run and are healthy"))
    }
}

/// When the service was changed last; failures of before are of no interest.
fn changed_at(service: &Service) -> Option<DateTime<Utc>> {
    service.update().and_then(|update| update.started_at)
}

/// How a place is by its tasks, oldest first; `None` if nothing is wanted there any more.
fn condition<'task>(
    tasks: &[&'task Task],
    changed: Option<DateTime<Utc>>,
    now: Option<DateTime<Utc>>,
) -> Option<Condition<'task>> {
    let failed = tasks.iter().rev().find(|task| task.has_failed() && task.created_at >= changed);
    let failure = failed.map(|task| task.error().unwrap_or("it ended"));
    if let Some(runs) = tasks.iter().rev().find(|task| task.runs()) {
        let is_new = now.zip(runs.since()).is_some_and(|(now, since)| now - since < TRUSTED);
        let is_after = failed.is_some_and(|failed| failed.created_at < runs.created_at);
        return Some(match failure {
            Some(failure) if is_new && is_after => Condition::Shaky(failure),
            _ => Condition::Running,
        });
    }
    let newest = tasks.last()?;
    if newest.has_failed() {
        return Some(Condition::Broken(newest.error().unwrap_or("it ended")));
    }
    if newest.state() == "complete" {
        return Some(Condition::Finished);
    }
    if newest.is_retired() {
        return None;
    }
    Some(match newest.error().or(failure) {
        Some(error) => Condition::Broken(error),
        None => Condition::Starting(newest.state()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeploymentStatusType::{Error, Healthy, Progressing, Running};
    use serde_json::{Value, json};

    /// A moment of the test: so many seconds past noon.
    fn at(second: u32) -> String {
        format!("2026-11-24T12:{:02}:{:02}Z", second / 60, second % 60)
    }

    fn service(mode: &Value, update: &Value) -> Value {
        json!({
            "ID": "s", "UpdateStatus": update, "ServiceStatus": {"DesiredTasks": 2},
            "Spec": {"Name": "ship_web", "Labels": {"com.docker.stack.namespace": "ship"}, "Mode": mode, "TaskTemplate": {
                "ContainerSpec": {"Healthcheck": {"Test": ["CMD", "/check"]}},
            }},
        })
    }

    fn replicas(count: u64) -> Value {
        service(&json!({ "Replicated": {"Replicas": count} }), &Value::Null)
    }

    /// A task of a slot: made and in its state since these seconds.
    fn task(slot: u64, (made, since): (u32, u32), state: &str, error: &str) -> Value {
        let over = matches!(state, "failed" | "rejected" | "complete" | "shutdown");
        json!({
            "ServiceID": "s", "Slot": slot, "NodeID": format!("n{made}"), "CreatedAt": at(made),
            "DesiredState": if over { "shutdown" } else { "running" },
            "Status": {"State": state, "Err": error, "Timestamp": at(since)},
        })
    }

    fn check(service: &Value, tasks: &[Value], expected: DeploymentStatusType, message: &str) {
        let service: Service = serde_json::from_value(service.clone()).unwrap();
        let read: Vec<Task> =
            tasks.iter().map(|task| serde_json::from_value(task.clone()).unwrap()).collect();
        let now = at(120).parse().ok();
        let report = judge(&["web".to_owned()].into(), &[&service], &read, now);
        assert_eq!((report.kind, &*report.message), (expected, message), "{tasks:?}");
    }

    #[test]
    fn a_service_is_as_well_as_the_worst_of_its_tasks() {
        let fine = task(1, (0, 1), "running", "");
        check(&replicas(1), std::slice::from_ref(&fine), Healthy, "1 of 1 tasks run and are healthy");
        check(&replicas(2), std::slice::from_ref(&fine), Progressing, "starting: web (1 of 2 tasks run)");
        let two = |state: &str, error: &str| [fine.clone(), task(2, (0, 1), state, error)];
        check(&replicas(2), &two("starting", ""), Progressing, "starting: web.2 (starting)");
        let lost = "web.2 does not run: task: non-zero exit (1)";
        check(&replicas(2), &two("failed", "task: non-zero exit (1)"), Error, lost);
        check(
            &replicas(2),
            &two("pending", "no suitable node"),
            Error,
            "web.2 does not run: no suitable node",
        );
        // What was scaled away is no loss.
        check(&replicas(1), &two("shutdown", ""), Healthy, "1 of 1 tasks run and are healthy");
        check(&replicas(0), &[], Running, "no service wants any tasks");
    }

    #[test]
    fn a_task_that_took_the_place_of_a_failed_one_is_trusted_after_a_while() {
        let failed = task(1, (0, 10), "failed", "task: non-zero exit (1)");
        let next = |since, state: &str| [failed.clone(), task(1, (15, since), state, "")];
        check(&replicas(1), &next(20, "preparing"), Error, "web does not run: task: non-zero exit (1)");
        let shaky = "starting: web (begun anew after: task: non-zero exit (1))";
        check(&replicas(1), &next(100, "running"), Progressing, shaky);
        check(&replicas(1), &next(80, "running"), Healthy, "1 of 1 tasks run and are healthy");
    }

    #[test]
    fn what_failed_before_a_change_is_of_no_interest() {
        let update = json!({ "State": "updating", "StartedAt": at(30), "Message": "update in progress" });
        let changing = service(&json!({ "Replicated": {"Replicas": 1} }), &update);
        let before = task(1, (0, 10), "failed", "task: non-zero exit (1)");
        let tasks = [before.clone(), task(1, (31, 32), "preparing", "")];
        check(&changing, &tasks, Progressing, "starting: web (preparing)");
        let tasks = [before, task(1, (31, 32), "running", "")];
        check(&changing, &tasks, Progressing, "starting: web (is brought to its new version)");
    }

    #[test]
    fn a_change_that_was_taken_back_is_an_error_though_all_runs() {
        for (state, expected) in [
            ("paused", "the update of web stopped half way: task: non-zero exit (1)"),
            ("rollback_started", "web goes back to its version of before: task: non-zero exit (1)"),
            ("rollback_completed", "web went back to its version of before: task: non-zero exit (1)"),
            ("rollback_paused", "web could not go back to its version of before: task: non-zero exit (1)"),
        ] {
            let update = json!({ "State": state, "StartedAt": at(30), "Message": "because" });
            let changed = service(&json!({ "Replicated": {"Replicas": 1} }), &update);
            let failed = task(1, (31, 32), "failed", "task: non-zero exit (1)");
            check(&changed, &[failed, task(1, (40, 41), "running", "")], Error, expected);
        }
    }

    #[test]
    fn services_that_run_everywhere_and_jobs_have_their_own_count() {
        let global = service(&json!({ "Global": {} }), &Value::Null);
        let tasks = [task(0, (1, 1), "running", ""), task(0, (2, 2), "running", "")];
        check(&global, &tasks, Healthy, "2 of 2 tasks run and are healthy");
        check(&global, &tasks[..1], Progressing, "starting: web (1 of 2 tasks run)");
        let job = service(&json!({ "ReplicatedJob": {"TotalCompletions": 1} }), &Value::Null);
        check(&job, &[task(1, (1, 1), "running", "")], Healthy, "1 of 1 tasks run and are healthy");
        let ended = "nothing runs any more; ended by itself: web";
        check(&job, &[task(1, (1, 1), "complete", "")], Error, ended);
    }

    #[test]
    fn what_is_gone_is_told() {
        let report = judge(&["web".to_owned()].into(), &[], &[], None);
        assert_eq!(report, Report::new(Error, "the service web is gone"));
        assert_eq!(judge(&BTreeSet::new(), &[], &[], None), Report::new(Error, "the stack has no services"));
    }
}
