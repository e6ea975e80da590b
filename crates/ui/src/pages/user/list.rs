//! The members in scope.

use chrono::{DateTime, Utc};
use grantry_model::id::UserId;
use grantry_model::role::Role;
use maud::{Markup, html};

use crate::asset::File;
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::icon::Icon;
use crate::components::listing::Listing;
use crate::components::table::{Table, actions, text};
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Head, Nav, Page, Visit};
use crate::route::{DeleteUser, EditUser, InviteUser, Users};

/// A member in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The member.
    pub user: UserId,
    /// Name; empty before an invitation is accepted.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// The customer whose member it is, by name; `None` for the vendor's staff.
    pub customer: Option<String>,
    /// When the member joined or was invited.
    pub joined_at: DateTime<Utc>,
    /// Whether the invitation has not been accepted yet.
    pub invited: bool,
    /// Whether it is the reader.
    pub is_self: bool,
    /// Whether the reader may change and remove this member.
    pub can_edit: bool,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The members of this page of the list.
    pub rows: Vec<Row>,
    /// The search text.
    pub q: String,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Whether customers are shown beside the members, as in the Vendor Portal.
    pub with_customers: bool,
    /// Whether the reader may invite members.
    pub can_edit: bool,
}

impl List {
    fn listing(&self) -> Listing<'_> {
        Listing::of(&Users, &self.q, (&self.after, self.next.as_deref()))
    }

    fn cells(&self, row: &Row, now: DateTime<Utc>) -> Vec<Markup> {
        let named = if row.name.is_empty() { &row.email } else { &row.name };
        let mut cells = vec![html! { (named) @if row.is_self { " (you)" } span.sub.wrap { (row.email) } }];
        if self.with_customers {
            cells.push(html! {
                @match &row.customer { Some(name) => (name), None => span.muted { "Vendor" } }
            });
        }
        cells.push(html! { (row.role.label()) });
        cells.push(html! {
            @if row.invited { (Badge::new(Tone::Info, "Invited")) } @else { (Badge::new(Tone::Good, "Active")) }
        });
        cells.push(time::stacked(row.joined_at, now));
        cells.push(html! {
            @if row.can_edit {
                (Button::new(Weight::Quiet, "Edit").about(named).link(EditUser { user: row.user }))
                @if !row.is_self { (Button::new(Weight::Quiet, "Remove").about(named).link(DeleteUser { user: row.user })) }
            }
        });
        cells
    }

    fn results(&self, now: DateTime<Utc>) -> Markup {
        if self.rows.is_empty() {
            return self.listing().nothing_fits("No member fits");
        }
        let mut columns = vec![text("Member"), text("Role"), text("State"), text("Since"), actions()];
        if self.with_customers {
            columns.insert(1, text("Customer"));
        }
        let rows = self.rows.iter().map(|row| self.cells(row, now)).collect();
        let noun = if self.rows.len() == 1 { "member" } else { "members" };
        let pager = self.listing().pager(format!("{} {noun}", self.rows.len()));
        html! { (Table { caption: "Members", columns, rows }) (pager) }
    }
}

impl Page for List {
    fn title(&self) -> String {
        "Users".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        let invite = || Button::new(Weight::Primary, "Invite").icon(Icon::Plus).link(InviteUser);
        let lead = if self.with_customers {
            "Your own people and those of your customers."
        } else {
            "Who of your company can sign in here."
        };
        Head { actions: self.can_edit.then(invite), ..Head::lead(lead) }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            section.card aria-label="Members" {
                div.filters { (self.listing().filter("Filter members by name or address", "Filter members")) }
                div id="results" data-results { (self.results(visit.now)) }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let row = |number: u128, name: &str, role, customer: Option<&str>| Row {
        user: gallery::id(700 + number),
        name: name.to_owned(),
        email: format!("{}@northwind.example", name.to_lowercase().replace(' ', ".")),
        role,
        customer: customer.map(str::to_owned),
        joined_at: gallery::days(-200),
        invited: false,
        is_self: number == 1,
        can_edit: true,
    };
    let invited = Row {
        name: String::new(),
        email: "new.colleague@initech.example".to_owned(),
        joined_at: gallery::days(-1),
        invited: true,
        ..row(4, "x", Role::ReadOnly, Some("Initech GmbH"))
    };
    let typical = List {
        rows: vec![
            row(1, "Mara Klein", Role::Admin, None),
            row(2, "Jonas Weber", Role::ReadWrite, None),
            row(3, "Peter Bolt", Role::Admin, Some("Initech GmbH")),
            invited,
        ],
        q: String::new(),
        after: String::new(),
        next: None,
        with_customers: true,
        can_edit: true,
    };
    let none = List { rows: Vec::new(), q: "zzz".to_owned(), ..typical.clone() };
    let rows = typical.rows.iter().cloned().map(|row| Row { can_edit: false, ..row }).collect();
    let read_only = List {
        rows,
        can_edit: false,
        next: Some("abc".to_owned()),
        after: "aa".to_owned(),
        ..typical.clone()
    };
    let customer = List { with_customers: false, rows: typical.rows[2..].to_vec(), ..typical.clone() };
    vec![
        Sample::vendor("user-list-typical", Nav::Users, &typical),
        Sample::vendor("user-list-filtered-to-nothing", Nav::Users, &none),
        Sample::vendor("user-list-full-read-only", Nav::Users, &read_only),
        Sample::customer("user-list-customer", Nav::Users, &customer),
    ]
}
