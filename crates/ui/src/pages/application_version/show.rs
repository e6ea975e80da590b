//! One version of an application: its files and documents.

use chrono::{DateTime, Utc};
use grantry_model::application::ChartKind;
use grantry_model::id::{ApplicationId, ApplicationVersionId};
use maud::{Markup, html};

use super::new::SAMPLE_COMPOSE;
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::copy::{copyable, snippet};
use crate::components::icon::Icon;
use crate::components::markdown::markdown;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::application::show::{archive, archived_badge};
use crate::pages::application::way_below;
use crate::route::{ApplicationVersionFile, EditApplicationVersion, Segment};

/// The chart of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Where it is.
    pub kind: ChartKind,
    /// Its name; only in a repository.
    pub name: Option<String>,
    /// Its address.
    pub url: String,
    /// Its version.
    pub version: String,
}

/// A file of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionFile {
    /// The name it is downloaded under, such as `compose.yaml`.
    pub name: String,
    /// What it is, such as “Compose file”.
    pub title: &'static str,
    /// Its text. What is no UTF-8 is replaced.
    pub text: String,
}

/// A document of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub name: String,
    /// Its text in Markdown.
    pub content: String,
    /// Whether customers see it.
    pub visible: bool,
}

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// The application.
    pub application: ApplicationId,
    /// Its name.
    pub application_name: String,
    /// The version.
    pub version: ApplicationVersionId,
    /// Its name.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when it can't be newly deployed.
    pub archived_at: Option<DateTime<Utc>>,
    /// Its chart, for Kubernetes.
    pub chart: Option<Chart>,
    /// Its files, in the order in which they are read.
    pub files: Vec<VersionFile>,
    /// The template of the link to what is deployed; empty for none.
    pub link_template: String,
    /// Its documents, in their order.
    pub documents: Vec<Document>,
    /// Whether the reader may change it.
    pub can_edit: bool,
}

impl Show {
    fn facts(&self, now: DateTime<Utc>) -> Markup {
        let content = html! {
            dl {
                dt { "Added" } dd { (time::day(self.created_at)) " · " (time::relative(self.created_at, now)) }
                dt { "State" } dd { (archived_badge(self.archived_at)) }
                @if !self.link_template.is_empty() { dt { "Link" } dd { code { (self.link_template) } } }
            }
            @if self.archived_at.is_some() { p.muted.after { "An archived version can’t be newly deployed. What runs goes on." } }
        };
        html! { (Card::padded("facts", "About", &content)) }
    }

    fn chart(chart: &Chart) -> Markup {
        let place = match chart.kind {
            ChartKind::Oci => "OCI registry",
            ChartKind::Repository => "Helm repository",
        };
        let content = html! {
            dl {
                dt { "In" } dd { (place) }
                @if let Some(name) = &chart.name { dt { "Name" } dd { (copyable(name, "chart name")) } }
                dt { "Address" } dd { (copyable(&chart.url, "chart address")) }
                dt { "Version" } dd { (copyable(&chart.version, "chart version")) }
            }
        };
        html! { (Card::padded("chart", "Chart", &content)) }
    }

    fn file(&self, file: &VersionFile, number: usize) -> Markup {
        let to = ApplicationVersionFile {
            application: self.application,
            version: self.version,
            name: Segment(file.name.clone()),
        };
        let download =
            Button::new(Weight::Normal, "Download").icon(Icon::Download).about(file.title).link(to);
        let id = format!("file-{number}");
        let content = snippet(&format!("{id}-text"), &file.text, file.title);
        html! { (Card::padded(&id, file.title, &content).about(html! { (file.name) }).actions(download)) }
    }

    fn documents(&self) -> Markup {
        let content = html! {
            div.stack {
                @for document in &self.documents {
                    article {
                        div.row {
                            h3 { (document.name) }
                            @if document.visible { (Badge::new(Tone::Good, "Customers see it")) }
                            @else { (Badge::new(Tone::Neutral, "Only your own people")) }
                        }
                        (markdown(&document.content))
                    }
                }
            }
        };
        html! { (Card::padded("documents", "Documents", &content)) }
    }
}

