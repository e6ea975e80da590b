//! What the form of a deployment sends.

use crate::form::{Step, lines};

/// How Helm waits for what it installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wait {
    /// It watches each resource's status.
    #[default]
    Watcher,
    /// It waits as Helm 3 did.
    Legacy,
    /// It waits for hooks alone.
    HookOnly,
}

impl Wait {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::Watcher, Self::Legacy, Self::HookOnly];

    /// The value in the form, as `helmOptions.waitStrategy` on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Watcher => "watcher",
            Self::Legacy => "legacy",
            Self::HookOnly => "hookOnly",
        }
    }

    /// Reads the value; anything else is the usual one.
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|wait| wait.as_str() == text).unwrap_or_default()
    }
}

/// The values of the form, as typed. Check boxes send `true`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployValues {
    /// `applicationId`; empty if none is chosen yet.
    pub application: String,
    /// `version`: the id of the version; empty if none is chosen yet.
    pub version: String,
    /// `source`: the environment file or the values.
    pub source: String,
    /// `begun`: the id of the version whose template `source` began with. As long as nobody has typed, another version
    /// brings its own template.
    pub begun: String,
    /// `seen`: the id of the version whose risky settings the reader was shown. Deploying another one shows its first.
    pub seen: String,
    /// `releaseName`, for Helm; fixed once it is deployed.
    pub release_name: String,
    /// `swarm`, for Docker: whether it is a stack of a swarm; fixed once it is deployed.
    pub is_swarm: bool,
    /// `keepVolumes`, for Docker: whether they stay when it is undeployed.
    pub keep_volumes: bool,
    /// `forceRestart`: whether containers are restarted though nothing of them changed.
    pub force_restart: bool,
    /// `ignoreRevisionSkew`, for Helm: whether changes by others since the last revision are overwritten.
    pub ignore_skew: bool,
    /// `timeout`, for Helm, such as `5m`.
    pub timeout: String,
    /// `waitStrategy`, for Helm.
    pub wait: Wait,
    /// `rollbackOnFailure`, for Helm.
    pub roll_back: bool,
    /// `cleanupOnFailure`, for Helm.
    pub clean_up: bool,
    /// `forceConflicts`, for Helm.
    pub force_conflicts: bool,
}

impl Default for DeployValues {
    fn default() -> Self {
        Self {
            application: String::new(),
            version: String::new(),
            source: String::new(),
            begun: String::new(),
            seen: String::new(),
            release_name: String::new(),
            is_swarm: false,
            keep_volumes: true,
            force_restart: false,
            ignore_skew: false,
            timeout: "5m".to_owned(),
            wait: Wait::Watcher,
            roll_back: true,
            clean_up: true,
            force_conflicts: false,
        }
    }
}

/// Everything that the form sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployForm {
    /// The values.
    pub values: DeployValues,
    /// What the button asked for.
    pub step: Step,
}

/// The names of the inputs that have a place for what is wrong with them.
pub(super) const NAMES: [&str; 5] = ["applicationId", "version", "source", "releaseName", "timeout"];

impl DeployForm {
    /// Takes the values from the fields of a request: `all` gives the values of a field, in the order they were sent.
    pub fn read(all: impl Fn(&str) -> Vec<String>) -> Self {
        let first = |name: &str| all(name).into_iter().next().unwrap_or_default();
        let is_checked = |name: &str| first(name) == "true";
        Self {
            values: DeployValues {
                application: first("applicationId"),
                version: first("version"),
                source: lines(&first("source")),
                begun: first("begun"),
                seen: first("seen"),
                release_name: first("releaseName"),
                is_swarm: is_checked("swarm"),
                keep_volumes: is_checked("keepVolumes"),
                force_restart: is_checked("forceRestart"),
                ignore_skew: is_checked("ignoreRevisionSkew"),
                timeout: first("timeout"),
                wait: Wait::of(&first("waitStrategy")),
                roll_back: is_checked("rollbackOnFailure"),
                clean_up: is_checked("cleanupOnFailure"),
                force_conflicts: is_checked("forceConflicts"),
            },
            step: Step::of(&first("step")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_checked_is_not_wanted() {
        let form =
            DeployForm::read(
                |name| if name == "forceRestart" { vec!["true".to_owned()] } else { Vec::new() },
            );
        assert!(form.values.force_restart && !form.values.keep_volumes && !form.values.roll_back);
        assert_eq!((form.values.wait, form.step), (Wait::Watcher, Step::Preview));
        assert!(Wait::ALL.iter().all(|wait| Wait::of(wait.as_str()) == *wait));
    }
}
