//! Who pulled what, when and from where.

use chrono::{DateTime, Utc};
use grantry_model::id::ArtifactId;
use maud::{Markup, html};

use super::{ArtifactChoice, digest, link};
use crate::asset::File;
use crate::components::button::{Button, Weight};
use crate::components::empty::EmptyState;
use crate::components::field::Field;
use crate::components::icon::Icon;
use crate::components::pager::Pager;
use crate::components::size::counted;
use crate::components::table::{Table, text};
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::license_key::Owner;
use crate::route::{self, Artifacts, CustomerLicenses, PullsFile, Query};

/// A pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// When it was.
    pub at: DateTime<Utc>,
    /// The customer, by the name it had then; `None` for the vendor's own staff.
    pub customer: Option<Puller>,
    /// The name of the user whose token it was, as it was then.
    pub user: String,
    /// The artifact, if it is still there.
    pub artifact: Option<ArtifactId>,
    /// Its name at the time.
    pub artifact_name: String,
    /// What was asked for: a tag or a digest.
    pub reference: String,
    /// The digest of what was answered.
    pub digest: String,
    /// From which address.
    pub address: String,
    /// By which program, as it called itself.
    pub user_agent: String,
}

/// The customer that pulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Puller {
    /// It is still there.
    Known(Owner),
    /// It was deleted since; its name at the time.
    Gone(String),
}

/// What is looked for; empty texts mean anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullFilter {
    /// `customer`: an id.
    pub customer: String,
    /// `artifact`: an id.
    pub artifact: String,
    /// `address`: the beginning of an address.
    pub address: String,
    /// `from`: a day, included.
    pub from: String,
    /// `to`: a day, included.
    pub to: String,
}

/// The pulls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulls {
    /// The pulls of this page of the list, newest first.
    pub rows: Vec<Pull>,
    /// What is looked for.
    pub filter: PullFilter,
    /// The customers to choose from, by name.
    pub customers: Vec<Owner>,
    /// The artifacts to choose from, by name.
    pub artifacts: Vec<ArtifactChoice>,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
}

impl Pulls {
    fn query(&self) -> Query {
        let filter = &self.filter;
        Query::default()
            .with("customer", &filter.customer)
            .with("artifact", &filter.artifact)
            .with("address", &filter.address)
            .with("from", &filter.from)
            .with("to", &filter.to)
    }

    fn link(&self, after: &str) -> String {
        format!("{}{}", route::Pulls, self.query().with("after", after))
    }

    fn filters(&self) -> Markup {
        let filter = &self.filter;
        let any = |words: &str| (String::new(), words.to_owned());
        let mut customers = vec![any("Anybody")];
        customers.extend(self.customers.iter().map(|one| (one.customer.to_string(), one.name.clone())));
        let mut artifacts = vec![any("Anything")];
        artifacts.extend(self.artifacts.iter().map(|one| (one.artifact.to_string(), one.name.clone())));
        html! {
            form.filters method="get" action=(route::Pulls) data-filter {
                div.fields {
                    (Field::choice(customers, "customer", "Who").value(&filter.customer).unmarked())
                    (Field::choice(artifacts, "artifact", "What").value(&filter.artifact).unmarked())
                    (Field::line("text", "address", "Address").value(&filter.address).unmarked())
                    (Field::line("date", "from", "From").value(&filter.from).unmarked())
                    (Field::line("date", "to", "To").value(&filter.to).unmarked())
                    div.row {
                        (Button::new(Weight::Normal, "Show").submit())
                        @if self.filter != PullFilter::default() { (Button::new(Weight::Quiet, "Reset").link(route::Pulls)) }
                    }
                }
            }
        }
    }

    fn results(&self, now: DateTime<Utc>) -> Markup {
        if self.rows.is_empty() {
            let (title, text) = if self.filter == PullFilter::default() {
                ("Nothing was pulled yet", "Every pull of an image, chart or file will stand here.")
            } else {
                ("No pull fits", "Widen the filter to see others.")
            };
            return html! { (EmptyState { icon: Icon::Download, title, text, action: None }) };
        }
        let columns = vec![text("When"), text("Who"), text("What"), text("Digest"), text("From")];
        let rows = self.rows.iter().map(|pull| cells(pull, now)).collect();
        let file = format!("{PullsFile}{}", self.query());
        let pager = Pager {
            summary: counted(self.rows.len() as u64, "pull", "pulls"),
            first: (!self.after.is_empty()).then(|| self.link("")),
            next: self.next.as_deref().map(|cursor| self.link(cursor)),
        };
        html! {
            (Table { caption: "Pulls, newest first", columns, rows })
            (pager)
            div.foot {
                (Button::new(Weight::Normal, "Download as CSV").icon(Icon::Download).link(file))
                span.hint { "All that the filter lets through." }
            }
        }
    }
}

