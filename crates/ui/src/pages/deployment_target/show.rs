//! One deployment target: its agent, what is deployed there, its load and notes.

use chrono::{DateTime, Utc};
use grantry_model::application::TargetKind;
use grantry_model::id::DeploymentTargetId;
use maud::{Markup, html};

use super::list::kind_words;
use super::metrics::{Metrics, sample};
use super::notes::Notes;
use crate::asset::File;
use crate::components::alert::Alert;
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::live::{live, live_badges};
use crate::components::time;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Portal, Visit};
use crate::pages::deployment::line::{Line, presence, samples as lines};
use crate::pages::license_key::Owner;
use crate::route::{
    ConnectDeploymentTarget, CustomerLicenses, DeleteDeploymentTarget, Deployments, EditDeploymentTarget,
    NewDeployment, TargetLogs,
};

/// A deployment target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// In which portal it is shown.
    pub portal: Portal,
    /// The target.
    pub target: DeploymentTargetId,
    /// Its name.
    pub name: String,
    /// What it runs.
    pub kind: TargetKind,
    /// The customer it is of; `None` for the vendor's own, and in the Customer Portal.
    pub customer: Option<Owner>,
    /// Its namespace, for Kubernetes.
    pub namespace: Option<String>,
    /// Whether the agent may change the whole cluster.
    pub is_cluster: bool,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When its agent was heard last.
    pub seen_at: Option<DateTime<Utc>>,
    /// The version of its agent, if it said one.
    pub agent_version: Option<String>,
    /// What is deployed there, oldest first.
    pub deployments: Vec<Line>,
    /// What the agent measured; `None` if it does not measure.
    pub metrics: Option<Metrics>,
    /// Whether the agent collects logs.
    pub logs: bool,
    /// The notes of the reader's side.
    pub notes: Notes,
    /// Whether the reader may change it and deploy.
    pub can_edit: bool,
}

impl Show {
    fn deploy(&self, weight: Weight) -> Markup {
        Button::new(weight, "Deploy").icon(Icon::Plus).link(NewDeployment { target: self.target })
    }

    fn deployments(&self, now: DateTime<Utc>) -> Markup {
        let content = if self.deployments.is_empty() {
            html! { (EmptyState {
                icon: Icon::Layers,
                title: "Nothing is deployed here",
                text: "Choose an application and a version. The agent does the rest as soon as it is connected.",
                action: self.can_edit.then(|| self.deploy(Weight::Primary)),
            }) }
        } else {
            html! { ul { @for line in &self.deployments { (line.render(self.seen_at, now)) } } }
        };
        let card = Card::flush("deployments", "Deployments", content);
        html! { @if self.can_edit && !self.deployments.is_empty() { (card.actions(self.deploy(Weight::Normal))) } @else { (card) } }
    }

    fn unconnected(&self) -> Markup {
        let connect = Button::new(Weight::Primary, "Connect an agent")
            .icon(Icon::Plug)
            .link(ConnectDeploymentTarget { target: self.target });
        let detail = html! {
            p { "One command starts it where the software is to run. Until then nothing is deployed." }
            @if self.can_edit { div.row.after { (connect) } }
        };
        html! { @if self.seen_at.is_none() { (Alert::new(Tone::Info, "No agent has connected yet.").detail(detail)) } }
    }

    fn facts(&self, now: DateTime<Utc>) -> Markup {
        let content = html! {
            dl {
                @if let Some(customer) = &self.customer {
                    dt { "Customer" } dd { a.link href=(CustomerLicenses { customer: customer.customer }) { (customer.name) } }
                }
                dt { "Seen" } dd { @match self.seen_at { Some(at) => (time::ago(at, now)), None => { "never" } } }
                dt { "Agent" } dd { @match &self.agent_version { Some(version) => code { (version) }, None => { "–" } } }
                @if let Some(namespace) = &self.namespace { dt { "Namespace" } dd { code { (namespace) } } }
                @if self.kind == TargetKind::Kubernetes {
                    dt { "May change" } dd { @if self.is_cluster { "the whole cluster" } @else { "its namespace" } }
                }
                dt { "Created" } dd { (time::day(self.created_at)) }
            }
            @if self.logs { p.after { a.link href=(TargetLogs { target: self.target }) { "Log of the agent" } } }
        };
        html! { (Card::padded("facts", "Agent", &content)) }
    }
}

