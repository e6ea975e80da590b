//! Deployments that a change of a license key or a secret redeploys.

use maud::{Markup, html};

use super::{DeploymentRef, sample_refs};
use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::size::counted;

/// A deployment that a change would redeploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The deployment.
    pub deployment: DeploymentRef,
    /// Whether it is left as it is, because nothing entitles to it any more.
    pub is_expired: bool,
}

/// How many are redeployed.
pub(crate) fn count(all: &[Affected]) -> u64 {
    all.iter().filter(|one| !one.is_expired).count() as u64
}

/// The words of the button that goes through with it.
pub(crate) fn action(all: &[Affected]) -> String {
    match count(all) {
        0 => "Save".to_owned(),
        some => format!("Save and redeploy {}", counted(some, "deployment", "deployments")),
    }
}

/// What is redeployed, and what is left.
pub(crate) fn notice(all: &[Affected]) -> Markup {
    if all.is_empty() {
        return html! {};
    }
    let title = match count(all) {
        0 => "No deployment will be redeployed.".to_owned(),
        some => format!("{} will be redeployed:", counted(some, "deployment", "deployments")),
    };
    let detail = html! {
        ul.losses.plain {
            @for one in all {
                li { (one.deployment.link()) @if one.is_expired { ": left as it is, because its license has expired" } }
            }
        }
    };
    html! { (Alert::new(Tone::Warning, title).detail(detail)) }
}

/// Affected deployments of the samples.
pub(crate) fn samples() -> Vec<Affected> {
    let mut all: Vec<Affected> =
        sample_refs().into_iter().map(|deployment| Affected { deployment, is_expired: false }).collect();
    all.extend(all.first().cloned().map(|one| Affected {
        deployment: DeploymentRef { target: "plant-porto".to_owned(), ..one.deployment },
        is_expired: true,
    }));
    all
}