fn cells(pull: &Pull, now: DateTime<Utc>) -> Vec<Markup> {
    vec![
        time::ago(pull.at, now),
        html! {
            @match &pull.customer {
                Some(Puller::Known(customer)) => a.link href=(CustomerLicenses { customer: customer.customer }) { (customer.name) },
                Some(Puller::Gone(name)) => { (name) " " span.muted { "(deleted)" } }
                None => { "Your own staff" }
            }
            span.sub.wrap { (pull.user) }
        },
        html! {
            @match pull.artifact {
                Some(artifact) => (link(artifact, &pull.artifact_name)),
                None => { (pull.artifact_name) " " span.muted { "(deleted)" } }
            }
            span.sub.wrap { (super::short_digest_or_tag(&pull.reference)) }
        },
        digest(&pull.digest, "digest"),
        html! { (pull.address) span.sub.wrap { (pull.user_agent) } },
    ]
}

impl Page for Pulls {
    fn title(&self) -> String {
        "Pulls".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Artifacts", &Artifacts)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("Who pulled what, when and from where. Names are those of the time.")
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            section.card aria-label="Pulls" {
                (self.filters())
                div id="results" data-results { (self.results(visit.now)) }
            }
        }
    }
}

fn sample_rows() -> Vec<Pull> {
    let known = |number: u128, name: &str| {
        Some(Puller::Known(Owner { customer: gallery::id(100 + number), name: name.to_owned() }))
    };
    let pull = |minutes: i64, customer, artifact: (u128, &str), reference: &str| Pull {
        at: gallery::now() - chrono::TimeDelta::minutes(minutes),
        customer,
        user: "Peter Bolt".to_owned(),
        artifact: Some(gallery::id(600 + artifact.0)),
        artifact_name: artifact.1.to_owned(),
        reference: reference.to_owned(),
        digest: format!("sha256:{}", hex::encode([minutes.to_le_bytes()[0] | 0x40; 32])),
        address: "203.0.113.7".to_owned(),
        user_agent: "containerd/2.1.4".to_owned(),
    };
    let by_digest = format!("sha256:{}", "4f1c7d9e0ab35c22".repeat(4));
    let gone = Pull {
        customer: Some(Puller::Gone("Pied Piper".to_owned())),
        artifact: None,
        ..pull(90_000, None, (9, "fleet/legacy"), "1.0.0")
    };
    let own = Pull {
        user: "Jonas Weber".to_owned(),
        address: "2001:db8:85a3::8a2e:370:7334".to_owned(),
        user_agent: "docker/29.0.1 go/go1.26.1 git-commit/6712 kernel/6.12 os/linux arch/amd64".to_owned(),
        ..pull(300, None, (1, "charts/fleet"), "3.1.0")
    };
    vec![
        pull(2, known(1, "Initech GmbH"), (2, "fleet/api"), "3.1.0"),
        pull(40, known(2, "Hooli"), (3, "fleet/worker"), &by_digest),
        own,
        gone,
    ]
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let owner = |number, name: &str| Owner { customer: gallery::id(number), name: name.to_owned() };
    let artifact =
        |number, name: &str| ArtifactChoice { artifact: gallery::id(number), name: name.to_owned() };
    let typical = Pulls {
        rows: sample_rows(),
        filter: PullFilter::default(),
        customers: vec![owner(102, "Hooli"), owner(101, "Initech GmbH")],
        artifacts: vec![
            artifact(601, "charts/fleet"),
            artifact(602, "fleet/api"),
            artifact(603, "fleet/worker"),
        ],
        after: String::new(),
        next: Some("abc".to_owned()),
    };
    let filter = PullFilter {
        customer: typical.customers[1].customer.to_string(),
        from: "2026-11-01".to_owned(),
        ..PullFilter::default()
    };
    let full = Pulls {
        rows: typical.rows.iter().cycle().take(20).cloned().collect(),
        filter: filter.clone(),
        after: "abc".to_owned(),
        ..typical.clone()
    };
    let none = Pulls { rows: Vec::new(), filter, next: None, ..typical.clone() };
    let empty = Pulls { filter: PullFilter::default(), ..none.clone() };
    vec![
        Sample::vendor("artifact-pulls-typical", Nav::Artifacts, &typical),
        Sample::vendor("artifact-pulls-full", Nav::Artifacts, &full),
        Sample::vendor("artifact-pulls-filtered-to-nothing", Nav::Artifacts, &none),
        Sample::vendor("artifact-pulls-empty", Nav::Artifacts, &empty),
    ]
}
