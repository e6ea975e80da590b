//! One application: its versions, and who is entitled.

use chrono::{DateTime, Utc};
use grantry_model::application::TargetKind;
use grantry_model::id::{ApplicationId, ApplicationVersionId, FileId};
use maud::{Markup, html};

use super::access::{self, Access, sample_entitled};
use super::kind_words;
use crate::asset::File;
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::listing::Listing;
use crate::components::size::counted;
use crate::components::table::{Table, actions, text};
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::picture::picture;
use crate::route::{
    ApplicationImage, Applications, ArchiveApplicationVersion, DeleteApplication, EditApplication,
    NewApplicationVersion, ShowApplication, ShowApplicationVersion,
};

/// A version in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// The version.
    pub version: ApplicationVersionId,
    /// Its name.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when it can't be newly deployed.
    pub archived_at: Option<DateTime<Utc>>,
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// The application.
    pub application: ApplicationId,
    /// Its name.
    pub name: String,
    /// The image shown with the name.
    pub image: Option<FileId>,
    /// What it is deployed by.
    pub kind: TargetKind,
    /// The versions of this page of the list, newest first.
    pub versions: Vec<VersionRow>,
    /// How many it has in all.
    pub total: u64,
    /// What the versions are searched for.
    pub q: String,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Who may deploy it; `None` if the reader may not know.
    pub access: Option<Access>,
    /// Whether the reader may change it.
    pub can_edit: bool,
}

impl Show {
    fn listing(&self) -> Listing<'_> {
        Listing::of(
            &ShowApplication { application: self.application },
            &self.q,
            (&self.after, self.next.as_deref()),
        )
    }

    fn add(&self, weight: Weight) -> Markup {
        let to = NewApplicationVersion { application: self.application };
        Button::new(weight, "Add version").icon(Icon::Plus).link(to)
    }

    fn filters(&self) -> Markup {
        let placeholder = format!("Filter {}", counted(self.total, "version", "versions"));
        html! { div.filters { (self.listing().filter("Filter versions by name", &placeholder)) } }
    }

    fn results(&self, visit: &Visit) -> Markup {
        if self.versions.is_empty() {
            return self.listing().nothing_fits("No version fits");
        }
        let mut columns = vec![text("Version"), text("Added"), text("State")];
        if self.can_edit {
            columns.push(actions());
        }
        let rows = self.versions.iter().map(|row| self.cells(row, visit)).collect();
        let pager = self.listing().pager(format!(
            "{} of {}",
            self.versions.len(),
            counted(self.total, "version", "versions")
        ));
        html! { (Table { caption: "Versions", columns, rows }) (pager) }
    }

    fn cells(&self, row: &VersionRow, visit: &Visit) -> Vec<Markup> {
        let (application, version) = (self.application, row.version);
        let mut cells = vec![
            html! { a href=(ShowApplicationVersion { application, version }) { (row.name) } },
            time::stacked(row.created_at, visit.now),
            archived_badge(row.archived_at),
        ];
        if self.can_edit {
            cells.push(archive(application, version, &row.name, row.archived_at.is_some(), visit));
        }
        cells
    }

    fn versions(&self, visit: &Visit) -> Markup {
        let empty = EmptyState {
            icon: Icon::Application,
            title: "No versions yet",
            text: "A version is what a deployment runs. Its files never change; a new state is a new version.",
            action: self.can_edit.then(|| self.add(Weight::Primary)),
        };
        let content = html! {
            @if self.total == 0 { (empty) } @else {
                (self.filters())
                div id="results" data-results { (self.results(visit)) }
            }
        };
        let card = Card::flush("versions", "Versions", content);
        html! { @if self.can_edit && self.total > 0 { (card.actions(self.add(Weight::Normal))) } @else { (card) } }
    }
}