impl Page for Show {
    fn title(&self) -> String {
        format!("{} {}", self.application_name, self.name)
    }

    fn place(&self) -> String {
        self.name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.application, &self.application_name)
    }

    fn head(&self, visit: &Visit) -> Head {
        let (application, version) = (self.application, self.version);
        let actions = html! {
            (archive(application, version, "this version", self.archived_at.is_some(), visit))
            (Button::new(Weight::Normal, "Rename").icon(Icon::Pencil).link(EditApplicationVersion { application, version }))
        };
        Head { actions: self.can_edit.then_some(actions), ..Head::default() }
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            div.cols {
                div.stack {
                    @if let Some(chart) = &self.chart { (Self::chart(chart)) }
                    @for (number, file) in self.files.iter().enumerate() { (self.file(file, number)) }
                    @if !self.documents.is_empty() { (self.documents()) }
                }
                (self.facts(visit.now))
            }
        }
    }
}

/// A document of the samples.
pub(crate) fn sample_documents() -> Vec<Document> {
    let upgrade = "# From 3.0 to 3.1\n\nThe database is migrated at the **first start**; it takes about a minute.\n\n1. Back up \
        `/data`.\n2. Deploy 3.1.0.\n3. Watch the log for `migrated`.\n\n| from | minutes |\n|---|---|\n| 3.0.4 | 1 |\n| 3.0.0 | 4 |\n\n\
        ```\ndocker compose exec api fleet backup\n```\n\n> Do not stop it meanwhile.\n";
    let support = "- Ask for the output of `fleet doctor`.\n- <b>Never</b> ask for the license token.\n";
    vec![
        Document { name: "Upgrade notes".to_owned(), content: upgrade.to_owned(), visible: true },
        Document { name: "For support".to_owned(), content: support.to_owned(), visible: false },
    ]
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let file =
        |name: &str, title, text: &str| VersionFile { name: name.to_owned(), title, text: text.to_owned() };
    let typical = Show {
        application: gallery::id(801),
        application_name: "Fleet Manager".to_owned(),
        version: gallery::id(857),
        name: "3.1.0".to_owned(),
        created_at: gallery::days(-5),
        archived_at: None,
        chart: None,
        files: vec![
            file("compose.yaml", "Compose file", SAMPLE_COMPOSE),
            file("template.env", "Environment template", "LICENSE_TOKEN={{ .LicenseKeys.FLEET_MAIN }}\n"),
        ],
        link_template: "https://{{ .Env.HOST }}".to_owned(),
        documents: sample_documents(),
        can_edit: true,
    };
    let chart = Chart {
        kind: ChartKind::Repository,
        name: Some("fleet".to_owned()),
        url: "https://charts.northwind.example/".to_owned() + &"deep/".repeat(20),
        version: "3.0.2".to_owned(),
    };
    let archived = Show {
        name: "3.0.2".to_owned(),
        archived_at: Some(gallery::days(-30)),
        chart: Some(chart),
        files: vec![file("values.yaml", "Base values", &format!("note: \"{}\"\n", "long ".repeat(60)))],
        link_template: String::new(),
        documents: Vec::new(),
        ..typical.clone()
    };
    let oci = Chart {
        kind: ChartKind::Oci,
        name: None,
        url: "oci://registry.northwind.example/northwind/charts/fleet".to_owned(),
        version: "3.1.0".to_owned(),
    };
    let bare = Show {
        chart: Some(oci),
        files: Vec::new(),
        documents: Vec::new(),
        can_edit: false,
        ..typical.clone()
    };
    vec![
        Sample::vendor("application-version-show-typical", Nav::Applications, &typical),
        Sample::vendor("application-version-show-archived", Nav::Applications, &archived),
        Sample::vendor("application-version-show-bare-read-only", Nav::Applications, &bare),
    ]
}
