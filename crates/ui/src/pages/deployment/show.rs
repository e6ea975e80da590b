//! One deployment: how it is, what it runs, what its agent said, and its revisions.

use chrono::{DateTime, Utc};
use grantry_model::application::TargetKind;
use grantry_model::id::FileId;
use maud::{Markup, html};

use super::revision::{Revision, sample_revisions, source};
use super::status::{Said, sample_said, timeline};
use super::{Health, License, Place, sample_place};
use crate::asset::File;
use crate::components::alert::Alert;
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::components::live::{live, live_badges};
use crate::components::markdown::markdown;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::application::kind_words;
use crate::pages::application_entitlement::EntitlementRef;
use crate::pages::application_version::show::{Document, sample_documents};
use crate::pages::deployment::line::{presence, state};
use crate::picture::picture;
use crate::route::{
    DeleteDeployment, DeploymentLogs, DeploymentStatus, EditDeployment, RestartDeployment,
    ShowDeploymentRevision,
};

/// What entitles a customer to a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitled {
    /// The entitlement.
    pub by: EntitlementRef,
    /// Until when; `None` for ever.
    pub until: Option<DateTime<Utc>>,
}

/// A deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// The deployment.
    pub place: Place,
    /// The application's image.
    pub image: Option<FileId>,
    /// What it is deployed by.
    pub kind: TargetKind,
    /// Its release, for Helm.
    pub release_name: Option<String>,
    /// Where what is deployed is found, if its version says so.
    pub link: Option<String>,
    /// How it is.
    pub health: Health,
    /// When its agent was heard last.
    pub seen_at: Option<DateTime<Utc>>,
    /// Whether it is entitled.
    pub license: License,
    /// What entitles to it; `None` for a target of the vendor's own, or where applications are not restricted.
    pub entitled: Option<Entitled>,
    /// A newer version that may be deployed.
    pub newer: Option<String>,
    /// Why the current revision can't be filled in, if it is so; the agent then keeps what it was last told.
    pub render_error: Option<String>,
    /// Why what was just asked for was not done, if it is so.
    pub refused: Option<String>,
    /// What its agent said, newest first; five are enough.
    pub said: Vec<Said>,
    /// Its revisions, newest first; the first one is current. The newest fifty are enough.
    pub revisions: Vec<Revision>,
    /// The documents of its version that the reader sees.
    pub documents: Vec<Document>,
    /// Whether its containers' logs are collected.
    pub logs: bool,
    /// Whether the reader may deploy and undeploy.
    pub can_edit: bool,
}

impl Show {
    fn notices(&self) -> Markup {
        html! {
            @match self.license {
                License::Granted => {}
                License::Expired => (Alert::new(Tone::Warning, "The license for this deployment has expired.").detail(html! {
                    p { "What runs goes on, but it can’t be updated or changed until an entitlement grants its version again. It can be undeployed." }
                })),
                License::Missing => (Alert::new(Tone::Warning, "No entitlement grants this version.").detail(html! {
                    p { "It was deployed before entitlements decided. What runs goes on, but it can’t be changed unless to a version that is granted." }
                })),
            }
            @if let Some(error) = &self.render_error {
                (Alert::new(Tone::Bad, "The current revision can’t be filled in, so the agent keeps what it was last told.")
                    .detail(html! { p { (error) } }))
            }
        }
    }

    fn status(&self, now: DateTime<Utc>) -> Markup {
        let all = Button::new(Weight::Normal, "Whole timeline")
            .about("of the status")
            .link(DeploymentStatus { deployment: self.place.deployment });
        let content = html! {
            @if self.said.is_empty() { p.muted { "The agent has said nothing of it yet." } } @else { (timeline(&self.said, now)) }
        };
        let card = Card::padded("status", "Status", &content);
        html! { @if self.said.is_empty() { (card) } @else { (card.actions(all)) } }
    }

    fn revisions(&self, now: DateTime<Utc>) -> Markup {
        let list = html! { ol.revisions { @for (at, revision) in self.revisions.iter().enumerate() { (self.revision(revision, at, now)) } } };
        html! { (Card::flush("revisions", "Revisions", list)) }
    }

    fn revision(&self, revision: &Revision, at: usize, now: DateTime<Utc>) -> Markup {
        let link = ShowDeploymentRevision { deployment: self.place.deployment, revision: revision.number };
        html! {
            li {
                a href=(link) { span.sr { "Revision " } (revision.number) }
                div {
                    code { (revision.version_name) } " "
                    @if at == 0 { (Badge::new(Tone::Good, "Current")) }
                    span.sub.wrap { (time::ago(revision.created_at, now)) @if !revision.story().is_empty() { " · " (revision.story()) } }
                }
            }
        }
    }

    fn facts(&self, now: DateTime<Utc>) -> Markup {
        let content = html! {
            dl {
                dt { "Version" }
                dd {
                    code { (self.revisions.first().map_or("–", |current| current.version_name.as_str())) }
                    @if let Some(newer) = &self.newer { span.sub { (newer) " can be deployed" } }
                }
                dt { "By" } dd { (kind_words(self.kind)) }
                @if let Some(name) = &self.release_name { dt { "Release" } dd { code { (name) } } }
                dt { "Agent" } dd { (presence(self.seen_at, now)) }
                @if let Some(entitled) = &self.entitled {
                    dt { "Entitled by" }
                    dd {
                        (entitled.by.link())
                        @if let Some(until) = entitled.until { span.sub { "until " (time::day(until)) ", " (time::relative(until, now)) } }
                    }
                }
                @if let Some(link) = &self.link { dt { "At" } dd { a href=(link) rel="noopener noreferrer" { (link) } } }
            }
        };
        html! { (Card::padded("facts", "About", &content)) }
    }

