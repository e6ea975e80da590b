//! The artifacts that a customer may pull, as its own members see them.

use chrono::{DateTime, Utc};
use grantry_model::id::{ArtifactId, FileId};
use grantry_oci::manifest::Kind;
use maud::{Markup, html};

use super::commands::Registry;
use super::kind_words;
use crate::asset::File;
use crate::components::card::Card;
use crate::components::copy::copyable;
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
use crate::route::{Artifacts, ShowArtifact};

/// An artifact of which the customer sees something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalRow {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name, without the organization's slug.
    pub name: String,
    /// The image shown with the name.
    pub image: Option<FileId>,
    /// What the newest manifest that the customer sees is.
    pub kind: Option<Kind>,
    /// The newest tag that the customer sees; empty if it sees manifests without tags alone.
    pub newest_tag: String,
    /// When that was pushed.
    pub pushed_at: Option<DateTime<Utc>>,
    /// How many tags the customer sees.
    pub tags: u64,
}

/// The customer's artifacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// The vendor's name.
    pub vendor: String,
    /// The artifacts of this page of the list, by name.
    pub rows: Vec<PortalRow>,
    /// How many artifacts the customer sees in all.
    pub total: u64,
    /// The search text.
    pub q: String,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Where to pull from.
    pub registry: Registry,
}

impl Portal {
    fn listing(&self) -> Listing<'_> {
        Listing::of(&Artifacts, &self.q, (&self.after, self.next.as_deref()))
    }

    fn filters(&self) -> Markup {
        let placeholder = format!("Filter {}", counted(self.total, "artifact", "artifacts"));
        html! { div.filters { (self.listing().filter("Filter artifacts by name", &placeholder)) } }
    }

    fn results(&self, now: DateTime<Utc>) -> Markup {
        if self.total == 0 {
            let (title, text) = (
                "No artifacts yet",
                "Images, charts and files that your vendor lets you pull will stand here.",
            );
            return html! { (EmptyState { icon: Icon::Package, title, text, action: None }) };
        }
        if self.rows.is_empty() {
            return self.listing().nothing_fits("No artifact fits");
        }
        let columns =
            vec![text("Artifact"), text("Newest tag"), number("Tags"), text("Pushed"), text("Repository")];
        let rows = self.rows.iter().map(|row| self.cells(row, now)).collect();
        let pager = self.listing().pager(format!(
            "{} of {}",
            self.rows.len(),
            counted(self.total, "artifact", "artifacts")
        ));
        html! { (Table { caption: "Artifacts", columns, rows }) (pager) }
    }

    fn cells(&self, row: &PortalRow, now: DateTime<Utc>) -> Vec<Markup> {
        vec![
            beside(
                row.image,
                &row.name,
                &html! {
                    a href=(ShowArtifact { artifact: row.artifact }) { (row.name) }
                    @if let Some(kind) = row.kind { span.sub { (kind_words(kind)) } }
                },
            ),
            html! { @if row.newest_tag.is_empty() { span.zero { "–" } } @else { code { (row.newest_tag) } } },
            html! { span.zero[row.tags == 0] { (row.tags) } },
            match row.pushed_at {
                Some(at) => time::ago(at, now),
                None => html! { span.zero { "–" } },
            },
            copyable(&self.registry.repository(&row.name), &format!("repository of {}", row.name)),
        ]
    }
}

impl Page for Portal {
    fn title(&self) -> String {
        "Artifacts".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead(format!("Images, charts and files that {} lets you pull.", self.vendor))
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::CustomerPortal, Guide::Registry]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            section.card aria-label="Artifacts" {
                @if self.total > 0 { (self.filters()) }
                div id="results" data-results { (self.results(visit.now)) }
            }
            @if self.total > 0 {
                div.readable { (Card::padded("sign-in", "Sign in to the registry", &self.registry.sign_in())) }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let row = |number: u128, name: &str, kind, newest: &str, tags| PortalRow {
        artifact: gallery::id(600 + number),
        name: name.to_owned(),
        image: (number % 2 == 1).then(|| gallery::id(1200 + number)),
        kind: Some(kind),
        newest_tag: newest.to_owned(),
        pushed_at: Some(gallery::days(-6)),
        tags,
    };
    let typical = Portal {
        vendor: "Northwind Robotics".to_owned(),
        rows: vec![
            row(1, "charts/fleet", Kind::HelmChart, "3.1.0", 14),
            row(2, "fleet/api", Kind::ContainerImage, "3.1.0", 38),
            row(6, "manuals", Kind::Generic, "2026-en", 1),
        ],
        total: 3,
        q: String::new(),
        after: String::new(),
        next: None,
        registry: Registry::sample(),
    };
    let full = Portal {
        rows: typical.rows.iter().cycle().take(12).cloned().collect(),
        total: 140,
        after: "abc".to_owned(),
        next: Some("def".to_owned()),
        ..typical.clone()
    };
    let none = Portal { rows: Vec::new(), q: "zzz".to_owned(), ..typical.clone() };
    let empty = Portal { rows: Vec::new(), total: 0, ..typical.clone() };
    vec![
        Sample::customer("artifact-portal-typical", Nav::Artifacts, &typical),
        Sample::customer("artifact-portal-full", Nav::Artifacts, &full),
        Sample::customer("artifact-portal-filtered-to-nothing", Nav::Artifacts, &none),
        Sample::customer("artifact-portal-empty", Nav::Artifacts, &empty),
    ]
}
