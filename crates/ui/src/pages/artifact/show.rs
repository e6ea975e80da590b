//! One artifact: how to pull it, its versions, who is entitled and who pulled.

use chrono::{DateTime, Utc};
use grantry_model::id::ArtifactId;
use grantry_oci::manifest::Kind;
use maud::{Markup, html};

use super::commands::Registry;
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
use crate::components::pager::Pager;
use crate::components::size::{bytes, counted};
use crate::components::stack::{Stack, StackedBar};
use crate::components::table::{Table, text};
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::artifact_entitlement::{EntitlementRef, Scope};
use crate::pages::license_key::Owner;
use crate::route::{Artifacts, CustomerLicenses, DeleteArtifact, EditUpstream, Pulls, Query, ShowArtifact};
use crate::validity::until_cell;

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
}

/// A customer who is entitled to something of the artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitled {
    /// The customer.
    pub customer: Owner,
    /// By what.
    pub entitlement: EntitlementRef,
    /// To what.
    pub scope: Scope,
    /// Until when; `None` for ever.
    pub until: Option<DateTime<Utc>>,
}

/// Who may pull the artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Every customer may, because the organization does not restrict artifacts.
    Open,
    /// Those of the list may; by customer, then entitlement.
    Restricted(Vec<Entitled>),
}

/// Pulls over time, by customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullCourse {
    /// Who pulled, most first: up to five customers, and the others together.
    pub parts: Vec<String>,
    /// A bar a day, oldest first.
    pub days: Vec<StackedBar>,
}

/// An artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name, without the organization's slug.
    pub name: String,
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
    /// Whether the reader may change its upstream.
    pub can_edit: bool,
    /// Whether the reader may delete it, its manifests and tags.
    pub can_delete: bool,
}

impl Show {
    fn link(&self, after: &str) -> String {
        let query = Query::default().with("q", &self.q).with("after", after);
        format!("{}{query}", ShowArtifact { artifact: self.artifact })
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
            ("Nothing was pushed yet", "The first push of a tag makes the first version.", None)
        } else {
            let all = Button::new(Weight::Normal, "Show all").link(ShowArtifact { artifact: self.artifact });
            ("No tag fits", "Change the text to see others.", Some(all))
        };
        let (title, text, action) = empty;
        let pager = Pager {
            summary: counted(self.versions.len() as u64, "version", "versions"),
            first: (!self.after.is_empty()).then(|| self.link("")),
            next: self.next.as_deref().map(|cursor| self.link(cursor)),
        };
        let content = html! {
            @if self.tags > 0 {
                div.filters {
                    form.search method="get" action=(ShowArtifact { artifact: self.artifact }) data-filter {
                        (Icon::Search)
                        label.sr for="q" { "Filter tags by name" }
                        input id="q" type="search" name="q" value=(self.q) placeholder=(placeholder);
                    }
                }
            }
            div id="results" data-results {
                @if self.versions.is_empty() { (EmptyState { icon: Icon::Package, title, text, action }) } @else {
                    (table(self.artifact, &self.versions, Reader::Vendor { can_delete: self.can_delete }, now))
                    (pager)
                }
            }
        };
        html! { (Card::flush("versions", "Versions", content)) }
    }

    fn entitled(&self, now: DateTime<Utc>) -> Markup {
        let content = match &self.access {
            None => return html! {},
            Some(Access::Open) => html! {
                div.body {
                    (Alert::new(Tone::Info, "Every customer may pull it.").detail(html! {
                        p { "Your organization does not restrict artifacts yet. It does from the first artifact entitlement on." }
                    }))
                }
            },
            Some(Access::Restricted(all)) if all.is_empty() => html! {
                (EmptyState {
                    icon: Icon::Lock,
                    title: "No customer may pull it",
                    text: "Open a customer under Licenses and create an artifact entitlement that names it.",
                    action: None,
                })
            },
            Some(Access::Restricted(all)) => {
                let columns = vec![text("Customer"), text("Entitlement"), text("Scope"), text("Until")];
                let rows = all.iter().map(|one| entitled_cells(one, now)).collect();
                html! { (Table { caption: "Customers who are entitled", columns, rows }) }
            }
        };
        html! { (Card::flush("entitled", "Who is entitled", content)) }
    }

    fn course(&self) -> Markup {
        let Some(course) = &self.pulls else { return html! {} };
        let total: u64 = course.days.iter().flat_map(|day| &day.values).sum();
        let plot = Stack {
            id: "course",
            title: "Pulls a day by customer",
            unit: "Day",
            parts: &course.parts,
            bars: &course.days,
        };
        let content = html! {
            @if total == 0 { p.muted { "Nobody pulled it in the last 30 days." } } @else { (plot) }
        };
        let query = Query::default().with("artifact", &self.artifact.to_string());
        let all = Button::new(Weight::Normal, "All pulls").link(format!("{Pulls}{query}"));
        let about = html! { (total) " in the last 30 days, by customer" };
        html! { (Card::padded("pulls", "Pulls", &content).about(about).actions(all)) }
    }

    fn facts(&self, now: DateTime<Utc>) -> Markup {
        let content = html! {
            dl {
                dt { "Repository" } dd { (copyable(&self.registry.repository(&self.name), "repository")) }
                dt { "Tags" } dd { (self.tags) }
                dt { "Size" } dd { (bytes(self.size)) }
            }
        };
        html! {
            (Card::padded("facts", "About", &content))
            @if let Some(upstream) = &self.upstream { (self.upstream_card(upstream, now)) }
        }
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
                }
            }
        };
        let card = Card::padded("upstream", "Upstream", &content);
        html! { @if self.can_edit { (card.actions(edit)) } @else { (card) } }
    }
}

