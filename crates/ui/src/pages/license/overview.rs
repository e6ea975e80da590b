//! Licenses overview: one row per customer, with what it has and what ends next.

use chrono::{DateTime, Utc};
use grantry_model::id::CustomerId;
use maud::{Markup, html};

use super::choice::{Filter, Sort};
use super::strip::Ending;
use crate::asset::File;
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::pager::Pager;
use crate::components::table::{Table, number, text};
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Head, Nav, Page, Visit};
use crate::route::{CustomerLicenses, Licenses, NewCustomer, OrganizationLicenses, Query};

/// A customer in the overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The customer.
    pub customer: CustomerId,
    /// Its name.
    pub name: String,
    /// How many of its license keys are valid now or in grace.
    pub active_keys: u64,
    /// How many of its license keys have ended.
    pub expired_keys: u64,
    /// How many end within 30 days.
    pub expiring_keys: u64,
    /// How many of its application entitlements have not ended.
    pub active_applications: u64,
    /// How many of its application entitlements have ended.
    pub expired_applications: u64,
    /// How many application entitlements end within 30 days.
    pub expiring_applications: u64,
    /// How many of its artifact entitlements have not ended.
    pub active_entitlements: u64,
    /// How many of its artifact entitlements have ended.
    pub expired_entitlements: u64,
    /// How many artifact entitlements end within 30 days.
    pub expiring_entitlements: u64,
    /// When the next valid key or entitlement ends.
    pub next_expiry: Option<DateTime<Utc>>,
    /// When the last expired key or entitlement ended; shown if nothing else will end.
    pub last_expiry: Option<DateTime<Utc>>,
}

/// How many customers each filter would list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All customers.
    pub all: u64,
    /// See [`Filter::Expiring`].
    pub expiring: u64,
    /// See [`Filter::Expired`].
    pub expired: u64,
    /// See [`Filter::None`].
    pub none: u64,
}

/// The overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The rows of this page of the list.
    pub rows: Vec<Row>,
    /// How many customers there are, by filter, regardless of the search.
    pub counts: Counts,
    /// The search text.
    pub q: String,
    /// The filter at work.
    pub filter: Filter,
    /// The order at work.
    pub sort: Sort,
    /// The cursor that led to this page of the list, empty for the first one.
    pub after: String,
    /// The cursor of the next page of the list, if there is one.
    pub next: Option<String>,
    /// How many license keys end in each of the twelve calendar months from the current one on.
    pub expiries: [u64; 12],
    /// How many application entitlements end in each of these months.
    pub application_expiries: [u64; 12],
    /// How many artifact entitlements end in each of these months.
    pub entitlement_expiries: [u64; 12],
    /// How many license keys the organization has that belong to no customer.
    pub organization_wide: u64,
    /// Whether the reader may create customers.
    pub can_edit: bool,
}

impl Overview {
    fn link(&self, filter: Filter, sort: Sort, after: &str) -> String {
        let query = Query::default()
            .with("q", &self.q)
            .with("filter", filter.as_str())
            .with("sort", sort.as_str())
            .with("after", after);
        format!("{Licenses}{query}")
    }

    fn count(&self, filter: Filter) -> u64 {
        match filter {
            Filter::All => self.counts.all,
            Filter::Expiring => self.counts.expiring,
            Filter::Expired => self.counts.expired,
            Filter::None => self.counts.none,
        }
    }

    fn strip(&self, now: DateTime<Utc>) -> Markup {
        let ending = Ending {
            keys: self.expiries,
            applications: self.application_expiries,
            artifacts: self.entitlement_expiries,
        };
        ending.strip(now)
    }

