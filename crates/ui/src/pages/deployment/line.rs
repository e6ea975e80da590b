//! A deployment in a list.

use chrono::{DateTime, Utc};
use grantry_model::id::{DeploymentId, FileId};
use maud::{Markup, html};

use super::{Health, License};
use crate::components::badge::{Badge, Tone};
use crate::components::time;
use crate::gallery;
use crate::picture::picture;
use crate::route::ShowDeployment;

/// A deployment in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The deployment.
    pub deployment: DeploymentId,
    /// The application's name.
    pub application_name: String,
    /// The application's image.
    pub image: Option<FileId>,
    /// The name of the version that it should run.
    pub version_name: String,
    /// What its agent says.
    pub health: Health,
    /// What the agent says beside it; shown for errors.
    pub message: String,
    /// When the agent said so last.
    pub said_at: Option<DateTime<Utc>>,
    /// Whether it is entitled.
    pub license: License,
    /// A newer version that may be deployed.
    pub newer: Option<String>,
}

/// So much of a message is shown.
const LONGEST: usize = 200;

impl Line {
    /// Name, version and state, in a row. `seen_at` is when the agent of the target was heard last.
    pub(crate) fn render(&self, seen_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Markup {
        let message: String = self.message.chars().take(LONGEST).collect();
        html! {
            li.deployed {
                (picture(self.image, &self.application_name))
                div.grow {
                    a.strong href=(ShowDeployment { deployment: self.deployment }) { (self.application_name) } " "
                    code { (self.version_name) }
                    @if let Some(newer) = &self.newer { span.sub { (newer) " can be deployed" } }
                    @if self.health == Health::Error && !message.is_empty() { span.sub.wrap.fault { (message) } }
                }
                div.row {
                    @if let Some(badge) = self.license.badge() { (badge) }
                    (state(self.health, seen_at, now))
                    @if let Some(at) = self.said_at { span.sub { (time::ago(at, now)) } }
                }
            }
        }
    }
}

/// Whether an agent is there: one that was not heard for longer is away.
const AWAY: i64 = 60;

fn is_there(seen_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (now - seen_at).num_seconds() <= AWAY
}

/// How a deployment goes. Of an agent that is away nobody knows whether what it called good still is.
pub(crate) fn state(health: Health, seen_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Badge {
    let badge = health.badge();
    let is_known = seen_at.is_some_and(|at| is_there(at, now)) || badge.tone != Tone::Good;
    Badge { tone: if is_known { badge.tone } else { Tone::Neutral }, ..badge }
}

/// Whether the agent of a target is there.
pub(crate) fn presence(seen_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Badge {
    match seen_at {
        None => Badge::new(Tone::Neutral, "Never connected"),
        Some(at) if is_there(at, now) => Badge::new(Tone::Good, "Connected"),
        Some(at) => Badge::new(Tone::Bad, format!("Last seen {}", time::relative(at, now))),
    }
}

/// A deployment of the samples in each state.
pub(crate) fn samples() -> Vec<Line> {
    let line = |number: u128, health, version: &str| Line {
        deployment: gallery::id(1100 + number),
        application_name: "Fleet Manager".to_owned(),
        image: (number % 2 == 1).then(|| gallery::id(1200 + number)),
        version_name: version.to_owned(),
        health,
        message: String::new(),
        said_at: Some(gallery::now()),
        license: License::Granted,
        newer: None,
    };
    let message = "api: container exited with code 1: license token expired on 2026-11-19".to_owned();
    vec![
        Line { newer: Some("3.1.0".to_owned()), ..line(1, Health::Healthy, "3.0.4") },
        Line { application_name: "Sensor Hub".to_owned(), ..line(2, Health::Running, "1.4.0") },
        Line { application_name: "Gateway".to_owned(), ..line(3, Health::Progressing, "2026.11") },
        Line { message, license: License::Expired, ..line(4, Health::Error, "2.8.4") },
        Line { said_at: None, ..line(5, Health::Unknown, "3.1.0") },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_agent_called_good_is_not_once_it_is_away() {
        let (now, before) = (gallery::now(), gallery::days(-3));
        assert_eq!(state(Health::Healthy, Some(now), now).tone, Tone::Good);
        assert_eq!(state(Health::Healthy, Some(before), now).tone, Tone::Neutral);
        assert_eq!(state(Health::Running, None, now).tone, Tone::Neutral);
        assert_eq!(state(Health::Error, Some(before), now).tone, Tone::Bad);
    }
}
