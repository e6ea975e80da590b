//! One license key: its token, what the token says, its revisions and how an application verifies it.

use grantry_model::id::{LicenseKeyId, OrganizationId};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::{Owner, Revision, snippets, way_to};
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::copy::{copy_button, copyable, snippet};
use crate::components::diff::Diff;
use crate::components::guide::guide_at;
use crate::components::icon::Icon;
use crate::components::tabs::Tabs;
use crate::components::{time, token as box_of};
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::notice::Notice;
use crate::layout::{Crumb, Head, Nav, Page, Portal, Visit};
use crate::pages::deployment::{DeploymentRef, sample_refs};
use crate::route::{DeleteLicenseKey, EditLicenseKey, PublicKey, ShowRevision, TokenFile};
use crate::token::{Decoded, phrase, reference};
use crate::validity::{Window, grace_words};

/// A license key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// In which portal it is shown.
    pub portal: Portal,
    /// The key.
    pub key: LicenseKeyId,
    /// Its name.
    pub name: String,
    /// Its description, empty if it has none.
    pub description: String,
    /// The customer it belongs to; `None` for an organization-wide key.
    pub owner: Option<Owner>,
    /// Its revisions, newest first; the first one is current.
    pub revisions: Vec<Revision>,
    /// The token of the current revision.
    pub token: String,
    /// The public key that verifies it, as PEM.
    pub public_key: String,
    /// The vendor's organization, which a verifier expects in the token.
    pub organization: OrganizationId,
    /// The hub's public base URL, without a slash at its end.
    pub hub: String,
    /// The deployments that read it; `None` for who does not see deployments.
    pub read_by: Option<Vec<DeploymentRef>>,
    /// Whether the reader may edit and delete the key.
    pub can_edit: bool,
}

impl Show {
    fn token_card(&self, decoded: Option<&Decoded>) -> Markup {
        let key_id = decoded.and_then(|token| token.header.get("kid")).map(phrase).unwrap_or_default();
        let short: String = key_id.chars().take(12).collect();
        let about = html! {
            "Signed with key " code title=(key_id) { (short) "…" } ". Verifies offline with the public key alone."
        };
        let actions = html! {
            (copy_button("token", "Copy token", Weight::Primary))
            (Button::new(Weight::Normal, "Download").icon(Icon::Download).link(TokenFile { key: self.key }))
        };
        let content = box_of::token("token", &self.token);
        html! { (Card::padded("token-card", "Token", &content).about(about).actions(actions)) }
    }

    fn changes(&self) -> Markup {
        let [current, before, ..] = self.revisions.as_slice() else { return html! {} };
        let title = format!("Revision {} → {}", before.number, current.number);
        let by = current.created_by.as_deref().map(|name| format!("{name}, ")).unwrap_or_default();
        let diff = Diff::between(&before.lines(), &current.lines());
        let about = html! { (by) (time::full(current.created_at)) };
        html! { (Card::padded("changes", &title, &html! { (diff) }).about(about)) }
    }

    fn revisions(&self) -> Markup {
        let list = html! { ol.revisions { @for at in 0..self.revisions.len() { (self.revision(at)) } } };
        html! { (Card::flush("revisions", "Revisions", list)) }
    }

    fn revision(&self, at: usize) -> Markup {
        let revision = &self.revisions[at];
        let link = ShowRevision { key: self.key, revision: revision.number };
        let change = revision.change_since(self.revisions.get(at + 1));
        html! {
            li {
                a href=(link) { span.sr { "Revision " } (revision.number) }
                div {
                    (time::day(revision.created_at)) " "
                    @if at == 0 { (Badge::new(Tone::Good, "Current")) }
                    span.sub.wrap { (change) }
                }
            }
        }
    }

    fn facts(&self) -> Markup {
        let content = html! {
            div.stack.tight {
                (copyable(&reference(&self.name), "reference"))
                p.muted {
                    "Put it into a deployment’s environment file or Helm values. It becomes the current token."
                }
                @match self.read_by.as_deref() {
                    None => {}
                    Some([]) => p.muted { "No deployment reads it." },
                    Some(readers) => div { p { "Read by" } ul.losses.plain { @for one in readers { li { (one.link()) } } } },
                }
            }
        };
        html! { (Card::padded("reference", "In deployments", &content)) }
    }

    fn public_key(&self) -> Markup {
        let content = html! {
            div.stack.tight {
                (snippet("public-key", &self.public_key, "public key"))
                p.muted { "Ship it with your application, or read it from " a.link href=(PublicKey) { "the hub" } "." }
            }
        };
        html! { (Card::padded("public-key-card", "Public key", &content)) }
    }

    fn verification(&self) -> Markup {
        let tabs =
            Tabs { id: "verify", legend: "Language", tabs: snippets::tabs(&self.hub, self.organization) };
        let about = html! {
            "Without a network: token, public key and organization are all it takes."
            span.guides {
                @if self.portal == Portal::Vendor { (guide_at(Guide::LicenseKeys.at("verify"), "Verification in five languages")) }
                (Guide::AirGapped)
            }
        };
        html! { (Card::padded("verification", "Verify it", &html! { (tabs) }).about(about)) }
    }
}

/// Claims and header of a token as the reader wants to see them: the vendor's own claims first.
pub(crate) fn claims_card(decoded: Option<&Decoded>, window: Option<Window>, now: &Visit) -> Markup {
    let Some(decoded) = decoded else { return html! {} };
    let payload = decoded.payload();
    let registered: Map<String, Value> = decoded
        .claims
        .iter()
        .filter(|(name, _)| !payload.contains_key(*name))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    let content = html! {
        div.stack {
            @if payload.is_empty() { p.muted { "No claims of your own." } } @else { (claims(&payload)) }
            @if let Some(window) = window { (validity(window, now)) }
            details {
                summary.muted { "Registered claims and header" }
                div.stack.tight.inset {
                    (claims(&registered))
                    h3 { "Header" }
                    (claims(&decoded.header))
                }
            }
        }
    };
    html! { (Card::padded("claims", "Claims", &content)) }
}

