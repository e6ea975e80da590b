//! The licenses of a customer as its own members see them.

use chrono::{DateTime, Utc};
use grantry_model::id::LicenseKeyId;
use maud::{Markup, html};

use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::copy::{copy_button, copyable, snippet};
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::tabs::{Tab, Tabs};
use crate::components::{time, token as box_of};
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Head, Nav, Page, Visit};
use crate::route::{Licenses, ShowLicenseKey, TokenFile};
use crate::token::reference;
use crate::validity::Window;

/// A license key of the customer, or an organization-wide one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalKey {
    /// The key.
    pub key: LicenseKeyId,
    /// Its name.
    pub name: String,
    /// Its description, empty if it has none.
    pub description: String,
    /// Its current validity.
    pub window: Window,
    /// Its current token.
    pub token: String,
    /// Whether it is organization-wide.
    pub organization_wide: bool,
}

/// The customer's licenses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// The vendor's name.
    pub vendor: String,
    /// The customer's name.
    pub customer: String,
    /// The keys of this page of the list.
    pub keys: Vec<PortalKey>,
    /// The search text.
    pub q: String,
}

impl Portal {
    fn empty(&self) -> Markup {
        let (title, text, action) = if self.q.is_empty() {
            let text = "A license key is a token that your installation verifies by itself. Your vendor issues it; you will find it here.";
            ("No license keys yet", text, None)
        } else {
            let all = Button::new(Weight::Normal, "Show all").link(Licenses);
            ("No license key fits", "Change the text to see others.", Some(all))
        };
        html! { section.card aria-label="License keys" { (EmptyState { icon: Icon::Key, title, text, action }) } }
    }
}

fn card(key: &PortalKey, number: usize, now: DateTime<Utc>) -> Markup {
    let (id, token) = (format!("key-{number}"), format!("token-{number}"));
    let copy = if number == 1 { Weight::Primary } else { Weight::Normal };
    let badges = html! {
        @if key.organization_wide { (Badge::new(Tone::Neutral, "For all customers")) }
        (key.window.badge(now))
    };
    let content = html! {
        div.stack.tight {
            (box_of::token(&token, &key.token))
            div.row {
                (copy_button(&token, "Copy token", copy))
                (Button::new(Weight::Normal, "Download").icon(Icon::Download).about(&key.name).link(TokenFile { key: key.key }))
                (Button::new(Weight::Quiet, "What it says").about(&key.name).link(ShowLicenseKey { key: key.key }))
                div.grow {}
                (copyable(&reference(&key.name), &format!("reference of {}", key.name)))
            }
        }
    };
    let about = html! {
        @if key.description.is_empty() { "Valid from " (time::day(key.window.not_before)) } @else { (key.description) }
    };
    html! { (Card::padded(&id, &key.name, &content).about(about).actions(badges)) }
}

fn usage(name: &str) -> Markup {
    let reference = reference(name);
    let panel =
        |id: &str, note: &str, text: &str| html! { p.muted { (note) } (snippet(id, text, "example")) };
    let docker = format!("LICENSE_TOKEN={reference}");
    let helm = format!("license:\n  token: \"{}\"", reference.replace('"', "\\\""));
    let tabs = Tabs {
        id: "use",
        legend: "Where the software runs",
        tabs: vec![
            Tab {
                label: "Docker",
                content: panel(
                    "use-docker",
                    "In the environment file of the deployment. It becomes the current token.",
                    &docker,
                ),
            },
            Tab {
                label: "Helm",
                content: panel(
                    "use-helm",
                    "In the values of the deployment. It becomes the current token.",
                    &helm,
                ),
            },
            Tab {
                label: "By hand",
                content: panel(
                    "use-hand",
                    "Download the token and tell the software where it is, as your vendor’s manual says. For example:",
                    "docker run --env LICENSE_TOKEN=\"$(cat token.jwt)\" …",
                ),
            },
        ],
    };
    html! { (Card::padded("usage", "Use it", &html! { (tabs) })) }
}

impl Page for Portal {
    fn title(&self) -> String {
        "Licenses".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead(format!(
            "License keys that {} has issued to {}. Your installation verifies them by itself, also without a network.",
            self.vendor, self.customer
        ))
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::CustomerPortal, Guide::AirGapped]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let cards: Vec<Markup> =
            self.keys.iter().zip(1..).map(|(key, number)| card(key, number, visit.now)).collect();
        html! {
            @match self.keys.first() {
                None => (self.empty()),
                Some(first) => {
                    div.stack.readable {
                        @for (at, card) in cards.iter().enumerate() { (card) @if at == 0 { (usage(&first.name)) } }
                    }
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let key = |number: u32, name: &str, description: &str, until| PortalKey {
        key: gallery::id(400 + u128::from(number)),
        name: name.to_owned(),
        description: description.to_owned(),
        window: Window {
            not_before: gallery::midnight(-30),
            expires_at: gallery::midnight(until),
            grace: chrono::TimeDelta::zero(),
        },
        token: gallery::token(name, number, r#"{"plan":"enterprise","seats":250}"#),
        organization_wide: number == 3,
    };
    let typical = Portal {
        vendor: "Northwind Robotics".to_owned(),
        customer: "Initech GmbH".to_owned(),
        keys: vec![
            key(1, "FLEET_MAIN", "Fleet Manager, enterprise tier", 341),
            key(2, "ANALYTICS", "Add-on", 14),
            key(3, "Support (gold)", "", -3),
        ],
        q: String::new(),
    };
    let empty = Portal { keys: Vec::new(), ..typical.clone() };
    let none = Portal { q: "zzz".to_owned(), ..empty.clone() };
    vec![
        Sample::customer("license-portal-typical", Nav::Licenses, &typical),
        Sample::customer("license-portal-empty", Nav::Licenses, &empty),
        Sample::customer("license-portal-filtered-to-nothing", Nav::Licenses, &none),
    ]
}
