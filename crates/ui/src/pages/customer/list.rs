//! The customers of the organization.

use chrono::{DateTime, Utc};
use grantry_model::id::CustomerId;
use maud::{Markup, html};

use crate::asset::File;
use crate::components::button::{Button, Weight};
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::listing::Listing;
use crate::components::table::{Table, actions, number, text};
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Head, Nav, Page, Visit};
use crate::route::{CustomerLicenses, Customers, DeleteCustomer, EditCustomer, NewCustomer};

/// A customer in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The customer.
    pub customer: CustomerId,
    /// Its name.
    pub name: String,
    /// How many members it has.
    pub members: u64,
    /// How many license keys it has.
    pub keys: u64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The customers of this page of the list, by name.
    pub rows: Vec<Row>,
    /// How many customers there are in all.
    pub total: u64,
    /// The search text.
    pub q: String,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Whether the reader may create and change customers.
    pub can_edit: bool,
    /// Whether the reader may delete customers.
    pub can_delete: bool,
}

impl List {
    fn listing(&self) -> Listing<'_> {
        Listing::of(&Customers, &self.q, (&self.after, self.next.as_deref()))
    }

    fn create(&self, weight: Weight) -> Option<Markup> {
        self.can_edit.then(|| Button::new(weight, "New customer").icon(Icon::Plus).link(NewCustomer))
    }

    fn cells(&self, row: &Row, now: DateTime<Utc>) -> Vec<Markup> {
        let (edit, delete) =
            (EditCustomer { customer: row.customer }, DeleteCustomer { customer: row.customer });
        vec![
            html! { a href=(CustomerLicenses { customer: row.customer }) { (row.name) } },
            html! { span.zero[row.members == 0] { (row.members) } },
            html! { span.zero[row.keys == 0] { (row.keys) } },
            time::stacked(row.created_at, now),
            html! {
                @if self.can_edit { (Button::new(Weight::Quiet, "Edit").about(&row.name).link(edit)) }
                @if self.can_delete { (Button::new(Weight::Quiet, "Delete").about(&row.name).link(delete)) }
            },
        ]
    }

    fn results(&self, now: DateTime<Utc>) -> Markup {
        if self.total == 0 {
            let empty = EmptyState {
                icon: Icon::Building,
                title: "No customers yet",
                text: "A customer is a buyer of your software. It gets its own portal, members and licenses.",
                action: self.create(Weight::Primary),
            };
            return html! { (empty) };
        }
        if self.rows.is_empty() {
            return self.listing().nothing_fits("No customer fits");
        }
        let columns =
            vec![text("Customer"), number("Members"), number("License keys"), text("Created"), actions()];
        let rows = self.rows.iter().map(|row| self.cells(row, now)).collect();
        let pager = self.listing().pager(format!("{} of {} customers", self.rows.len(), self.total));
        html! { (Table { caption: "Customers", columns, rows }) (pager) }
    }
}

impl Page for List {
    fn title(&self) -> String {
        "Customers".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        let actions = if self.total > 0 { self.create(Weight::Primary) } else { None };
        Head { actions, ..Head::lead("Who buys your software. Each has a portal of its own.") }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let placeholder = format!("Filter {} customers", self.total);
        html! {
            section.card aria-label="Customers" {
                @if self.total > 0 {
                    div.filters { (self.listing().filter("Filter customers by name", &placeholder)) }
                }
                div id="results" data-results { (self.results(visit.now)) }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let row = |number: u128, name: &str, members, keys| Row {
        customer: gallery::id(100 + number),
        name: name.to_owned(),
        members,
        keys,
        created_at: gallery::days(-40 * number.cast_signed() as i64),
    };
    let typical = List {
        rows: vec![
            row(3, "Aperture Labs", 2, 2),
            row(1, "Initech GmbH", 7, 5),
            row(8, "Umbrella Health", 0, 0),
        ],
        total: 3,
        q: String::new(),
        after: String::new(),
        next: None,
        can_edit: true,
        can_delete: true,
    };
    let long = "Vereinigte Donaudampfschifffahrtsgesellschaft & Söhne Aktiengesellschaft <Wien>";
    let full = List {
        rows: (1..=12).map(|number| row(number, long, 1_200, 40)).collect(),
        total: 2_140,
        after: "abc".to_owned(),
        next: Some("def".to_owned()),
        can_edit: false,
        can_delete: false,
        ..typical.clone()
    };
    let none = List { rows: Vec::new(), q: "zzz".to_owned(), ..typical.clone() };
    let empty = List { rows: Vec::new(), total: 0, ..typical.clone() };
    vec![
        Sample::vendor("customer-list-typical", Nav::Customers, &typical),
        Sample::vendor("customer-list-full-read-only", Nav::Customers, &full),
        Sample::vendor("customer-list-filtered-to-nothing", Nav::Customers, &none),
        Sample::vendor("customer-list-empty", Nav::Customers, &empty),
    ]
}