    fn filters(&self) -> Markup {
        let placeholder = format!("Filter {} customers", self.counts.all);
        html! {
            div.filters {
                form.search method="get" action=(Licenses) data-filter {
                    (Icon::Search)
                    label.sr for="q" { "Filter customers by name" }
                    input id="q" type="search" name="q" value=(self.q) placeholder=(placeholder);
                    input type="hidden" name="filter" value=(self.filter.as_str());
                    input type="hidden" name="sort" value=(self.sort.as_str());
                }
                nav.seg aria-label="Filter" {
                    @for filter in Filter::ALL {
                        a href=(self.link(filter, self.sort, "")) aria-current=[(filter == self.filter).then_some("true")] {
                            (filter.label()) " · " (self.count(filter))
                        }
                    }
                }
                nav.seg aria-label="Order" {
                    @for (sort, words) in [(Sort::NextExpiry, "By expiry"), (Sort::Name, "By name")] {
                        a href=(self.link(self.filter, sort, "")) aria-current=[(sort == self.sort).then_some("true")] {
                            (words)
                        }
                    }
                }
            }
        }
    }

    fn results(&self, visit: &Visit) -> Markup {
        if self.rows.is_empty() {
            return self.nothing();
        }
        let rows = self.rows.iter().map(|row| cells(row, visit.now)).collect();
        let columns = vec![
            text("Customer"),
            number("Application entitlements"),
            number("Artifact entitlements"),
            number("License keys"),
            text("Next expiry"),
            text("State"),
        ];
        let table = Table { caption: "Customers and their licenses", columns, rows };
        let shown = self.rows.len();
        let summary = if self.q.is_empty() {
            format!("{shown} of {} customers", self.count(self.filter))
        } else {
            format!("{shown} customers that match “{}”", self.q)
        };
        let first = (!self.after.is_empty()).then(|| self.link(self.filter, self.sort, ""));
        let next = self.next.as_deref().map(|cursor| self.link(self.filter, self.sort, cursor));
        html! { (table) (Pager { summary, first, next }) }
    }

    fn nothing(&self) -> Markup {
        let empty = if self.counts.all == 0 {
            let create = Button::new(Weight::Primary, "New customer").icon(Icon::Plus).link(NewCustomer);
            EmptyState {
                icon: Icon::Building,
                title: "No customers yet",
                text: "A customer is a buyer of your software. Create one, then issue its first license key.",
                action: self.can_edit.then_some(create),
            }
        } else {
            EmptyState {
                icon: Icon::Search,
                title: "No customer fits",
                text: "Change the text or the filter to see others.",
                action: Some(Button::new(Weight::Normal, "Show all").link(Licenses)),
            }
        };
        html! { (empty) }
    }
}

fn count(value: u64) -> Markup {
    html! { span.zero[value == 0] { (value) } }
}

fn cells(row: &Row, now: DateTime<Utc>) -> Vec<Markup> {
    let expiry = match row.next_expiry.or(row.last_expiry) {
        Some(at) => time::stacked(at, now),
        None => html! { span.zero { "–" } },
    };
    vec![
        html! { a href=(CustomerLicenses { customer: row.customer }) { (row.name) } },
        count(row.active_applications),
        count(row.active_entitlements),
        count(row.active_keys),
        expiry,
        html! { div.row { @for badge in badges(row) { (badge) } } },
    ]
}

impl Row {
    fn expired(&self) -> u64 {
        self.expired_keys + self.expired_applications + self.expired_entitlements
    }

    fn expiring(&self) -> u64 {
        self.expiring_keys + self.expiring_applications + self.expiring_entitlements
    }
}

fn badges(row: &Row) -> Vec<Badge> {
    let mut badges = Vec::new();
    if row.expired() > 0 {
        badges.push(Badge::new(Tone::Bad, format!("{} expired", row.expired())));
    }
    if row.expiring() > 0 {
        badges.push(Badge::new(Tone::Warning, format!("{} expiring soon", row.expiring())));
    }
    match (badges.is_empty(), row.active_keys + row.active_applications + row.active_entitlements) {
        (true, 0) => badges.push(Badge::new(Tone::Neutral, "No licenses")),
        (true, _) => badges.push(Badge::new(Tone::Good, "Active")),
        (false, _) => {}
    }
    badges
}

