//! Everything one customer is licensed for, in one place.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::id::CustomerId;
use maud::{Markup, html};

use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::license_key::{KeyRow, table};
use crate::route::{EditCustomer, Licenses, OrganizationLicenses, new_license_key_for};
use crate::validity::{Validity, Window};

/// A customer and its licenses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The customer.
    pub customer: CustomerId,
    /// Its name.
    pub name: String,
    /// How many members it has.
    pub members: u64,
    /// Its own license keys.
    pub keys: Vec<KeyRow>,
    /// The organization-wide keys, which it sees, too.
    pub organization_wide: Vec<KeyRow>,
    /// Whether the reader may create and change.
    pub can_edit: bool,
}

impl Detail {
    fn badges(&self, now: DateTime<Utc>) -> Vec<Badge> {
        let count = |wanted: Validity| self.keys.iter().filter(|key| key.window.at(now) == wanted).count();
        let (expired, soon) =
            (count(Validity::Expired) + count(Validity::Grace), count(Validity::ExpiringSoon));
        let mut badges = vec![if self.keys.len() > expired {
            Badge::new(Tone::Good, "Active")
        } else {
            Badge::new(Tone::Neutral, "No active licenses")
        }];
        if soon > 0 {
            badges.push(Badge::new(Tone::Warning, format!("{soon} expiring soon")));
        }
        if expired > 0 {
            badges.push(Badge::new(Tone::Bad, format!("{expired} expired")));
        }
        let noun = if self.members == 1 { "member" } else { "members" };
        badges.push(Badge::new(Tone::Neutral, format!("{} {noun}", self.members)));
        badges
    }

    fn keys(&self, now: DateTime<Utc>) -> Markup {
        let create = || {
            Button::new(Weight::Primary, "New license key")
                .icon(Icon::Plus)
                .link(new_license_key_for(self.customer))
        };
        let content = if self.keys.is_empty() {
            html! { (EmptyState {
                icon: Icon::Key,
                title: "No license keys yet",
                text: "A license key is a signed token that tells the customer’s installation what it may do. It is verified offline.",
                action: self.can_edit.then(create),
            }) }
        } else {
            table("License keys of the customer", &self.keys, now)
        };
        let card = Card::flush("keys", "License keys", content)
            .about(html! { "Signed tokens their installation verifies offline." });
        html! { @if self.can_edit && !self.keys.is_empty() { (card.actions(create())) } @else { (card) } }
    }

    fn sees(&self, now: DateTime<Utc>) -> Markup {
        let own = self.keys.iter().map(|key| seen(key, "own", now));
        let shared = self.organization_wide.iter().map(|key| seen(key, "organization-wide", now));
        let all: Vec<Markup> = own.chain(shared).collect();
        let title = format!("What {} sees now", self.name);
        let content = html! {
            @if all.is_empty() { p.muted { "Nothing: there is no key for them." } } @else { ul.sees { @for one in &all { (one) } } }
            @if !self.organization_wide.is_empty() {
                p.muted.after { "Every customer sees " a.link href=(OrganizationLicenses) { "organization-wide keys" } "." }
            }
        };
        html! { (Card::padded("sees", &title, &content)) }
    }
}

fn seen(key: &KeyRow, by: &str, now: DateTime<Utc>) -> Markup {
    let state = match key.window.at(now) {
        Validity::Valid | Validity::ExpiringSoon => by.to_owned(),
        Validity::NotYet => format!("{by}, not yet valid"),
        Validity::Grace => format!("{by}, in grace"),
        Validity::Expired => format!("{by}, expired"),
    };
    html! { li { code { (key.name) } span.by { (state) } } }
}

impl Page for Detail {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Licenses", &Licenses)]
    }

    fn head(&self, visit: &Visit) -> Head {
        let edit = EditCustomer { customer: self.customer };
        Head {
            lead: None,
            badges: Some(html! { @for badge in self.badges(visit.now) { (badge) } }),
            actions: self
                .can_edit
                .then(|| Button::new(Weight::Normal, "Edit customer").icon(Icon::Pencil).link(edit)),
        }
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! { div.cols { div.stack { (self.keys(visit.now)) } div.stack { (self.sees(visit.now)) } } }
    }
}

/// Keys of the samples: one that ends soon, one that holds, one in its grace, one to come and one that has ended.
pub(crate) fn sample_keys() -> Vec<KeyRow> {
    let key = |number: u32, name: &str, payload: &str, from: i64, until: i64| KeyRow {
        key: gallery::id(400 + u128::from(number)),
        name: name.to_owned(),
        revision: number,
        payload: payload.to_owned(),
        window: Window {
            not_before: gallery::midnight(from),
            expires_at: gallery::midnight(until),
            grace: TimeDelta::days(14),
        },
    };
    vec![
        key(3, "ANALYTICS", r#"{"modules":["reporting","forecast"]}"#, -300, 14),
        key(1, "FLEET_MAIN", r#"{"plan":"enterprise","seats":250,"modules":[1,2],"limits":{}}"#, 0, 341),
        key(2, "Gateway (plant Lyon)", r#"{"seats":5}"#, -400, -2),
        key(4, "FLEET_2027", r#"{"plan":"enterprise","seats":400}"#, 38, 403),
        key(5, "TRIAL", "{}", -90, -60),
    ]
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Detail {
        customer: gallery::id(101),
        name: "Initech GmbH".to_owned(),
        members: 7,
        keys: sample_keys(),
        organization_wide: sample_keys().get(1).map(shared).into_iter().collect(),
        can_edit: true,
    };
    let empty = Detail { keys: Vec::new(), organization_wide: Vec::new(), members: 0, ..typical.clone() };
    let mut many = sample_keys();
    for key in &mut many {
        key.name = format!("{} {}", key.name, "with_a_very_long_name_".repeat(4));
    }
    let full = Detail {
        keys: many.iter().cycle().take(12).cloned().collect(),
        members: 1,
        can_edit: false,
        ..typical.clone()
    };
    vec![
        Sample::vendor("license-customer-typical", Nav::Licenses, &typical),
        Sample::vendor("license-customer-empty", Nav::Licenses, &empty),
        Sample::vendor("license-customer-full-read-only", Nav::Licenses, &full),
    ]
}

fn shared(key: &KeyRow) -> KeyRow {
    KeyRow { name: "SUPPORT".to_owned(), payload: r#"{"level":"gold"}"#.to_owned(), ..key.clone() }
}
