//! The artifacts of the organization.

use chrono::{DateTime, Utc};
use grantry_model::id::{ArtifactId, FileId};
use grantry_oci::manifest::Kind;
use maud::{Markup, html};

use super::commands::Registry;
use super::kind_words;
use crate::asset::File;
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::listing::Listing;
use crate::components::size::{bytes, counted};
use crate::components::spark::Spark;
use crate::components::table::{Table, number, text};
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Head, Nav, Page, Visit};
use crate::picture::beside;
use crate::route::{Artifacts, NewArtifact, Pulls, ShowArtifact};

/// An artifact in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name, without the organization's slug.
    pub name: String,
    /// The image shown with the name.
    pub image: Option<FileId>,
    /// What the manifest pushed last is; `None` if there is none.
    pub kind: Option<Kind>,
    /// The upstream's URL, for an artifact that is pulled through.
    pub upstream: Option<String>,
    /// When a manifest was pushed last.
    pub pushed_at: Option<DateTime<Utc>>,
    /// How many tags it has.
    pub tags: u64,
    /// Bytes of all its distinct blobs and manifests.
    pub size: u64,
    /// Pulls on each of the last 30 days, oldest first.
    pub pulls: [u64; 30],
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The artifacts of this page of the list, by name.
    pub rows: Vec<Row>,
    /// How many artifacts there are in all.
    pub total: u64,
    /// The search text.
    pub q: String,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Where to push to.
    pub registry: Registry,
    /// Whether the reader may push, and make artifacts that are pulled through.
    pub can_push: bool,
    /// Whether the reader may see who pulled.
    pub can_see_pulls: bool,
}

impl List {
    fn listing(&self) -> Listing<'_> {
        Listing::of(&Artifacts, &self.q, (&self.after, self.next.as_deref()))
    }

    fn filters(&self) -> Markup {
        let placeholder = format!("Filter {}", counted(self.total, "artifact", "artifacts"));
        html! { div.filters { (self.listing().filter("Filter artifacts by name", &placeholder)) } }
    }

    fn results(&self, now: DateTime<Utc>) -> Markup {
        if self.rows.is_empty() {
            return self.listing().nothing_fits("No artifact fits");
        }
        let columns = vec![
            text("Artifact"),
            text("Kind"),
            text("Last push"),
            number("Tags"),
            number("Size"),
            number("Pulls in 30 days"),
        ];
        let rows = self.rows.iter().map(|row| cells(row, now)).collect();
        let pager = self.listing().pager(format!(
            "{} of {}",
            self.rows.len(),
            counted(self.total, "artifact", "artifacts")
        ));
        html! { (Table { caption: "Artifacts", columns, rows }) (pager) }
    }

    fn empty(&self) -> Markup {
        let empty = EmptyState {
            icon: Icon::Package,
            title: "No artifacts yet",
            text: "An artifact is a repository for images, charts or files that your customers pull. The first push makes it.",
            action: None,
        };
        html! {
            section.card aria-label="Artifacts" { (empty) }
            @if self.can_push {
                div.readable { (Card::padded("first-push", "Push the first one", &self.registry.first_push())) }
            }
        }
    }
}

fn cells(row: &Row, now: DateTime<Utc>) -> Vec<Markup> {
    vec![
        beside(
            row.image,
            &row.name,
            &html! {
                a href=(ShowArtifact { artifact: row.artifact }) { (row.name) }
                @if let Some(upstream) = &row.upstream { span.sub.wrap { "pulled through from " (upstream) } }
            },
        ),
        html! { @match row.kind { Some(kind) => { (kind_words(kind)) } None => span.zero { "–" } } },
        match row.pushed_at {
            Some(at) => time::ago(at, now),
            None => html! { span.zero { "never" } },
        },
        html! { span.zero[row.tags == 0] { (row.tags) } },
        html! { span.zero[row.size == 0] { (bytes(row.size)) } },
        html! { (Spark { values: &row.pulls, what: "pulls in 30 days" }) },
    ]
}

impl Page for List {
    fn title(&self) -> String {
        "Artifacts".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        let actions = html! {
            @if self.can_see_pulls && self.total > 0 {
                (Button::new(Weight::Normal, "Pulls").icon(Icon::Log).link(Pulls))
            }
            @if self.can_push {
                (Button::new(Weight::Normal, "New pull-through artifact").icon(Icon::Plus).link(NewArtifact))
            }
        };
        Head { actions: Some(actions), ..Head::lead("Images, charts and files that your customers pull.") }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Registry, Guide::ArtifactEntitlements]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            @if self.total == 0 { (self.empty()) } @else {
                section.card aria-label="Artifacts" {
                    (self.filters())
                    div id="results" data-results { (self.results(visit.now)) }
                }
            }
        }
    }
}

/// Pulls of the samples: a week has its days, and the month its course.
pub(crate) fn sample_pulls(scale: u64) -> [u64; 30] {
    let mut pulls = [0; 30];
    for (day, count) in (0..).zip(&mut pulls) {
        *count = if day % 7 >= 5 { scale / 6 } else { scale * (8 + day % 5 + day / 3) / 12 };
    }
    pulls
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let row = |number: u128, name: &str, kind, tags, scale| Row {
        artifact: gallery::id(600 + number),
        name: name.to_owned(),
        image: (number % 2 == 1).then(|| gallery::id(1200 + number)),
        kind: Some(kind),
        upstream: None,
        pushed_at: Some(gallery::days(-3 * number.cast_signed() as i64)),
        tags,
        size: tags * 184_000_000 / 3,
        pulls: sample_pulls(scale),
    };
    let upstream = Row {
        upstream: Some("docker.io/library/postgres".to_owned()),
        ..row(4, "mirror/postgres", Kind::ContainerImage, 12, 3)
    };
    let fresh =
        Row { kind: None, pushed_at: None, tags: 0, size: 0, ..row(5, "uploads", Kind::Generic, 0, 0) };
    let typical = List {
        rows: vec![
            row(1, "charts/fleet", Kind::HelmChart, 15, 4),
            row(2, "fleet/api", Kind::ContainerImage, 38, 96),
            row(3, "fleet/worker", Kind::ContainerImage, 38, 40),
            row(6, "manuals", Kind::Generic, 3, 0),
            upstream,
            fresh,
        ],
        total: 6,
        q: String::new(),
        after: String::new(),
        next: None,
        registry: Registry::sample(),
        can_push: true,
        can_see_pulls: true,
    };
    let long = "platform/".repeat(8) + "a-service-with-a-long-name";
    let full = List {
        rows: (0..12).map(|n| row(20 + n, &long, Kind::ContainerImage, 12_400, 90_000)).collect(),
        total: 1_240,
        after: "abc".to_owned(),
        next: Some("def".to_owned()),
        can_push: false,
        ..typical.clone()
    };
    let none = List { rows: Vec::new(), q: "zzz".to_owned(), ..typical.clone() };
    let empty = List { rows: Vec::new(), total: 0, ..typical.clone() };
    vec![
        Sample::vendor("artifact-list-typical", Nav::Artifacts, &typical),
        Sample::vendor("artifact-list-full-read-only", Nav::Artifacts, &full),
        Sample::vendor("artifact-list-filtered-to-nothing", Nav::Artifacts, &none),
        Sample::vendor("artifact-list-empty", Nav::Artifacts, &empty),
    ]
}