fn validity(window: Window, visit: &Visit) -> Markup {
    html! {
        dl {
            dt { "Valid from" } dd { (time::full(window.not_before)) }
            dt { "Valid until" }
            dd { (time::full(window.expires_at)) " · " (time::relative(window.expires_at, visit.now)) }
            @if let Some(grace) = grace_words(window.grace) {
                dt { "Grace" } dd { (grace) ", in which applications go on and warn" }
            }
        }
    }
}

fn claims(members: &Map<String, Value>) -> Markup {
    html! {
        dl.claims { @for (name, value) in members { dt { (name) } dd { (phrase(value)) } } }
    }
}

impl Page for Show {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_to(self.portal, self.owner.as_ref())
    }

    fn head(&self, visit: &Visit) -> Head {
        let current = self.revisions.first();
        let owner = self.owner.as_ref().map_or("Organization-wide", |owner| owner.name.as_str());
        let badges = html! {
            @if let Some(current) = current {
                (current.window.badge(visit.now))
                (Badge::new(Tone::Neutral, format!("Revision {}", current.number)))
            }
            (Badge::new(Tone::Neutral, owner))
        };
        let actions = html! {
            (Button::new(Weight::Normal, "Edit").icon(Icon::Pencil).link(EditLicenseKey { key: self.key }))
            (Button::new(Weight::Normal, "Delete").icon(Icon::Trash).link(DeleteLicenseKey { key: self.key }))
        };
        Head {
            picture: None,
            lead: (!self.description.is_empty()).then(|| self.description.clone()),
            badges: Some(badges),
            actions: self.can_edit.then_some(actions),
        }
    }

    fn body(&self, visit: &Visit) -> Markup {
        let decoded = Decoded::of(&self.token);
        let window = self.revisions.first().map(|revision| revision.window);
        html! {
            div.cols {
                div.stack {
                    (self.token_card(decoded.as_ref()))
                    (claims_card(decoded.as_ref(), window, visit))
                    (self.changes())
                    (self.verification())
                }
                div.stack { (self.facts()) (self.revisions()) (self.public_key()) }
            }
        }
    }
}

/// The key FLEET_MAIN of the samples.
pub(crate) fn sample() -> Show {
    Show {
        portal: Portal::Vendor,
        key: gallery::id(401),
        name: "FLEET_MAIN".to_owned(),
        description: "Fleet Manager, enterprise tier".to_owned(),
        owner: Some(Owner { customer: gallery::id(101), name: "Initech GmbH".to_owned() }),
        revisions: sample_revisions(),
        token: gallery::token("FLEET_MAIN", 3, SAMPLE_PAYLOAD),
        public_key: gallery::PUBLIC_KEY.to_owned(),
        organization: gallery::id(1),
        hub: "https://hub.northwind.example".to_owned(),
        read_by: Some(sample_refs()),
        can_edit: true,
    }
}

/// The payload of the sample's current revision.
pub(crate) const SAMPLE_PAYLOAD: &str =
    r#"{"plan":"enterprise","seats":250,"modules":["analytics","reporting"],"limits":{"plants":12}}"#;

/// The revisions of the sample.
pub(crate) fn sample_revisions() -> Vec<Revision> {
    let before = r#"{"plan":"enterprise","seats":100,"modules":["analytics"],"limits":{"plants":12}}"#;
    let revision = |number, payload: &str, made, until, by: Option<&str>| Revision {
        number,
        created_at: gallery::days(made),
        created_by: by.map(str::to_owned),
        payload: payload.to_owned(),
        window: Window {
            not_before: gallery::midnight(made),
            expires_at: gallery::midnight(until),
            grace: chrono::TimeDelta::days(14),
        },
    };
    vec![
        revision(3, SAMPLE_PAYLOAD, 0, 341, Some("Mara Klein")),
        revision(2, before, -388, -24, Some("Mara Klein")),
        revision(1, r#"{"plan":"starter","seats":100,"limits":{"plants":12}}"#, -753, -388, None),
    ]
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = sample();
    let mut first = sample_revisions().split_off(2);
    first[0].window.grace = chrono::TimeDelta::zero();
    let expired = Show {
        name: "Größe & “Q” <1>".to_owned(),
        description: String::new(),
        owner: None,
        revisions: first,
        token: gallery::token("Q", 1, "{}"),
        read_by: Some(Vec::new()),
        can_edit: false,
        ..typical.clone()
    };
    let big: Vec<String> = (0..40).map(|n| format!("\"feature_{n}_{}\":{n}", "long_".repeat(8))).collect();
    let payload = format!("{{{}}}", big.join(","));
    let mut revisions = sample_revisions();
    revisions[0].payload.clone_from(&payload);
    let full = Show { token: gallery::token("FLEET_MAIN", 3, &payload), revisions, ..typical.clone() };
    let theirs = Show { read_by: None, portal: Portal::Customer, can_edit: false, ..typical.clone() };
    vec![
        Sample::customer("license-key-show-customer", Nav::Licenses, &theirs),
        Sample::vendor("license-key-show-typical", Nav::Licenses, &typical),
        Sample::after("license-key-show-revised", Nav::Licenses, Notice::Revised, &typical),
        Sample::vendor("license-key-show-expired-read-only", Nav::Licenses, &expired),
        Sample::vendor("license-key-show-full", Nav::Licenses, &full),
    ]
}
