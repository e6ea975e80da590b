//! The secrets of the organization, or of a customer.

use chrono::{DateTime, Utc};
use grantry_model::id::SecretId;
use maud::{Markup, html};

use super::reference;
use crate::asset::File;
use crate::components::button::{Button, Weight};
use crate::components::copy::copyable;
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::listing::Listing;
use crate::components::size::counted;
use crate::components::table::{Table, actions, text};
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Head, Nav, Page, Portal, Visit};
use crate::pages::license_key::Owner;
use crate::route::{CustomerLicenses, DeleteSecret, EditSecret, NewSecret, Secrets};

/// A secret in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The secret.
    pub secret: SecretId,
    /// Its key.
    pub key: String,
    /// The customer whose deployments read it; `None` for the vendor's own. In the Customer Portal all are the reader's.
    pub customer: Option<Owner>,
    /// When its value was changed last.
    pub updated_at: DateTime<Utc>,
    /// Who did, if the reader may know.
    pub updated_by: Option<String>,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// In which portal it is shown.
    pub portal: Portal,
    /// The secrets of this page of the list, by key.
    pub rows: Vec<Row>,
    /// How many there are in all.
    pub total: u64,
    /// The search text.
    pub q: String,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Whether the reader may create and change them.
    pub can_edit: bool,
}

/// A key that breaks between its words where it has to break at all.
fn broken(key: &str) -> Markup {
    html! { @for part in key.split_inclusive('_') { (part) wbr; } }
}

impl List {
    fn listing(&self) -> Listing<'_> {
        Listing::of(&Secrets, &self.q, (&self.after, self.next.as_deref()))
    }

    fn filters(&self) -> Markup {
        let placeholder = format!("Filter {}", counted(self.total, "secret", "secrets"));
        html! { div.filters { (self.listing().filter("Filter secrets by key", &placeholder)) } }
    }

    fn results(&self, now: DateTime<Utc>) -> Markup {
        if self.rows.is_empty() {
            return self.listing().nothing_fits("No secret fits");
        }
        let mut columns = vec![text("Key")];
        if self.portal == Portal::Vendor {
            columns.push(text("Read by deployments of"));
        }
        columns.extend([text("Reference"), text("Changed")]);
        if self.can_edit {
            columns.push(actions());
        }
        let rows = self.rows.iter().map(|row| self.cells(row, now)).collect();
        let pager = self.listing().pager(format!(
            "{} of {}",
            self.rows.len(),
            counted(self.total, "secret", "secrets")
        ));
        html! { (Table { caption: "Secrets", columns, rows }) (pager) }
    }

    fn cells(&self, row: &Row, now: DateTime<Utc>) -> Vec<Markup> {
        let (edit, delete) = (EditSecret { secret: row.secret }, DeleteSecret { secret: row.secret });
        let mut cells = vec![
            html! { @if self.can_edit { a href=(edit) { (broken(&row.key)) } } @else { (broken(&row.key)) } },
        ];
        if self.portal == Portal::Vendor {
            cells.push(match &row.customer {
                Some(owner) => {
                    html! { a.link href=(CustomerLicenses { customer: owner.customer }) { (owner.name) } }
                }
                None => html! { "your own targets" },
            });
        }
        cells.push(copyable(&reference(&row.key), &format!("reference of {}", row.key)));
        cells.push(html! {
            (time::ago(row.updated_at, now))
            @if let Some(by) = &row.updated_by { span.sub.wrap { "by " (by) } }
        });
        if self.can_edit {
            cells.push(html! {
                (Button::new(Weight::Quiet, "Change").about(&row.key).link(edit))
                (Button::new(Weight::Quiet, "Delete").about(&row.key).link(delete))
            });
        }
        cells
    }

    fn empty(&self) -> Markup {
        let create = Button::new(Weight::Primary, "New secret").icon(Icon::Plus).link(NewSecret);
        let empty = EmptyState {
            icon: Icon::Secret,
            title: "No secrets yet",
            text: "A secret is a value, such as a password, that is filled into deployments and never shown again.",
            action: self.can_edit.then_some(create),
        };
        html! { section.card aria-label="Secrets" { (empty) } }
    }
}

impl Page for List {
    fn title(&self) -> String {
        "Secrets".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        let create = Button::new(Weight::Normal, "New secret").icon(Icon::Plus).link(NewSecret);
        let actions = (self.can_edit && self.total > 0).then_some(create);
        Head {
            actions,
            ..Head::lead(
                "Values that are filled into deployments. They are kept sealed and never shown again.",
            )
        }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Templates]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            @if self.total == 0 { (self.empty()) } @else {
                section.card aria-label="Secrets" {
                    (self.filters())
                    div id="results" data-results { (self.results(visit.now)) }
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let row = |number: u128, key: &str, customer: Option<&str>, by: Option<&str>| Row {
        secret: gallery::id(1200 + number),
        key: key.to_owned(),
        customer: customer.map(|name| Owner { customer: gallery::id(101), name: name.to_owned() }),
        updated_at: gallery::days(-9),
        updated_by: by.map(str::to_owned),
    };
    let typical = List {
        portal: Portal::Vendor,
        rows: vec![
            row(1, "DB_PASSWORD", Some("Initech GmbH"), Some("Peter Bolt")),
            row(2, "SMTP_PASSWORD", None, Some("Mara Klein")),
        ],
        total: 2,
        q: String::new(),
        after: String::new(),
        next: None,
        can_edit: true,
    };
    let long =
        row(3, &"A_VERY_LONG_KEY_".repeat(6), Some("Vereinigte Donaudampfschifffahrtsgesellschaft"), None);
    let full = List {
        rows: std::iter::repeat_n(long, 12).collect(),
        total: 300,
        after: "abc".to_owned(),
        next: Some("def".to_owned()),
        can_edit: false,
        ..typical.clone()
    };
    let none = List { rows: Vec::new(), q: "zzz".to_owned(), ..typical.clone() };
    let empty = List { rows: Vec::new(), total: 0, ..typical.clone() };
    let own = List {
        portal: Portal::Customer,
        rows: vec![row(1, "DB_PASSWORD", None, Some("Peter Bolt"))],
        total: 1,
        ..typical.clone()
    };
    vec![
        Sample::vendor("secret-list-typical", Nav::Secrets, &typical),
        Sample::vendor("secret-list-full-read-only", Nav::Secrets, &full),
        Sample::vendor("secret-list-filtered-to-nothing", Nav::Secrets, &none),
        Sample::vendor("secret-list-empty", Nav::Secrets, &empty),
        Sample::customer("secret-list-portal", Nav::Secrets, &own),
    ]
}
