//! One artifact as a customer's members see it: how to pull it, and the versions they may pull.

use chrono::{DateTime, Utc};
use grantry_model::id::{ArtifactId, FileId};
use grantry_oci::manifest::Kind;
use maud::{Markup, html};

use super::commands::Registry;
use super::version::{Reader, Version, sample_versions, table};
use super::{kind_badge, way_below};
use crate::asset::File;
use crate::components::badge::{Badge, Tone};
use crate::components::card::Card;
use crate::components::copy::copyable;
use crate::components::listing::Listing;
use crate::components::size::counted;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::picture::picture;
use crate::route::ShowArtifact;
use crate::validity::until_phrase;

/// An artifact of which the customer sees something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalShow {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name, without the organization's slug.
    pub name: String,
    /// The image shown with the name.
    pub image: Option<FileId>,
    /// What the newest manifest that the customer sees is.
    pub kind: Option<Kind>,
    /// Where to pull from.
    pub registry: Registry,
    /// The versions that the customer sees, of this page of the list, newest first. Their tags are those that it sees;
    /// who pushed and how often others pulled is left out.
    pub versions: Vec<Version>,
    /// How many tags the customer sees in all.
    pub tags: u64,
    /// The tag that the pull commands name; empty if there is none.
    pub newest_tag: String,
    /// When the customer's entitlement to it that ends last does; `None` if it never ends.
    pub until: Option<DateTime<Utc>>,
    /// What the tags are searched for.
    pub q: String,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
}

impl PortalShow {
    fn listing(&self) -> Listing<'_> {
        Listing::of(&ShowArtifact { artifact: self.artifact }, &self.q, (&self.after, self.next.as_deref()))
    }

    fn pull(&self) -> Markup {
        let by_digest = self.versions.first().map(|version| version.digest.as_str()).unwrap_or_default();
        let commands = if self.newest_tag.is_empty() {
            html! { (copyable(&format!("{}@{by_digest}", self.registry.repository(&self.name)), "reference")) }
        } else {
            self.registry.pulls(&self.name, &self.newest_tag, self.kind)
        };
        html! { (Card::padded("pull-card", "Pull it", &commands)) }
    }

    fn versions(&self, now: DateTime<Utc>) -> Markup {
        let placeholder = format!("Filter {}", counted(self.tags, "tag", "tags"));
        let pager = self.listing().pager(counted(self.versions.len() as u64, "version", "versions"));
        let content = html! {
            div.filters { (self.listing().filter("Filter tags by name", &placeholder)) }
            div id="results" data-results {
                @if self.versions.is_empty() { (self.listing().nothing_fits("No tag fits")) } @else {
                    (table(self.artifact, &self.versions, Reader::Customer, now))
                    (pager)
                }
            }
        };
        html! { (Card::flush("versions", "What you may pull", content)) }
    }
}

impl Page for PortalShow {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        let mut way = way_below(self.artifact, &self.name);
        way.truncate(1);
        way
    }

    fn head(&self, visit: &Visit) -> Head {
        let badges = html! {
            (kind_badge(self.kind))
            (Badge::new(Tone::Neutral, counted(self.tags, "tag", "tags")))
            @if self.until.is_some() { (until_phrase(self.until, visit.now)) }
        };
        Head { picture: Some(picture(self.image, &self.name)), badges: Some(badges), ..Head::default() }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            div.cols.half { (self.pull()) (Card::padded("sign-in", "Sign in first", &self.registry.sign_in())) }
            (self.versions(visit.now))
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let versions = sample_versions()
        .into_iter()
        .take(3)
        .map(|version| Version { pushed_by: None, pulls: None, ..version })
        .collect();
    let typical = PortalShow {
        artifact: gallery::id(602),
        name: "fleet/api".to_owned(),
        image: Some(gallery::id(1201)),
        kind: Some(Kind::ContainerImage),
        registry: Registry::sample(),
        versions,
        tags: 7,
        newest_tag: "3.1.0".to_owned(),
        until: Some(gallery::midnight(14)),
        q: String::new(),
        after: String::new(),
        next: None,
    };
    let chart = PortalShow {
        name: "charts/fleet".to_owned(),
        image: None,
        kind: Some(Kind::HelmChart),
        versions: vec![Version {
            kind: Kind::HelmChart,
            platforms: Vec::new(),
            tags: vec!["3.1.0".to_owned()],
            ..typical.versions[0].clone()
        }],
        tags: 1,
        until: None,
        ..typical.clone()
    };
    let untagged = PortalShow {
        versions: vec![Version { tags: Vec::new(), ..typical.versions[0].clone() }],
        tags: 0,
        newest_tag: String::new(),
        ..typical.clone()
    };
    let none = PortalShow { versions: Vec::new(), q: "zzz".to_owned(), ..typical.clone() };
    vec![
        Sample::customer("artifact-portal-show-typical", Nav::Artifacts, &typical),
        Sample::customer("artifact-portal-show-chart", Nav::Artifacts, &chart),
        Sample::customer("artifact-portal-show-untagged", Nav::Artifacts, &untagged),
        Sample::customer("artifact-portal-show-filtered-to-nothing", Nav::Artifacts, &none),
    ]
}
