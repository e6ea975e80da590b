//! Connecting an agent: the question before a target gets a new secret, and then the one command.

use chrono::{DateTime, Utc};
use grantry_model::application::TargetKind;
use grantry_model::id::DeploymentTargetId;
use maud::{Markup, html};

use super::way_below;
use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::copy::snippet;
use crate::components::icon::Icon;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::{ConnectDeploymentTarget, ShowDeploymentTarget};

/// The question: whether to make a secret. It is answered by a POST, whose answer is [`Connected`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    /// The target.
    pub target: DeploymentTargetId,
    /// Its name.
    pub name: String,
    /// What it runs.
    pub kind: TargetKind,
    /// Whether it has a secret already, which a new one takes the place of.
    pub has_secret: bool,
    /// When its agent was heard last.
    pub seen_at: Option<DateTime<Utc>>,
}

impl Page for Connect {
    fn title(&self) -> String {
        format!("Connect {}", self.name)
    }

    fn place(&self) -> String {
        "Connect".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.target, &self.name)
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Agents, Guide::AgentProgram, Guide::Deployments]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (target, weight) = (self.target, if self.has_secret { Weight::Danger } else { Weight::Primary });
        let place = match self.kind {
            TargetKind::Docker => "on the machine, as a user who may use Docker",
            TargetKind::Kubernetes => "with access to the cluster",
        };
        html! {
            form.card.narrow method="post" action=(ConnectDeploymentTarget { target }) {
                div.body.stack {
                    (visit.csrf_field())
                    p { "The next page shows one command. Run it " (place) ". It starts the agent, which then connects by itself; nothing has to be opened towards it." }
                    @if self.has_secret {
                        (Alert::new(Tone::Warning, "This target has a secret already.").detail(html! {
                            p {
                                "A new one takes its place: the agent that is connected now is refused at once, until the command is run."
                                @if let Some(at) = self.seen_at { " It was seen " (time::ago(at, visit.now)) "." }
                            }
                            p { "What runs goes on meanwhile." }
                        }))
                    }
                }
                div.foot {
                    (Button::new(weight, "Show the command").icon(Icon::Plug).submit())
                    (Button::new(Weight::Normal, "Cancel").link(ShowDeploymentTarget { target }))
                }
            }
        }
    }
}

/// A way to start the agent.
#[derive(Clone, PartialEq, Eq)]
pub struct Way {
    /// What it is, such as “As a systemd service”.
    pub title: &'static str,
    /// When one takes it, in a sentence.
    pub note: &'static str,
    /// The command, with the secret.
    pub command: String,
}

/// The command, shown this once.
#[derive(Clone, PartialEq, Eq)]
pub struct Connected {
    /// The target.
    pub target: DeploymentTargetId,
    /// Its name.
    pub name: String,
    /// The ways to start the agent; the first one is the usual one.
    pub ways: Vec<Way>,
}

impl std::fmt::Debug for Connected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connected").field("target", &self.target).finish_non_exhaustive()
    }
}

impl Page for Connected {
    fn title(&self) -> String {
        format!("Connect {}", self.name)
    }

    fn place(&self) -> String {
        "Connect".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.target, &self.name)
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("Run one of these commands where the software is to run.")
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Agents, Guide::AgentProgram, Guide::Deployments]
    }

    fn body(&self, _visit: &Visit) -> Markup {
        html! {
            div.form.stack {
                (Alert::new(Tone::Warning, "Copy it now. It holds the target’s secret, which is not shown again."))
                @for (at, way) in self.ways.iter().enumerate() { (card(way, at)) }
                div.row {
                    (Button::new(Weight::Primary, "Done").link(ShowDeploymentTarget { target: self.target }))
                    p.muted { "The target says “Connected” as soon as the agent is there." }
                }
            }
        }
    }
}

fn card(way: &Way, at: usize) -> Markup {
    let id = format!("way-{at}");
    let command = html! { div.commands { (snippet(&format!("{id}-command"), &way.command, "command")) } };
    html! { (Card::padded(&id, way.title, &command).about(html! { (way.note) })) }
}

/// The pages in their states.
pub(crate) fn samples() -> Vec<Sample> {
    let first = Connect {
        target: gallery::id(1001),
        name: "plant-berlin".to_owned(),
        kind: TargetKind::Docker,
        has_secret: false,
        seen_at: None,
    };
    let again = Connect {
        kind: TargetKind::Kubernetes,
        has_secret: true,
        seen_at: Some(gallery::days(-2)),
        ..first.clone()
    };
    let way = |title, note, command: &str| Way { title, note, command: command.to_owned() };
    let connected = Connected {
        target: first.target,
        name: first.name.clone(),
        ways: vec![
            way(
                "With Docker",
                "The agent runs as a container beside yours.",
                "curl -fsSL 'https://hub.northwind.example/api/v1/connect?targetId=0193a2f0-7c1a-7bd2-9b1e-5200000003e9&targetSecret=0123456789abcdef0123456789abcdef' | docker compose -f - up -d",
            ),
            way(
                "As a systemd service",
                "For machines on which nothing but your software should run in containers.",
                "sudo grantry-agent install --hub https://hub.northwind.example --target 0193a2f0-7c1a-7bd2-9b1e-5200000003e9",
            ),
        ],
    };
    vec![
        Sample::vendor("deployment-target-connect-first", Nav::Deployments, &first),
        Sample::customer("deployment-target-connect-again", Nav::Deployments, &again),
        Sample::vendor("deployment-target-connect-connected", Nav::Deployments, &connected),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_not_debugged() {
        let way = Way { title: "", note: "", command: "secret".to_owned() };
        let page = Connected { target: gallery::id(1), name: String::new(), ways: vec![way] };
        assert!(!format!("{page:?}").contains("secret"));
    }
}
