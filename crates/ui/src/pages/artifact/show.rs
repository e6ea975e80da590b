//! One artifact: how to pull it, its versions, who is entitled and who pulled.

use chrono::{DateTime, Utc};
use grantry_model::artifact::Upkeep;
use grantry_model::id::{ArtifactId, FileId};
use grantry_oci::manifest::Kind;
use maud::{Markup, html};

use super::access::{self, Access, sample_entitled};
use super::commands::Registry;
use super::course::{PullCourse, sample_course};
use super::kind_badge;
use super::version::{Reader, Version, sample_versions, table};
use crate::asset::File;
use crate::components::alert::Alert;
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::copy::copyable;
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::listing::Listing;
use crate::components::size::{bytes, counted};
use crate::components::stack::StackedBar;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::picture::picture;
use crate::route::{ArtifactImage, Artifacts, DeleteArtifact, EditUpstream, ShowArtifact};

/// Where an artifact is pulled through from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// `host[:port]/repository`.
    pub url: String,
    /// The user name of the credentials, if there are any.
    pub username: Option<String>,
    /// When its tags were compared last.
    pub synced_at: Option<DateTime<Utc>>,
    /// Why the last comparison failed, as a sentence.
    pub error: Option<String>,
    /// How it looks after what it keeps.
    pub upkeep: Upkeep,
}

/// An artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name, without the organization's slug.
    pub name: String,
    /// The image shown with the name.
    pub image: Option<FileId>,
    /// What the manifest pushed last is; `None` if there is none.
    pub kind: Option<Kind>,
    /// Bytes of all its distinct blobs and manifests.
    pub size: u64,
    /// Where it is.
    pub registry: Registry,
    /// Where it is pulled through from; `None` for one that is pushed to.
    pub upstream: Option<Upstream>,
    /// The versions of this page of the list, newest first.
    pub versions: Vec<Version>,
    /// How many tags it has in all.
    pub tags: u64,
    /// The tag that the pull commands name; empty if there is none.
    pub newest_tag: String,
    /// What the tags are searched for.
    pub q: String,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Who may pull it; `None` if the reader may not know.
    pub access: Option<Access>,
    /// Who did in the last 30 days; `None` if the reader may not know.
    pub pulls: Option<PullCourse>,
    /// Whether the reader may change its upstream and its image.
    pub can_edit: bool,
    /// Whether the reader may delete it, its manifests and tags.
    pub can_delete: bool,
}

impl Show {
    fn listing(&self) -> Listing<'_> {
        Listing::of(&ShowArtifact { artifact: self.artifact }, &self.q, (&self.after, self.next.as_deref()))
    }

    fn pull(&self) -> Markup {
        let commands = if self.newest_tag.is_empty() {
            html! { p.muted { "There is no tag to pull yet." } }
        } else {
            self.registry.pulls(&self.name, &self.newest_tag, self.kind)
        };
        html! { (Card::padded("pull-card", "Pull it", &commands)) }
    }

    fn versions(&self, now: DateTime<Utc>) -> Markup {
        let placeholder = format!("Filter {}", counted(self.tags, "tag", "tags"));
        let empty = if self.q.is_empty() && self.after.is_empty() {
            let (title, text) =
                ("Nothing was pushed yet", "The first push of a tag makes the first version.");
            html! { (EmptyState { icon: Icon::Package, title, text, action: None }) }
        } else {
            self.listing().nothing_fits("No tag fits")
        };
        let pager = self.listing().pager(counted(self.versions.len() as u64, "version", "versions"));
        let content = html! {
            @if self.tags > 0 {
                div.filters { (self.listing().filter("Filter tags by name", &placeholder)) }
            }
            div id="results" data-results {
                @if self.versions.is_empty() { (empty) } @else {
                    (table(self.artifact, &self.versions, Reader::Vendor { can_delete: self.can_delete }, now))
                    (pager)
                }
            }
        };
        html! { (Card::flush("versions", "Versions", content)) }
    }

    fn facts(&self) -> Markup {
        let content = html! {
            dl {
                dt { "Repository" } dd { (copyable(&self.registry.repository(&self.name), "repository")) }
                dt { "Tags" } dd { (self.tags) }
                dt { "Size" } dd { (bytes(self.size)) }
            }
        };
        html! { (Card::padded("facts", "About", &content)) }
    }

    fn upstream_card(&self, upstream: &Upstream, now: DateTime<Utc>) -> Markup {
        let edit = Button::new(Weight::Normal, "Change")
            .about("upstream")
            .link(EditUpstream { artifact: self.artifact });
        let content = html! {
            div.stack.tight {
                @if let Some(error) = &upstream.error {
                    (Alert::new(Tone::Bad, "The last comparison failed.").detail(html! { p { (error) } }))
                }
                dl {
                    dt { "From" } dd { (upstream.url) }
                    dt { "As" } dd { (upstream.username.as_deref().unwrap_or("anybody")) }
                    dt { "Compared" }
                    dd { @match upstream.synced_at { Some(at) => (time::ago(at, now)), None => { "never" } } }
                    (upkeep(&upstream.upkeep))
                }
            }
        };
        let card = Card::padded("upstream", "Upstream", &content);
        html! { @if self.can_edit { (card.actions(edit)) } @else { (card) } }
    }
}

