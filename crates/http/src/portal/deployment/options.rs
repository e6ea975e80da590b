//! How a deployment is carried out, in words and for its form.

use grantry_model::deployment::content::Content;
use grantry_model::deployment::helm::{HelmOptions, WaitStrategy};
use grantry_model::deployment::{Deployment, DockerType};
use grantry_ui::pages::deployment::fields::{DeployValues, Wait};
use grantry_wire::GoDuration;

/// A duration without the zeros that Go writes: `5m` for `5m0s`.
fn short(nanoseconds: i64) -> String {
    let full = GoDuration::from_nanoseconds(nanoseconds).to_string();
    let without = |text: &str, end: &str, keep: &str| match text.strip_suffix(end) {
        Some(rest) if rest.ends_with(keep) => rest.to_owned(),
        _ => text.to_owned(),
    };
    without(&without(&full, "0s", "m"), "0m", "h")
}

/// Options that differ from what is usual, one a line, to be compared between revisions.
pub(super) fn words(content: &Content) -> String {
    let on = |is_on: bool, words: &str| is_on.then(|| words.to_owned());
    let mut lines: Vec<String> = Vec::new();
    if let Some(helm) = &content.helm {
        lines.extend([
            format!("timeout  {}", short(helm.timeout.into())),
            format!("wait  {}", helm.wait_strategy.as_str()),
            format!("roll back on failure  {}", yes(helm.rollback_on_failure)),
            format!("clean up on failure  {}", yes(helm.cleanup_on_failure)),
            format!("overwrite what others manage  {}", yes(helm.force_conflicts)),
        ]);
    }
    lines.extend(on(content.ignore_revision_skew, "overwrite changes by hand"));
    lines.extend(on(content.force_restart, "restart containers"));
    lines.join("\n")
}

fn yes(is_on: bool) -> &'static str {
    if is_on { "yes" } else { "no" }
}

/// What the form of a deployment begins with. Restarting is asked for each time anew.
pub(super) fn written(deployment: &Deployment, content: &Content) -> DeployValues {
    let values = DeployValues {
        application: deployment.application.to_string(),
        source: content.env.as_ref().or(content.values.as_ref()).cloned().unwrap_or_default(),
        release_name: deployment.installation.release_name().map(ToString::to_string).unwrap_or_default(),
        is_swarm: deployment.installation.docker_type() == Some(DockerType::Swarm),
        keep_volumes: deployment.keep_volumes,
        ignore_skew: content.ignore_revision_skew,
        ..DeployValues::default()
    };
    match &content.helm {
        None => values,
        Some(helm) => with_helm(values, helm),
    }
}

fn with_helm(values: DeployValues, helm: &HelmOptions) -> DeployValues {
    DeployValues {
        timeout: short(helm.timeout.into()),
        wait: match helm.wait_strategy {
            WaitStrategy::Watcher => Wait::Watcher,
            WaitStrategy::Legacy => Wait::Legacy,
            WaitStrategy::HookOnly => Wait::HookOnly,
        },
        roll_back: helm.rollback_on_failure,
        clean_up: helm.cleanup_on_failure,
        force_conflicts: helm.force_conflicts,
        ..values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short_and_read_back() {
        let second = 1_000_000_000;
        for (nanoseconds, text) in
            [(90 * second, "1m30s"), (300 * second, "5m"), (3_600 * second, "1h"), (10 * second, "10s")]
        {
            assert_eq!(short(nanoseconds), text);
            assert_eq!(text.parse::<GoDuration>().unwrap().nanoseconds(), nanoseconds);
        }
        assert_eq!(short(3_660 * second), "1h1m");
        assert_eq!(short(600 * second), "10m");
        assert_eq!(short(36_000 * second), "10h");
    }
}
