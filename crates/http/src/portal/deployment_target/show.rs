//! One deployment target.

use axum::extract::State;
use grantry_model::deployment_target::{DeploymentTarget, Environment, NamespaceScope};
use grantry_model::id::DeploymentTargetId;
use grantry_model::policy::Action;
use grantry_model::target_metric::TargetMetric;
use grantry_ops::deployment::outlook;
use grantry_ops::deployment_target::{self, notes};
use grantry_ops::error::Error;
use grantry_ops::target_metric;
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::pages::deployment_target::metrics::{Disk, Measured, Metrics};
use grantry_ui::pages::deployment_target::notes::Notes;
use grantry_ui::pages::deployment_target::show::Show;

use super::list::customer;
use crate::app::App;
use crate::extract::Path;
use crate::portal::deployment::line;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// Points of a plot; more could not be told apart.
const POINTS: usize = 300;

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(id): Path<DeploymentTargetId>,
) -> PageResult {
    let page = page(&app, &member, id, None).await?;
    Ok(member.page(Nav::Deployments, &page))
}

/// The page, with these notes instead of those that are kept.
pub(super) async fn page(
    app: &App,
    member: &Member,
    id: DeploymentTargetId,
    typed: Option<Notes>,
) -> Result<Show, Error> {
    let (ops, caller) = (&app.ops, &member.caller);
    let details = deployment_target::show(ops, caller, id).await?;
    let outlooks = outlook::list(ops, caller, &details.deployments).await?;
    let notes = match typed {
        Some(notes) => notes,
        None => kept(app, member, id).await?,
    };
    let target = &details.target;
    let (namespace, is_cluster) = namespace(target);
    Ok(Show {
        portal: member.shell.portal(),
        target: id,
        name: target.name.as_str().to_owned(),
        kind: target.environment.kind(),
        customer: customer(member, &details),
        namespace,
        is_cluster,
        created_at: target.created_at,
        seen_at: target.agent.seen_at,
        agent_version: target.agent.version.clone(),
        deployments: details
            .deployments
            .iter()
            .zip(&outlooks)
            .map(|(one, outlook)| line(one, outlook))
            .collect(),
        metrics: metrics(app, member, target).await?,
        logs: target.options.logs,
        notes,
        can_edit: member.may(app, Action::EditDeployments),
    })
}

async fn kept(app: &App, member: &Member, id: DeploymentTargetId) -> Result<Notes, Error> {
    let note = notes::show(&app.ops, &member.caller, id).await?;
    let updated_at = note.as_ref().map(|note| note.updated_at);
    Ok(Notes { form: FormState::fresh(note.map(|note| note.text).unwrap_or_default()), updated_at })
}

fn namespace(target: &DeploymentTarget) -> (Option<String>, bool) {
    match &target.environment {
        Environment::Docker { .. } => (None, false),
        Environment::Kubernetes { namespace, scope, .. } => {
            (Some(namespace.as_str().to_owned()), *scope == NamespaceScope::Cluster)
        }
    }
}

async fn metrics(app: &App, member: &Member, target: &DeploymentTarget) -> Result<Option<Metrics>, Error> {
    if !target.options.metrics {
        return Ok(None);
    }
    let series = target_metric::series(&app.ops, &member.caller, target.id, (None, None)).await?;
    Ok(Some(plotted(&series)))
}

/// A series as the plot shows it: spread over its time, the newest measurement among it.
fn plotted(series: &[TargetMetric]) -> Metrics {
    let step = series.len().div_ceil(POINTS).max(1);
    let last = series.last();
    let mut points: Vec<Measured> = series.iter().rev().step_by(step).map(measured).collect();
    points.reverse();
    Metrics {
        points,
        cpu_millicores: last.map_or(0, |one| one.cpu_millicores),
        memory_bytes: last.map_or(0, |one| one.memory_bytes),
        disks: last.map_or_else(Vec::new, |one| one.disks.iter().map(disk).collect()),
    }
}

fn measured(one: &TargetMetric) -> Measured {
    Measured { at: one.at, cpu: one.cpu_usage.get().into(), memory: one.memory_usage.get().into() }
}

fn disk(disk: &grantry_model::target_metric::Disk) -> Disk {
    Disk { path: disk.path.clone(), used: disk.bytes_used, total: disk.bytes_total }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use grantry_model::target_metric::PerMille;

    use super::*;

    #[test]
    fn a_long_series_is_thinned_and_keeps_its_newest_point() {
        let start: DateTime<Utc> = "2026-11-24T00:00:00Z".parse().unwrap();
        let metric = |number: u16| TargetMetric {
            at: start + TimeDelta::minutes(number.into()),
            cpu_millicores: 4_000,
            cpu_usage: PerMille::new(number),
            memory_bytes: 1 << 30,
            memory_usage: PerMille::new(1),
            disks: Vec::new(),
        };
        let all: Vec<TargetMetric> = (0..720).map(metric).collect();
        let plot = plotted(&all);
        assert_eq!(plot.points.len(), 240);
        assert!(plot.points.is_sorted_by_key(|point| point.at));
        assert_eq!(plot.points.last().unwrap().cpu, 719);
        assert_eq!(plotted(&[]), Metrics::default());
    }
}
