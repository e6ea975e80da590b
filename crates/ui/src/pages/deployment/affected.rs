//! Deployments that a change of a license key or a secret redeploys.

use maud::{Markup, html};

use super::{DeploymentRef, sample_refs};
use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::size::counted;

/// Why a deployment is left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// What entitled to it has expired.
    Expired,
    /// Nothing entitles to it.
    NotEntitled,
    /// It can't be filled in with what there is now.
    NotRenderable,
}

impl Skipped {
    fn words(self) -> &'static str {
        match self {
            Self::Expired => "left as it is, because its license has expired",
            Self::NotEntitled => "left as it is, because no entitlement grants its version",
            Self::NotRenderable => "left as it is, because it can’t be filled in; its page says why",
        }
    }
}

/// A deployment that a change would redeploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The deployment.
    pub deployment: DeploymentRef,
    /// Why it is left as it is; `None` if it is redeployed.
    pub skipped: Option<Skipped>,
}

/// How many are redeployed.
pub(crate) fn count(all: &[Affected]) -> u64 {
    all.iter().filter(|one| one.skipped.is_none()).count() as u64
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
                li { (one.deployment.link()) @if let Some(why) = one.skipped { ": " (why.words()) } }
            }
        }
    };
    html! { (Alert::new(Tone::Warning, title).detail(detail)) }
}

/// Affected deployments of the samples.
pub(crate) fn samples() -> Vec<Affected> {
    let mut all: Vec<Affected> =
        sample_refs().into_iter().map(|deployment| Affected { deployment, skipped: None }).collect();
    let skipped = [
        ("plant-porto", Skipped::Expired),
        ("plant-oslo", Skipped::NotEntitled),
        ("plant-riga", Skipped::NotRenderable),
    ];
    let first = all.first().map(|one| one.deployment.clone());
    all.extend(first.into_iter().flat_map(|first| {
        skipped.map(|(target, why)| Affected {
            deployment: DeploymentRef { target: target.to_owned(), ..first.clone() },
            skipped: Some(why),
        })
    }));
    all
}