impl Page for Show {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Artifacts", &Artifacts)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        let badges = html! {
            (kind_badge(self.kind))
            @if self.upstream.is_some() { (Badge::new(Tone::Info, "Pulled through")) }
            (Badge::new(Tone::Neutral, counted(self.tags, "tag", "tags")))
        };
        let delete = DeleteArtifact { artifact: self.artifact };
        let actions = html! {
            @if self.can_edit {
                (Button::new(Weight::Normal, "Image").icon(Icon::Image).link(ArtifactImage { artifact: self.artifact }))
            }
            @if self.can_delete { (Button::new(Weight::Normal, "Delete").icon(Icon::Trash).link(delete)) }
        };
        Head {
            picture: Some(picture(self.image, &self.name)),
            badges: Some(badges),
            actions: (self.can_edit || self.can_delete).then_some(actions),
            ..Head::default()
        }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            div.cols.facts {
                div.stack {
                    (self.pull())
                    @if let Some(upstream) = &self.upstream { (self.upstream_card(upstream, visit.now)) }
                }
                (self.facts())
            }
            (self.versions(visit.now))
            @if let Some(access) = &self.access { (access::card(access, visit.now)) }
            @if let Some(pulls) = &self.pulls { (pulls.card(self.artifact)) }
        }
    }
}

/// What is done by itself; nothing is said of the rest.
fn upkeep(upkeep: &Upkeep) -> Markup {
    let hours = upkeep.sync_hours.map(|hours| counted(hours.into(), "hour", "hours"));
    let days = upkeep.cache_days.map(|days| counted(days.into(), "day", "days"));
    html! {
        @if let Some(hours) = hours { dt { "Compared every" } dd { (hours) } }
        @if let Some(limit) = upkeep.cache_limit { dt { "Keeps at most" } dd { (bytes(limit)) } }
        @if let Some(days) = days { dt { "Keeps without a pull for" } dd { (days) } }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Show {
        artifact: gallery::id(602),
        name: "fleet/api".to_owned(),
        image: Some(gallery::id(1201)),
        kind: Some(Kind::ContainerImage),
        size: 2_300_000_000,
        registry: Registry::sample(),
        upstream: None,
        versions: sample_versions(),
        tags: 38,
        newest_tag: "3.1.0".to_owned(),
        q: String::new(),
        after: String::new(),
        next: Some("abc".to_owned()),
        access: Some(Access::Restricted(sample_entitled())),
        pulls: Some(sample_course()),
        can_edit: true,
        can_delete: true,
    };
    let quiet = |course: PullCourse| PullCourse {
        days: course.days.into_iter().map(|day| StackedBar { values: vec![0; 6], ..day }).collect(),
        ..course
    };
    let upstream = Upstream {
        url: "docker.io/library/postgres".to_owned(),
        username: Some("northwind".to_owned()),
        synced_at: Some(gallery::days(-2)),
        error: Some("The upstream answered that the user name or the password is wrong.".to_owned()),
        upkeep: Upkeep { cache_limit: Some(20 << 30), cache_days: Some(90), sync_hours: Some(24) },
    };
    let pulled_through = Show {
        name: "mirror/postgres".to_owned(),
        image: None,
        upstream: Some(upstream),
        access: Some(Access::Open),
        pulls: Some(quiet(sample_course())),
        next: None,
        ..typical.clone()
    };
    let empty = Show {
        kind: None,
        size: 0,
        versions: Vec::new(),
        tags: 0,
        newest_tag: String::new(),
        access: Some(Access::Restricted(Vec::new())),
        ..pulled_through.clone()
    };
    let empty = Show { name: "uploads".to_owned(), upstream: None, ..empty };
    let mut many = sample_versions();
    many[0].tags =
        (0..40).map(|number| format!("a-very-long-tag-name-of-a-nightly-build-{number}")).collect();
    many[1].platforms = ["386", "amd64", "arm/v5", "arm/v6", "arm/v7", "arm64", "ppc64le", "s390x"]
        .map(|cpu| format!("linux/{cpu}"))
        .to_vec();
    let chart = Show {
        name: "charts/".to_owned() + &"a-long-name-of-a-team/".repeat(4) + "fleet",
        kind: Some(Kind::HelmChart),
        versions: many.iter().cycle().take(12).cloned().collect(),
        after: "abc".to_owned(),
        can_edit: false,
        can_delete: false,
        ..typical.clone()
    };
    let none = Show { versions: Vec::new(), q: "zzz".to_owned(), next: None, ..typical.clone() };
    vec![
        Sample::vendor("artifact-show-typical", Nav::Artifacts, &typical),
        Sample::vendor("artifact-show-pull-through-error", Nav::Artifacts, &pulled_through),
        Sample::vendor("artifact-show-empty", Nav::Artifacts, &empty),
        Sample::vendor("artifact-show-full-read-only", Nav::Artifacts, &chart),
        Sample::vendor("artifact-show-filtered-to-nothing", Nav::Artifacts, &none),
    ]
}
