//! Deployments: one application at one deployment target.

pub(crate) mod affected;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
mod editor;
mod input;
pub(crate) mod log;
pub(crate) mod logs;
mod options;
pub(crate) mod restart;
pub(crate) mod revision;
pub(crate) mod show;
pub(crate) mod status;

use grantry_model::deployment::{Status, StatusKind};
use grantry_ops::deployment::outlook::Outlook;
use grantry_ops::deployment::{Deployed, License};
use grantry_ui::pages::deployment as ui;
use grantry_ui::pages::deployment::line::Line;

/// A deployment in a list.
pub(crate) fn line(deployed: &Deployed, outlook: &Outlook) -> Line {
    let entry = &deployed.entry;
    let status = entry.status.as_ref();
    Line {
        deployment: entry.deployment.id,
        application_name: entry.application.name.as_str().to_owned(),
        image: entry.application.image,
        version_name: entry.version.name.as_str().to_owned(),
        health: health(status),
        message: status.map(|status| status.message.clone()).unwrap_or_default(),
        said_at: status.map(|status| status.until),
        license: license(deployed.license),
        newer: outlook.newer.as_ref().map(|version| version.name.as_str().to_owned()),
    }
}

/// How a deployment is, by what was said of it last.
fn health(status: Option<&Status>) -> ui::Health {
    status.map_or(ui::Health::Unknown, |status| kind(status.kind))
}

fn kind(kind: StatusKind) -> ui::Health {
    match kind {
        StatusKind::Healthy => ui::Health::Healthy,
        StatusKind::Running => ui::Health::Running,
        StatusKind::Progressing => ui::Health::Progressing,
        StatusKind::Error => ui::Health::Error,
    }
}

fn license(license: License) -> ui::License {
    match license {
        License::Granted => ui::License::Granted,
        License::Expired => ui::License::Expired,
        License::Missing => ui::License::Missing,
    }
}

/// Where a deployment is.
fn place(deployed: &Deployed) -> ui::Place {
    let entry = &deployed.entry;
    ui::Place {
        target: entry.deployment.target,
        target_name: entry.target_name.as_str().to_owned(),
        deployment: entry.deployment.id,
        application_name: entry.application.name.as_str().to_owned(),
    }
}
