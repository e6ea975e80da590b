//! The commands of Helm that change a release.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use grantry_wire::GoDuration;
use grantry_wire::agent::{AgentDeployment, HelmOptions};

use super::cli::Major;

/// How many revisions of a release Helm keeps.
const HISTORY: &str = "10";

/// What removing and going back may take: what installing may where nothing is said.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(300);

/// Where a command finds what it needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inputs<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) values: &'a Path,
    /// Credentials for registries, as Docker keeps them.
    pub(crate) registries: &'a Path,
    /// Whether the chart's registry speaks HTTP without TLS.
    pub(crate) plain_http: bool,
}

/// How Helm goes about it; what is not said is as agents for Distr do it.
pub(crate) fn options(deployment: &AgentDeployment) -> HelmOptions {
    let default = HelmOptions {
        timeout: GoDuration::from_seconds(300),
        wait_strategy: "watcher".to_owned(),
        rollback_on_failure: true,
        cleanup_on_failure: true,
        force_conflicts: false,
    };
    let mut options = deployment.helm_options.clone().unwrap_or(default);
    if options.timeout.nanoseconds() <= 0 {
        options.timeout = GoDuration::from_seconds(300);
    }
    options
}

/// How long Helm waits for one thing.
pub(crate) fn timeout(deployment: &AgentDeployment) -> Duration {
    Duration::from_nanos(options(deployment).timeout.nanoseconds().unsigned_abs())
}

/// Checks what names the chart, before it becomes a part of a command.
///
/// # Errors
/// It names none, or looks like an option.
pub(crate) fn check_chart(deployment: &AgentDeployment) -> anyhow::Result<()> {
    let known =
        ["oci://", "https://", "http://"].iter().any(|scheme| deployment.chart_url.starts_with(scheme));
    ensure!(known, "the chart's address must begin with oci://, https:// or http://");
    ensure!(!chart(deployment).is_empty(), "a chart from a repository needs a name");
    ensure!(!chart(deployment).starts_with('-'), "a chart's name can't begin with a hyphen");
    ensure!(!deployment.chart_version.starts_with('-'), "a chart's version can't begin with a hyphen");
    Ok(())
}

/// How long Helm may take for all of it: it waits once for the new revision and once for the old one, and runs hooks before and
/// after.
pub(crate) fn limit(options: &HelmOptions) -> Duration {
    let timeout = Duration::from_nanos(options.timeout.nanoseconds().unsigned_abs());
    timeout.saturating_mul(4).saturating_add(Duration::from_secs(60))
}

/// Whether the agent has to go back itself after a failure: told to, Helm also waits until all is ready, whatever else it is told.
pub(crate) fn goes_back_itself(options: &HelmOptions) -> bool {
    options.rollback_on_failure && !waits(options)
}

/// `helm install`.
pub(crate) fn install(major: Major, deployment: &AgentDeployment, inputs: Inputs<'_>) -> Vec<OsString> {
    let options = options(deployment);
    let mut command = Words::new(["install", &deployment.release_name, chart(deployment)]);
    command.common(major, deployment, inputs, &options);
    command.0
}

/// `helm upgrade`.
pub(crate) fn upgrade(major: Major, deployment: &AgentDeployment, inputs: Inputs<'_>) -> Vec<OsString> {
    let options = options(deployment);
    // Without --reset-values, empty values would mean those of the revision before.
    let mut command = Words::new(["upgrade", &deployment.release_name, chart(deployment), "--reset-values"]);
    command.common(major, deployment, inputs, &options);
    command.add(["--history-max", HISTORY]);
    command.flag("--cleanup-on-fail", options.cleanup_on_failure);
    // Helm 3 has no server-side apply, so there are no conflicts to force.
    command.flag("--force-conflicts", options.force_conflicts && major == Major::Four);
    command.0
}

/// `helm rollback`.
pub(crate) fn roll_back(release: &str, revision: u32, namespace: &str) -> Vec<OsString> {
    let mut command = Words::new(["rollback", release, &revision.to_string(), "--namespace", namespace]);
    command.add(["--history-max", HISTORY]);
    command.0
}

/// `helm uninstall`.
pub(crate) fn uninstall(release: &str, namespace: &str) -> Vec<OsString> {
    Words::new(["uninstall", release, "--namespace", namespace, "--ignore-not-found"]).0
}

/// `helm get manifest`, of the newest revision that Helm deployed.
pub(crate) fn manifest(release: &str, revision: u32, namespace: &str) -> Vec<OsString> {
    Words::new(["get", "manifest", release, "--revision", &revision.to_string(), "--namespace", namespace]).0
}

fn chart(deployment: &AgentDeployment) -> &str {
    if is_oci(deployment) { &deployment.chart_url } else { &deployment.chart_name }
}

/// Whether the chart is in an OCI registry.
pub(crate) fn is_oci(deployment: &AgentDeployment) -> bool {
    deployment.chart_url.starts_with("oci://")
}

fn waits(options: &HelmOptions) -> bool {
    options.wait_strategy != "hookOnly"
}

struct Words(Vec<OsString>);

