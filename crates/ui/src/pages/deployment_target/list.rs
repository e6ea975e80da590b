//! Deployments: a card for each target with what is deployed there.

use chrono::{DateTime, Utc};
use grantry_model::application::TargetKind;
use grantry_model::id::DeploymentTargetId;
use maud::{Markup, html};

use crate::asset::File;
use crate::components::button::{Button, Weight};
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::listing::Listing;
use crate::components::live::live;
use crate::components::size::counted;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Head, Nav, Page, Portal, Visit};
use crate::pages::deployment::line::{Line, presence, samples as lines};
use crate::pages::license_key::Owner;
use crate::route::{CustomerLicenses, Deployments, NewDeployment, NewDeploymentTarget, ShowDeploymentTarget};

/// What a target runs, in words.
pub(crate) fn kind_words(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Docker => "Docker",
        TargetKind::Kubernetes => "Kubernetes",
    }
}

/// A target in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The target.
    pub target: DeploymentTargetId,
    /// Its name.
    pub name: String,
    /// What it runs.
    pub kind: TargetKind,
    /// The customer it is of; `None` for the vendor's own. In the Customer Portal all are the reader's own.
    pub customer: Option<Owner>,
    /// When its agent was heard last.
    pub seen_at: Option<DateTime<Utc>>,
    /// What is deployed there, oldest first.
    pub deployments: Vec<Line>,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// In which portal it is shown.
    pub portal: Portal,
    /// The targets of this page of the list: by customer, the vendor's own first, then by name.
    pub targets: Vec<Card>,
    /// How many targets there are in all.
    pub total: u64,
    /// The search text, for names of targets and customers.
    pub q: String,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Whether the reader may create targets and deploy.
    pub can_edit: bool,
}

impl List {
    fn listing(&self) -> Listing<'_> {
        Listing::of(&Deployments, &self.q, (&self.after, self.next.as_deref()))
    }

    fn filters(&self) -> Markup {
        let placeholder = format!("Filter {}", counted(self.total, "target", "targets"));
        let words = match self.portal {
            Portal::Vendor => "Filter deployment targets by name or customer",
            Portal::Customer => "Filter deployment targets by name",
        };
        self.listing().filter(words, &placeholder)
    }

    fn results(&self, now: DateTime<Utc>) -> Markup {
        let pager = self.listing().pager(format!(
            "{} of {}",
            self.targets.len(),
            counted(self.total, "target", "targets")
        ));
        html! {
            @if self.targets.is_empty() { section.card aria-label="Deployment targets" { (self.listing().nothing_fits("No target fits")) } }
            @for group in self.targets.chunk_by(|one, other| one.customer == other.customer) { (self.group(group, now)) }
            @if pager.first.is_some() || pager.next.is_some() { section.card aria-label="More" { (pager) } }
        }
    }

    fn group(&self, group: &[Card], now: DateTime<Utc>) -> Markup {
        let heading = match group.first().and_then(|card| card.customer.as_ref()) {
            Some(customer) => {
                html! { a href=(CustomerLicenses { customer: customer.customer }) { (customer.name) } }
            }
            None => html! { "Your own" },
        };
        html! {
            div.stack.tight {
                h2 { @if self.portal == Portal::Vendor { (heading) } @else { span.sr { "Targets" } } }
                div.targets { @for card in group { (self.card(card, now)) } }
            }
        }
    }

    fn card(&self, card: &Card, now: DateTime<Utc>) -> Markup {
        let (target, id) = (card.target, format!("target-{}", card.target));
        html! {
            section.card aria-labelledby=(id) {
                header {
                    div.grow {
                        h3.name id=(id) { a href=(ShowDeploymentTarget { target }) { (card.name) } }
                        p { (kind_words(card.kind)) }
                    }
                    (presence(card.seen_at, now))
                }
                @if card.deployments.is_empty() {
                    div.body.row {
                        p.muted.grow { "Nothing is deployed here." }
                        @if self.can_edit { (Button::new(Weight::Normal, "Deploy").about(&card.name).link(NewDeployment { target })) }
                    }
                } @else {
                    ul { @for line in &card.deployments { (line.render(card.seen_at, now)) } }
                }
            }
        }
    }

    fn empty(&self) -> Markup {
        let create =
            Button::new(Weight::Primary, "New deployment target").icon(Icon::Plus).link(NewDeploymentTarget);
        let empty = EmptyState {
            icon: Icon::Server,
            title: "No deployment targets yet",
            text: "A deployment target is a Docker host or a Kubernetes cluster. One command connects an agent there, which then deploys.",
            action: self.can_edit.then_some(create),
        };
        html! { section.card aria-label="Deployment targets" { (empty) } }
    }
}