fn entitled_cells(one: &Entitled, now: DateTime<Utc>) -> Vec<Markup> {
    vec![
        html! { a href=(CustomerLicenses { customer: one.customer.customer }) { (one.customer.name) } },
        one.entitlement.link(),
        one.scope.words(),
        until_cell(one.until, now),
    ]
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
        let actions =
            self.can_delete.then(|| Button::new(Weight::Normal, "Delete").icon(Icon::Trash).link(delete));
        Head { lead: None, badges: Some(badges), actions }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            div.cols.facts { (self.pull()) div.stack { (self.facts(visit.now)) } }
            (self.versions(visit.now))
            (self.entitled(visit.now))
            (self.course())
        }
    }
}

fn sample_course() -> PullCourse {
    let names = ["Initech GmbH", "Hooli", "Stark Medical", "Aperture Labs", "Soylent Industries", "Others"];
    let day = |at: u64| {
        let date = gallery::days(at.cast_signed() - 29);
        let busy = if at % 7 < 2 { 1 } else { 4 };
        StackedBar {
            label: if at % 7 == 1 { date.format("%-d %b").to_string() } else { String::new() },
            full: time::date(date),
            values: (1..=6).map(|part| (at * part + 7) % (16 / part) * busy).collect(),
        }
    };
    PullCourse { parts: names.map(str::to_owned).to_vec(), days: (0..30).map(day).collect() }
}

fn sample_entitled() -> Vec<Entitled> {
    let entitled = |number: u128, customer: &str, name: &str, scope, days: Option<i64>| Entitled {
        customer: Owner { customer: gallery::id(100 + number), name: customer.to_owned() },
        entitlement: EntitlementRef { entitlement: gallery::id(700 + number), name: name.to_owned() },
        scope,
        until: days.map(gallery::midnight),
    };
    let pattern = Scope::Pattern { expression: "3.*".to_owned(), tags: 11 };
    let chosen = Scope::Chosen { tags: vec!["2.8.3-p1".to_owned()], manifests: 0 };
    vec![
        entitled(3, "Aperture Labs", "Images", pattern, None),
        entitled(1, "Initech GmbH", "Runtime images", Scope::All { tags: 38 }, Some(341)),
        entitled(2, "Hooli", "Hotfix 2.8", chosen, Some(14)),
    ]
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Show {
        artifact: gallery::id(602),
        name: "fleet/api".to_owned(),
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
    };
    let pulled_through = Show {
        name: "mirror/postgres".to_owned(),
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