impl Page for Show {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Deployments", &Deployments)]
    }

    fn head(&self, visit: &Visit) -> Head {
        let target = self.target;
        let badges = live_badges(&html! {
            (presence(self.seen_at, visit.now))
            (Badge::new(Tone::Neutral, kind_words(self.kind)))
            @if let Some(customer) = &self.customer { (Badge::new(Tone::Neutral, &customer.name)) }
        });
        let actions = html! {
            @if self.seen_at.is_some() {
                (Button::new(Weight::Normal, "Connect again").icon(Icon::Plug).link(ConnectDeploymentTarget { target }))
            }
            (Button::new(Weight::Normal, "Edit").icon(Icon::Pencil).link(EditDeploymentTarget { target }))
            (Button::new(Weight::Normal, "Delete").icon(Icon::Trash).link(DeleteDeploymentTarget { target }))
        };
        Head { badges: Some(badges), actions: self.can_edit.then_some(actions), ..Head::default() }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let fresh = html! { (self.unconnected()) (self.deployments(visit.now)) };
        html! {
            div.cols {
                div.stack {
                    (live("state", &fresh))
                    @if let Some(metrics) = &self.metrics { (live("load", &metrics.card(visit.now))) }
                    (self.notes.card(self.target, self.portal, self.can_edit, visit))
                }
                (live("agent", &self.facts(visit.now)))
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let notes = Notes {
        form: FormState::fresh("Behind a proxy; ask Ms. Roth for access.".to_owned()),
        updated_at: Some(gallery::days(-12)),
    };
    let typical = Show {
        portal: Portal::Vendor,
        target: gallery::id(1001),
        name: "plant-berlin".to_owned(),
        kind: TargetKind::Docker,
        customer: Some(Owner { customer: gallery::id(101), name: "Initech GmbH".to_owned() }),
        namespace: None,
        is_cluster: false,
        created_at: gallery::days(-90),
        seen_at: Some(gallery::now()),
        agent_version: Some("grantry-agent 0.1.0".to_owned()),
        deployments: lines(),
        metrics: Some(sample()),
        logs: true,
        notes,
        can_edit: true,
    };
    let empty = Show {
        kind: TargetKind::Kubernetes,
        customer: None,
        namespace: Some("fleet".to_owned()),
        is_cluster: true,
        seen_at: None,
        agent_version: None,
        deployments: Vec::new(),
        metrics: Some(Metrics::default()),
        notes: Notes::default(),
        ..typical.clone()
    };
    let away = Show {
        portal: Portal::Customer,
        customer: None,
        seen_at: Some(gallery::days(-2)),
        namespace: Some("fleet".to_owned()),
        kind: TargetKind::Kubernetes,
        metrics: None,
        ..typical.clone()
    };
    let reader = Show {
        can_edit: false,
        deployments: Vec::new(),
        seen_at: None,
        notes: Notes::default(),
        logs: false,
        ..typical.clone()
    };
    let read = Show { can_edit: false, ..typical.clone() };
    let refused = FormState::refused(
        "x".repeat(80),
        vec![gallery::error("notes", "Notes can’t be longer than 10,000 characters.")],
    );
    let error = Show { notes: Notes { form: refused, updated_at: None }, ..typical.clone() };
    vec![
        Sample::vendor("deployment-target-show-typical", Nav::Deployments, &typical),
        Sample::vendor("deployment-target-show-empty", Nav::Deployments, &empty),
        Sample::customer("deployment-target-show-portal", Nav::Deployments, &away),
        Sample::vendor("deployment-target-show-read-only", Nav::Deployments, &read),
        Sample::customer("deployment-target-show-empty-read-only", Nav::Deployments, &reader),
        Sample::vendor("deployment-target-show-error", Nav::Deployments, &error),
    ]
}