impl Page for List {
    fn title(&self) -> String {
        "Deployments".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        let create =
            Button::new(Weight::Normal, "New deployment target").icon(Icon::Plus).link(NewDeploymentTarget);
        let lead = match self.portal {
            Portal::Vendor => "Where your software runs, in which version and how it is.",
            Portal::Customer => "Your environments, and what runs there.",
        };
        Head { actions: (self.can_edit && self.total > 0).then_some(create), ..Head::lead(lead) }
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Deployments, Guide::Hotfix, Guide::MaintenanceWindow]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            @if self.total == 0 { (self.empty()) } @else {
                (self.filters())
                (live("results", &self.results(visit.now)))
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let initech = || Some(Owner { customer: gallery::id(101), name: "Initech GmbH".to_owned() });
    let hooli = || Some(Owner { customer: gallery::id(102), name: "Hooli".to_owned() });
    let card = |number: u128, name: &str, customer, seen, deployments: Vec<Line>| Card {
        target: gallery::id(1000 + number),
        name: name.to_owned(),
        kind: if number.is_multiple_of(2) { TargetKind::Kubernetes } else { TargetKind::Docker },
        customer,
        seen_at: seen,
        deployments,
    };
    let now = Some(gallery::now());
    let typical = List {
        portal: Portal::Vendor,
        targets: vec![
            card(5, "staging", None, now, lines()[1..2].to_vec()),
            card(3, "warehouse", hooli(), None, Vec::new()),
            card(1, "plant-berlin", initech(), now, lines()[..1].to_vec()),
            card(2, "plant-lyon", initech(), Some(gallery::days(-2)), lines()[3..].to_vec()),
        ],
        total: 4,
        q: String::new(),
        after: String::new(),
        next: None,
        can_edit: true,
    };
    let long = "a-deployment-target-with-a-name-that-goes-on-and-on-".repeat(2);
    let full = List {
        targets: (0..10).map(|n| card(10 + n, &long, initech(), now, lines())).collect(),
        total: 1_240,
        after: "abc".to_owned(),
        next: Some("def".to_owned()),
        can_edit: false,
        ..typical.clone()
    };
    let none = List { targets: Vec::new(), q: "zzz".to_owned(), ..typical.clone() };
    let empty = List { targets: Vec::new(), total: 0, ..typical.clone() };
    let own = List {
        portal: Portal::Customer,
        targets: typical.targets[2..].to_vec(),
        total: 2,
        ..typical.clone()
    };
    let own_empty = List { portal: Portal::Customer, ..empty.clone() };
    vec![
        Sample::vendor("deployment-target-list-typical", Nav::Deployments, &typical),
        Sample::vendor("deployment-target-list-full-read-only", Nav::Deployments, &full),
        Sample::vendor("deployment-target-list-filtered-to-nothing", Nav::Deployments, &none),
        Sample::vendor("deployment-target-list-empty", Nav::Deployments, &empty),
        Sample::customer("deployment-target-list-portal", Nav::Deployments, &own),
        Sample::customer("deployment-target-list-portal-empty", Nav::Deployments, &own_empty),
    ]
}