/// Whether a version is archived.
pub(crate) fn archived_badge(archived_at: Option<DateTime<Utc>>) -> Markup {
    html! {
        @match archived_at {
            Some(at) => { (Badge::new(Tone::Neutral, "Archived")) span.sub { "since " (time::day(at)) } }
            None => (Badge::new(Tone::Good, "Offered")),
        }
    }
}

/// The button that archives a version or brings it back: the field `archived` is `true` or `false`.
pub(crate) fn archive(
    application: ApplicationId,
    version: ApplicationVersionId,
    name: &str,
    is_archived: bool,
    visit: &Visit,
) -> Markup {
    let words = if is_archived { "Bring back" } else { "Archive" };
    html! {
        form method="post" action=(ArchiveApplicationVersion { application, version }) {
            (visit.csrf_field())
            input type="hidden" name="archived" value=(!is_archived);
            (Button::new(Weight::Quiet, words).about(name).submit())
        }
    }
}

impl Page for Show {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Applications", &Applications)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        let application = self.application;
        let badges = html! {
            (Badge::new(Tone::Neutral, kind_words(self.kind)))
            (Badge::new(Tone::Neutral, counted(self.total, "version", "versions")))
        };
        let actions = html! {
            (Button::new(Weight::Normal, "Rename").icon(Icon::Pencil).link(EditApplication { application }))
            (Button::new(Weight::Normal, "Image").icon(Icon::Image).link(ApplicationImage { application }))
            (Button::new(Weight::Normal, "Delete").icon(Icon::Trash).link(DeleteApplication { application }))
        };
        Head {
            picture: Some(picture(self.image, &self.name)),
            badges: Some(badges),
            actions: self.can_edit.then_some(actions),
            ..Head::default()
        }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            (self.versions(visit))
            @if let Some(access) = &self.access { (access::card(access, visit.now)) }
        }
    }
}

/// Versions of the samples, newest first.
fn sample_versions() -> Vec<VersionRow> {
    let row = |number: u128, name: &str, days: i64, archived: bool| VersionRow {
        version: gallery::id(850 + number),
        name: name.to_owned(),
        created_at: gallery::days(-days),
        archived_at: archived.then(|| gallery::days(-30)),
    };
    vec![
        row(7, "3.1.0", 5, false),
        row(6, "3.0.4", 41, false),
        row(5, "3.0.3", 72, false),
        row(4, "3.0.2", 73, true),
        row(3, "2.8.4", 160, true),
    ]
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Show {
        application: gallery::id(801),
        name: "Fleet Manager".to_owned(),
        image: None,
        kind: TargetKind::Docker,
        versions: sample_versions(),
        total: 5,
        q: String::new(),
        after: String::new(),
        next: None,
        access: Some(Access::Restricted(sample_entitled())),
        can_edit: true,
    };
    let open = Show {
        image: Some(gallery::id(1201)),
        kind: TargetKind::Kubernetes,
        access: Some(Access::Open),
        ..typical.clone()
    };
    let empty = Show {
        versions: Vec::new(),
        total: 0,
        access: Some(Access::Restricted(Vec::new())),
        ..typical.clone()
    };
    let full = Show {
        name: "Fleet Manager ".repeat(8),
        versions: sample_versions().iter().cycle().take(12).cloned().collect(),
        total: 1_240,
        after: "abc".to_owned(),
        next: Some("def".to_owned()),
        access: None,
        can_edit: false,
        ..typical.clone()
    };
    let none = Show { versions: Vec::new(), q: "zzz".to_owned(), ..typical.clone() };
    vec![
        Sample::vendor("application-show-typical", Nav::Applications, &typical),
        Sample::vendor("application-show-unrestricted", Nav::Applications, &open),
        Sample::vendor("application-show-empty", Nav::Applications, &empty),
        Sample::vendor("application-show-full-read-only", Nav::Applications, &full),
        Sample::vendor("application-show-filtered-to-nothing", Nav::Applications, &none),
    ]
}
