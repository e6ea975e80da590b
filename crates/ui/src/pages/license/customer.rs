//! Everything one customer is licensed for, in one place.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::id::CustomerId;
use maud::{Markup, html};

use super::applications::{CustomerApplications, SeesApplications, sample as sample_applications};
use super::artifacts::{CustomerArtifacts, Sees, sample};
use super::section::{Empty, Section};
use super::why::Why;
use super::why_version::WhyVersion;
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::components::size::counted;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::license_key::{KeyRow, table};
use crate::route::{CopyLicenses, EditCustomer, Licenses, OrganizationLicenses, new_license_key_for};
use crate::validity::{Validity, Window, until_state};

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
    /// Its application entitlements and what they let it see; `None` if the reader may not know.
    pub applications: Option<CustomerApplications>,
    /// Its artifact entitlements and what they let it see; `None` if the reader may not know.
    pub artifacts: Option<CustomerArtifacts>,
    /// Whether the reader may create and change.
    pub can_edit: bool,
    /// Whether there is another customer to copy from, and the reader may.
    pub can_copy: bool,
}

impl Detail {
    fn badges(&self, now: DateTime<Utc>) -> Vec<Badge> {
        let states: Vec<Validity> = self.states(now);
        let count = |wanted: &[Validity]| states.iter().filter(|state| wanted.contains(state)).count();
        let expired = count(&[Validity::Expired, Validity::Grace]);
        let soon = count(&[Validity::ExpiringSoon]);
        let mut badges = vec![if states.len() > expired {
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
        badges.push(Badge::new(Tone::Neutral, counted(self.members, "member", "members")));
        badges
    }

    /// Where each key and each entitlement stands.
    fn states(&self, now: DateTime<Utc>) -> Vec<Validity> {
        let keys = self.keys.iter().map(|key| key.window.at(now));
        let artifacts = self.artifacts.iter().flat_map(|artifacts| &artifacts.entitlements);
        let applications = self.applications.iter().flat_map(|applications| &applications.entitlements);
        let ends = artifacts.map(|one| one.expires_at).chain(applications.map(|one| one.expires_at));
        keys.chain(ends.map(|end| until_state(end, now))).collect()
    }

    fn keys(&self, now: DateTime<Utc>) -> Markup {
        let section = Section {
            id: "keys",
            title: "License keys",
            about: "Signed tokens their installation verifies offline.",
            create: self.can_edit.then(|| ("New license key", new_license_key_for(self.customer))),
            empty: Empty {
                icon: Icon::Key,
                title: "No license keys yet",
                text: "A license key is a signed token that tells the customer’s installation what it may do. It is verified offline.",
                guide: Guide::LicenseKeys,
            },
        };
        let keys = (!self.keys.is_empty()).then(|| table("License keys of the customer", &self.keys, now));
        section.render(keys)
    }

    /// Versions, tags and keys, with what grants each.
    fn sees(&self, now: DateTime<Utc>) -> Markup {
        let content = html! {
            div.stack.tight {
                @if let Some(applications) = &self.applications { div { (applications.sees()) } }
                @if let Some(artifacts) = &self.artifacts { div { (artifacts.sees()) } }
                div { h3 { "License keys" } (self.sees_keys(now)) }
            }
        };
        html! { (Card::padded("sees", &format!("What {} sees now", self.name), &content)) }
    }

    fn sees_keys(&self, now: DateTime<Utc>) -> Markup {
        let own = self.keys.iter().map(|key| seen(key, "own", now));
        let shared = self.organization_wide.iter().map(|key| seen(key, "organization-wide", now));
        let all: Vec<Markup> = own.chain(shared).collect();
        html! {
            @if all.is_empty() { p.muted { "None: there is no key for them." } } @else { ul.sees { @for one in &all { (one) } } }
            @if !self.organization_wide.is_empty() {
                p.muted.after { "Every customer sees " a.link href=(OrganizationLicenses) { "organization-wide keys" } "." }
            }
        }
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
        let customer = self.customer;
        let actions = html! {
            @if self.can_copy {
                (Button::new(Weight::Normal, "Copy from another customer").icon(Icon::Copy).link(CopyLicenses { customer }))
            }
            (Button::new(Weight::Normal, "Edit customer").icon(Icon::Pencil).link(EditCustomer { customer }))
        };
        Head {
            picture: None,
            lead: None,
            badges: Some(html! { @for badge in self.badges(visit.now) { (badge) } }),
            actions: self.can_edit.then_some(actions),
        }
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (customer, now) = (self.customer, visit.now);
        let (applications, artifacts) = (self.applications.as_ref(), self.artifacts.as_ref());
        html! {
            div.cols {
                div.stack {
                    @if let Some(applications) = applications { (applications.entitlements(customer, self.can_edit, now)) }
                    @if let Some(artifacts) = artifacts { (artifacts.entitlements(customer, self.can_edit, now)) }
                    (self.keys(now))
                }
                div.stack {
                    (self.sees(now))
                    @if let Some(applications) = applications { (applications.why.card(customer, now)) }
                    @if let Some(artifacts) = artifacts { (artifacts.why(customer, now)) }
                }
            }
        }
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
        applications: Some(sample_applications()),
        artifacts: Some(sample()),
        can_edit: true,
        can_copy: true,
    };
    let none = CustomerArtifacts { entitlements: Vec::new(), sees: Sees::Granted(Vec::new()), ..sample() };
    let no_applications = CustomerApplications {
        entitlements: Vec::new(),
        sees: SeesApplications::Granted(Vec::new()),
        ..sample_applications()
    };
    let seeing = |sees| Some(CustomerApplications { sees, ..no_applications.clone() });
    let empty = Detail {
        applications: Some(no_applications.clone()),
        keys: Vec::new(),
        organization_wide: Vec::new(),
        members: 0,
        artifacts: Some(none.clone()),
        ..typical.clone()
    };
    let open = Detail {
        applications: seeing(SeesApplications::Everything),
        artifacts: Some(CustomerArtifacts { sees: Sees::Everything, ..none.clone() }),
        ..typical.clone()
    };
    let off = Detail {
        applications: seeing(SeesApplications::FeatureOff),
        artifacts: Some(CustomerArtifacts { sees: Sees::FeatureOff, ..none }),
        can_copy: false,
        ..typical.clone()
    };
    let asked = |why| Detail { artifacts: Some(CustomerArtifacts { why, ..sample() }), ..typical.clone() };
    let asked_version = |why| Detail {
        applications: Some(CustomerApplications { why, ..sample_applications() }),
        ..typical.clone()
    };
    let mut many = sample_keys();
    for key in &mut many {
        key.name = format!("{} {}", key.name, "with_a_very_long_name_".repeat(4));
    }
    let full = Detail {
        keys: many.iter().cycle().take(12).cloned().collect(),
        members: 1,
        applications: None,
        artifacts: None,
        can_edit: false,
        ..typical.clone()
    };
    let mut samples = vec![
        Sample::vendor("license-customer-typical", Nav::Licenses, &typical),
        Sample::vendor("license-customer-empty", Nav::Licenses, &empty),
        Sample::vendor("license-customer-unrestricted", Nav::Licenses, &open),
        Sample::vendor("license-customer-artifacts-off", Nav::Licenses, &off),
        Sample::vendor("license-customer-full-read-only", Nav::Licenses, &full),
    ];
    samples.extend(Why::samples().into_iter().map(|(name, why)| {
        Sample::vendor(&format!("license-customer-why-{name}"), Nav::Licenses, &asked(why))
    }));
    samples.extend(WhyVersion::samples().into_iter().map(|(name, why)| {
        Sample::vendor(&format!("license-customer-why-version-{name}"), Nav::Licenses, &asked_version(why))
    }));
    samples
}

fn shared(key: &KeyRow) -> KeyRow {
    KeyRow { name: "SUPPORT".to_owned(), payload: r#"{"level":"gold"}"#.to_owned(), ..key.clone() }
}
