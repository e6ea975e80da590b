//! The applications of the organization.

use chrono::{DateTime, Utc};
use grantry_model::application::TargetKind;
use grantry_model::id::{ApplicationId, FileId};
use maud::{Markup, html};

use super::kind_words;
use crate::asset::File;
use crate::components::button::{Button, Weight};
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::listing::Listing;
use crate::components::size::counted;
use crate::components::table::{Table, number, text};
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Head, Nav, Page, Visit};
use crate::picture::beside;
use crate::route::{Applications, NewApplication, ShowApplication};

/// The newest version of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest {
    /// Its name.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// An application in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The application.
    pub application: ApplicationId,
    /// Its name.
    pub name: String,
    /// The image shown with the name.
    pub image: Option<FileId>,
    /// What it is deployed by.
    pub kind: TargetKind,
    /// The newest of the versions that are not archived.
    pub newest: Option<Newest>,
    /// How many versions it has, archived ones included.
    pub versions: u64,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The applications of this page of the list, by name.
    pub rows: Vec<Row>,
    /// How many applications there are in all.
    pub total: u64,
    /// The search text.
    pub q: String,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Whether the reader may create applications.
    pub can_edit: bool,
}

impl List {
    fn listing(&self) -> Listing<'_> {
        Listing::of(&Applications, &self.q, (&self.after, self.next.as_deref()))
    }

    fn filters(&self) -> Markup {
        let placeholder = format!("Filter {}", counted(self.total, "application", "applications"));
        html! { div.filters { (self.listing().filter("Filter applications by name", &placeholder)) } }
    }

    fn results(&self, now: DateTime<Utc>) -> Markup {
        if self.rows.is_empty() {
            return self.listing().nothing_fits("No application fits");
        }
        let columns = vec![text("Application"), text("Newest version"), text("Added"), number("Versions")];
        let rows = self.rows.iter().map(|row| cells(row, now)).collect();
        let pager = self.listing().pager(format!(
            "{} of {}",
            self.rows.len(),
            counted(self.total, "application", "applications")
        ));
        html! { (Table { caption: "Applications", columns, rows }) (pager) }
    }

    fn empty(&self) -> Markup {
        let create = Button::new(Weight::Primary, "New application").icon(Icon::Plus).link(NewApplication);
        let empty = EmptyState {
            icon: Icon::Application,
            title: "No applications yet",
            text: "An application is a Compose file or a Helm chart that your customers deploy, in versions. Agents do the rest.",
            action: self.can_edit.then_some(create),
        };
        html! { section.card aria-label="Applications" { (empty) } }
    }
}

fn cells(row: &Row, now: DateTime<Utc>) -> Vec<Markup> {
    let none = || html! { span.zero { "–" } };
    vec![
        beside(
            row.image,
            &row.name,
            &html! {
                a href=(ShowApplication { application: row.application }) { (row.name) }
                span.sub { (kind_words(row.kind)) }
            },
        ),
        row.newest.as_ref().map_or_else(none, |newest| html! { code { (newest.name) } }),
        row.newest.as_ref().map_or_else(none, |newest| time::ago(newest.created_at, now)),
        html! { span.zero[row.versions == 0] { (row.versions) } },
    ]
}

impl Page for List {
    fn title(&self) -> String {
        "Applications".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        let create = Button::new(Weight::Normal, "New application").icon(Icon::Plus).link(NewApplication);
        let actions = (self.can_edit && self.total > 0).then_some(create);
        Head { actions, ..Head::lead("What your customers deploy, in versions.") }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::ApplicationEntitlements, Guide::Deployments]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            @if self.total == 0 { (self.empty()) } @else {
                section.card aria-label="Applications" {
                    (self.filters())
                    div id="results" data-results { (self.results(visit.now)) }
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let row = |number: u128, name: &str, kind, newest: &str, versions| Row {
        application: gallery::id(800 + number),
        name: name.to_owned(),
        image: (number % 2 == 1).then(|| gallery::id(1200 + number)),
        kind,
        newest: Some(Newest {
            name: newest.to_owned(),
            created_at: gallery::days(-5 * number.cast_signed() as i64),
        }),
        versions,
    };
    let fresh = Row { newest: None, ..row(3, "Sensor Hub", TargetKind::Docker, "", 0) };
    let typical = List {
        rows: vec![
            row(1, "Fleet Manager", TargetKind::Docker, "3.1.0", 7),
            row(2, "Fleet Manager (Kubernetes)", TargetKind::Kubernetes, "3.1.0", 5),
            fresh,
        ],
        total: 3,
        q: String::new(),
        after: String::new(),
        next: None,
        can_edit: true,
    };
    let long = "Vereinigte_Flottenverwaltung_mit_einem_sehr_langen_Namen_".repeat(2);
    let full = List {
        rows: (0..12)
            .map(|n| row(20 + n, &long, TargetKind::Kubernetes, "2026.11.24-rc.1+build.17", 1_240))
            .collect(),
        total: 140,
        after: "abc".to_owned(),
        next: Some("def".to_owned()),
        can_edit: false,
        ..typical.clone()
    };
    let none = List { rows: Vec::new(), q: "zzz".to_owned(), ..typical.clone() };
    let empty = List { rows: Vec::new(), total: 0, ..typical.clone() };
    vec![
        Sample::vendor("application-list-typical", Nav::Applications, &typical),
        Sample::vendor("application-list-full-read-only", Nav::Applications, &full),
        Sample::vendor("application-list-filtered-to-nothing", Nav::Applications, &none),
        Sample::vendor("application-list-empty", Nav::Applications, &empty),
    ]
}