impl Words {
    fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self(words.into_iter().map(OsString::from).collect())
    }

    fn add<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        self.0.extend(words.into_iter().map(OsString::from));
    }

    fn flag(&mut self, flag: &str, wanted: bool) {
        if wanted {
            self.add([flag]);
        }
    }

    fn file(&mut self, flag: &str, file: &Path) {
        self.add([flag]);
        self.0.push(file.into());
    }

    fn common(
        &mut self,
        major: Major,
        deployment: &AgentDeployment,
        inputs: Inputs<'_>,
        options: &HelmOptions,
    ) {
        self.add(["--namespace", inputs.namespace, "--version", &deployment.chart_version]);
        self.add(["--timeout", &options.timeout.to_string()]);
        self.file("--values", inputs.values);
        self.file("--registry-config", inputs.registries);
        if !is_oci(deployment) {
            self.add(["--repo", &deployment.chart_url]);
        }
        self.flag("--plain-http", inputs.plain_http);
        let goes_back = options.rollback_on_failure && !goes_back_itself(options);
        match major {
            Major::Three => {
                self.flag("--wait", waits(options));
                self.flag("--atomic", goes_back);
            }
            Major::Four => {
                self.add([&*format!("--wait={}", strategy(options))]);
                self.flag("--rollback-on-failure", goes_back);
            }
        }
    }
}

/// What Helm 4 waits for; what it does not know is the default.
fn strategy(options: &HelmOptions) -> &str {
    match &*options.wait_strategy {
        known @ ("watcher" | "legacy" | "hookOnly") => known,
        _ => "watcher",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(helm_options: &str) -> AgentDeployment {
        let text = format!(
            r#"{{"id":"00000000-0000-0000-0000-000000000002","revisionId":"00000000-0000-0000-0000-000000000003",
            "releaseName":"tide","chartUrl":"oci://hub.example.com/tide/chart","chartVersion":"1.2.0"{helm_options}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn line(words: &[OsString]) -> String {
        words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    fn inputs() -> Inputs<'static> {
        Inputs { namespace: "sea", values: Path::new("v"), registries: Path::new("r"), plain_http: false }
    }

    #[test]
    fn defaults_are_atomic() {
        let helm3 = line(&upgrade(Major::Three, &deployment(""), inputs()));
        assert_eq!(
            helm3,
            "upgrade tide oci://hub.example.com/tide/chart --reset-values --namespace sea --version 1.2.0 --timeout 5m0s \
             --values v --registry-config r --wait --atomic --history-max 10 --cleanup-on-fail"
        );
        let helm4 = line(&install(Major::Four, &deployment(""), inputs()));
        assert_eq!(
            helm4,
            "install tide oci://hub.example.com/tide/chart --namespace sea --version 1.2.0 --timeout 5m0s \
             --values v --registry-config r --wait=watcher --rollback-on-failure"
        );
    }

    #[test]
    fn options_reach_helm() {
        let said = r#","helmOptions":{"timeout":"1m30s","waitStrategy":"hookOnly","rollbackOnFailure":true,"cleanupOnFailure":false,"forceConflicts":true}"#;
        let helm4 = line(&upgrade(Major::Four, &deployment(said), inputs()));
        assert!(helm4.contains("--timeout 1m30s") && helm4.contains("--wait=hookOnly"), "{helm4}");
        assert!(helm4.ends_with("--force-conflicts"), "{helm4}");
        let helm3 = line(&upgrade(Major::Three, &deployment(said), inputs()));
        assert!(
            !helm3.contains("--wait") && !helm3.contains("--atomic") && !helm3.contains("--force"),
            "{helm3}"
        );
        assert!(!helm4.contains("--rollback-on-failure"), "it would wait for more than hooks: {helm4}");
        assert!(goes_back_itself(&options(&deployment(said))));
        assert!(!goes_back_itself(&options(&deployment(""))));
    }

    #[test]
    fn repository_charts_are_named_with_their_repository() {
        let mut deployment = deployment("");
        deployment.chart_url = "https://charts.example.com".to_owned();
        deployment.chart_name = "tide".to_owned();
        let line = line(&install(Major::Three, &deployment, Inputs { plain_http: true, ..inputs() }));
        assert!(line.starts_with("install tide tide --namespace"), "{line}");
        assert!(line.contains("--repo https://charts.example.com --plain-http"), "{line}");
    }

    #[test]
    fn charts_that_are_none_are_refused() {
        let mut deployment = deployment("");
        check_chart(&deployment).unwrap();
        for (url, name) in [
            ("", ""),
            ("-x", "a"),
            ("https://a.example.com", ""),
            ("https://a.example.com", "-x"),
            ("/etc", "a"),
        ] {
            (deployment.chart_url, deployment.chart_name) = (url.to_owned(), name.to_owned());
            check_chart(&deployment).unwrap_err();
        }
    }

    #[test]
    fn limits_leave_time_to_go_back() {
        let said = r#","helmOptions":{"timeout":"-1s","waitStrategy":"x"}"#;
        assert_eq!(limit(&options(&deployment(said))), Duration::from_secs(1_260));
        assert!(line(&install(Major::Four, &deployment(said), inputs())).contains("--wait=watcher"));
        let long = r#","helmOptions":{"timeout":"2562047h0m0s","waitStrategy":"watcher"}"#;
        assert!(limit(&options(&deployment(long))) > Duration::from_secs(1));
    }
}