impl Page for Overview {
    fn title(&self) -> String {
        "Licenses".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        let words = format!("Organization-wide keys · {}", self.organization_wide);
        let actions = Button::new(Weight::Normal, &words).icon(Icon::Globe).link(OrganizationLicenses);
        Head {
            picture: None,
            lead: Some(
                "What each customer may deploy, pull and unlock. Open a customer to change it.".to_owned(),
            ),
            actions: Some(actions),
            badges: None,
        }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            @if self.counts.all > 0 { (self.strip(visit.now)) }
            section.card aria-label="Customers" {
                @if self.counts.all > 0 { (self.filters()) }
                div id="results" data-results { (self.results(visit)) }
            }
        }
    }
}

fn row(number: u128, name: &str, keys: (u64, u64, u64), days: Option<i64>) -> Row {
    let entitlements = if keys.0 > 1 { 1 + (keys.0 + number as u64) % 4 } else { 0 };
    Row {
        active_applications: entitlements / 2,
        expired_applications: 0,
        expiring_applications: u64::from(number == 101),
        active_entitlements: entitlements,
        expired_entitlements: 0,
        expiring_entitlements: u64::from(number == 103),
        customer: gallery::id(number),
        name: name.to_owned(),
        active_keys: keys.0,
        expired_keys: keys.1,
        expiring_keys: keys.2,
        next_expiry: days.map(gallery::midnight),
        last_expiry: (keys.1 > 0).then(|| gallery::midnight(-5)),
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Overview {
        rows: vec![
            row(101, "Initech GmbH", (4, 0, 1), Some(14)),
            row(102, "Hooli", (1, 1, 1), Some(20)),
            row(103, "Aperture Labs", (2, 0, 0), Some(97)),
            row(104, "Soylent Industries", (5, 0, 0), Some(218)),
            row(105, "Stark Medical", (3, 0, 0), Some(341)),
            row(106, "Wayne Enterprises", (2, 0, 0), Some(700)),
            row(107, "Globex Corporation", (0, 1, 0), None),
            row(108, "Umbrella Health", (0, 0, 0), None),
        ],
        counts: Counts { all: 214, expiring: 3, expired: 2, none: 9 },
        q: String::new(),
        filter: Filter::All,
        sort: Sort::NextExpiry,
        after: String::new(),
        next: Some("eyJhIjoi".to_owned()),
        expiries: [1, 3, 1, 4, 2, 0, 6, 9, 3, 1, 2, 12],
        application_expiries: [1, 0, 0, 0, 2, 0, 0, 1, 0, 0, 2, 0],
        entitlement_expiries: [1, 0, 0, 2, 0, 0, 1, 0, 0, 0, 4, 0],
        organization_wide: 2,
        can_edit: true,
    };
    let long = "Vereinigte Donaudampfschifffahrtsgesellschaft & Söhne Aktiengesellschaft <Wien>";
    let full = Overview {
        rows: (0..12).map(|n| row(200 + n, long, (1_200, 3, 2), Some(3))).collect(),
        after: "eyJhIjoi".to_owned(),
        filter: Filter::Expiring,
        counts: Counts { expiring: 140, ..typical.counts },
        ..typical.clone()
    };
    let none = Overview { rows: Vec::new(), next: None, q: "zzz & <b>".to_owned(), ..typical.clone() };
    let empty = Overview {
        rows: Vec::new(),
        counts: Counts::default(),
        next: None,
        expiries: [0; 12],
        application_expiries: [0; 12],
        entitlement_expiries: [0; 12],
        organization_wide: 0,
        ..typical.clone()
    };
    vec![
        Sample::vendor("license-overview-typical", Nav::Licenses, &typical),
        Sample::vendor("license-overview-full", Nav::Licenses, &full),
        Sample::vendor("license-overview-filtered-to-nothing", Nav::Licenses, &none),
        Sample::vendor("license-overview-empty", Nav::Licenses, &empty),
    ]
}