    fn documents(&self) -> Markup {
        let content = html! {
            div.stack { @for one in &self.documents { article { h3 { (one.name) } (markdown(&one.content)) } } }
        };
        html! { @if !self.documents.is_empty() { (Card::padded("documents", "Documents", &content)) } }
    }

    fn source(&self) -> Markup {
        let (title, text) = match self.kind {
            TargetKind::Docker => ("Environment file", self.revisions.first()),
            TargetKind::Kubernetes => ("Values", self.revisions.first()),
        };
        let content = source(text.map_or("", |current| current.source.as_str()));
        html! { (Card::padded("source", title, &content).about(html! { "As written. Secrets and license keys are filled in on the way to the agent." })) }
    }
}

impl Page for Show {
    fn title(&self) -> String {
        format!("{} at {}", self.place.application_name, self.place.target_name)
    }

    fn place(&self) -> String {
        self.place.application_name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.place.way()
    }

    fn head(&self, visit: &Visit) -> Head {
        let deployment = self.place.deployment;
        let badges = live_badges(&html! {
            (state(self.health, self.seen_at, visit.now))
            @if let Some(badge) = self.license.badge() { (badge) }
        });
        let actions = html! {
            @if self.logs { (Button::new(Weight::Normal, "Log").icon(Icon::Log).link(DeploymentLogs { deployment })) }
            @if self.can_edit {
                @if self.license != License::Expired {
                    (Button::new(Weight::Primary, "Update").icon(Icon::Pencil).link(EditDeployment { deployment }))
                }
                @if self.license == License::Granted {
                    form method="post" action=(RestartDeployment { deployment }) {
                        (visit.csrf_field())
                        (Button::new(Weight::Normal, "Restart").icon(Icon::Again).submit())
                    }
                }
                (Button::new(Weight::Normal, "Undeploy").icon(Icon::Trash).link(DeleteDeployment { deployment }))
            }
        };
        Head {
            picture: Some(picture(self.image, &self.place.application_name)),
            badges: Some(badges),
            actions: Some(actions),
            ..Head::default()
        }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let now = visit.now;
        let fresh = html! { (self.notices()) (self.status(now)) };
        html! {
            @if let Some(refused) = &self.refused { (Alert::new(Tone::Bad, "It was left as it is.").detail(html! { p { (refused) } })) }
            div.cols {
                div.stack { (live("state", &fresh)) (self.source()) (self.documents()) }
                (live("about", &html! { (self.facts(now)) (self.revisions(now)) }))
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let by =
        EntitlementRef { entitlement: gallery::id(901), name: "Fleet Manager".to_owned(), can_open: true };
    let typical = Show {
        place: sample_place(),
        image: Some(gallery::id(1201)),
        kind: TargetKind::Docker,
        release_name: None,
        link: Some("https://fleet.initech.example".to_owned()),
        health: Health::Healthy,
        seen_at: Some(gallery::now()),
        license: License::Granted,
        entitled: Some(Entitled { by: by.clone(), until: Some(gallery::midnight(341)) }),
        newer: Some("3.1.0".to_owned()),
        render_error: None,
        refused: None,
        said: sample_said(),
        revisions: sample_revisions(),
        documents: sample_documents().into_iter().take(1).collect(),
        logs: true,
        can_edit: true,
    };
    let fresh = Show {
        kind: TargetKind::Kubernetes,
        release_name: Some("fleet".to_owned()),
        link: None,
        health: Health::Unknown,
        seen_at: None,
        entitled: None,
        newer: None,
        said: Vec::new(),
        revisions: sample_revisions()
            .into_iter()
            .skip(3)
            .map(|one| Revision { source: String::new(), ..one })
            .collect(),
        documents: Vec::new(),
        logs: false,
        ..typical.clone()
    };
    let expired = Show {
        health: Health::Error,
        license: License::Expired,
        newer: None,
        entitled: Some(Entitled {
            by: EntitlementRef { can_open: false, ..by },
            until: Some(gallery::midnight(-5)),
        }),
        said: sample_said()[2..].to_vec(),
        ..typical.clone()
    };
    let unlicensed = Show { license: License::Missing, entitled: None, newer: None, ..typical.clone() };
    let broken = Show {
        render_error: Some("Line 3 of the environment file: there is no secret DB_PASSWORD.".to_owned()),
        can_edit: false,
        ..typical.clone()
    };
    let refused =
        Show { refused: Some("The env file: there is no secret DB_PASSWORD.".to_owned()), ..typical.clone() };
    vec![
        Sample::vendor("deployment-show-typical", Nav::Deployments, &typical),
        Sample::vendor("deployment-show-fresh", Nav::Deployments, &fresh),
        Sample::customer("deployment-show-expired", Nav::Deployments, &expired),
        Sample::vendor("deployment-show-error-read-only", Nav::Deployments, &broken),
        Sample::vendor("deployment-show-not-entitled", Nav::Deployments, &unlicensed),
        Sample::vendor("deployment-show-refused", Nav::Deployments, &refused),
    ]
}
