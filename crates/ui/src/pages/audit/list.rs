//! The audit log: each entry a sentence, with what was before and after.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::asset::File;
use crate::components::button::{Button, Weight};
use crate::components::diff::Diff;
use crate::components::empty::EmptyState;
use crate::components::field::Field;
use crate::components::icon::Icon;
use crate::components::pager::Pager;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Head, Nav, Page, Visit};
use crate::route::{AuditLog, Query};
use crate::token::pretty;

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log, from 1.
    pub seq: u64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it, by the name they had then.
    pub author: String,
    /// What they did, such as “revised license key”.
    pub verb: String,
    /// To what, by the name it had then.
    pub subject: String,
    /// How the author showed who they are, in words, and from where; empty if unknown.
    pub origin: String,
    /// JSON text of the state before, empty if there is none.
    pub before: String,
    /// JSON text of the state after, empty if there is none.
    pub after: String,
    /// JSON text of other details, empty if there are none.
    pub details: String,
    /// The hash that chains the entry to the one before it.
    pub hash: String,
}

/// What is looked for; empty texts mean anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// `actor`: a part of the author's name.
    pub actor: String,
    /// `subject`: a part of the subject's name.
    pub subject: String,
    /// `kind`: the stable name of what happened.
    pub kind: String,
    /// `from`: a day, included.
    pub from: String,
    /// `to`: a day, included.
    pub to: String,
}

/// The log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The entries of this page of the log, newest first.
    pub entries: Vec<Entry>,
    /// What is looked for.
    pub filter: AuditFilter,
    /// All kinds: stable name and words.
    pub kinds: Vec<(String, String)>,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
}

impl List {
    fn link(&self, after: &str) -> String {
        let filter = &self.filter;
        let query = Query::default()
            .with("actor", &filter.actor)
            .with("subject", &filter.subject)
            .with("kind", &filter.kind)
            .with("from", &filter.from)
            .with("to", &filter.to)
            .with("after", after);
        format!("{AuditLog}{query}")
    }

    fn filters(&self) -> Markup {
        let filter = &self.filter;
        let mut kinds = vec![(String::new(), "Anything".to_owned())];
        kinds.extend(self.kinds.iter().cloned());
        html! {
            form.filters method="get" action=(AuditLog) data-filter {
                div.fields {
                    (Field::line("text", "actor", "Who").value(&filter.actor).unmarked())
                    (Field::choice(kinds, "kind", "Did what").value(&filter.kind).unmarked())
                    (Field::line("text", "subject", "To what").value(&filter.subject).unmarked())
                    (Field::line("date", "from", "From").value(&filter.from).unmarked())
                    (Field::line("date", "to", "To").value(&filter.to).unmarked())
                    div.row {
                        (Button::new(Weight::Normal, "Show").submit())
                        @if self.filter != AuditFilter::default() { (Button::new(Weight::Quiet, "Reset").link(AuditLog)) }
                    }
                }
            }
        }
    }

    fn results(&self, now: DateTime<Utc>) -> Markup {
        if self.entries.is_empty() {
            let (title, text) = if self.filter == AuditFilter::default() {
                ("Nothing has happened yet", "Every change, sign-in, token view and refusal will stand here.")
            } else {
                ("No entry fits", "Widen the filter to see others.")
            };
            return html! { (EmptyState { icon: Icon::Log, title, text, action: None }) };
        }
        let pager = Pager {
            summary: if self.entries.len() == 1 {
                "1 entry".to_owned()
            } else {
                format!("{} entries", self.entries.len())
            },
            first: (!self.after.is_empty()).then(|| self.link("")),
            next: self.next.as_deref().map(|cursor| self.link(cursor)),
        };
        html! { ol.events { @for entry in &self.entries { li { (sentence(entry, now)) } } } (pager) }
    }
}

fn sentence(entry: &Entry, now: DateTime<Utc>) -> Markup {
    html! {
        div.line {
            p.grow { strong { (entry.author) } " " (entry.verb) " " strong { (entry.subject) } }
            (time::ago(entry.at, now))
        }
        details { summary { "Details" span.sr { " of entry " (entry.seq) } } (details(entry)) }
    }
}

fn details(entry: &Entry) -> Markup {
    let (before, after) = (pretty(&entry.before), pretty(&entry.after));
    let other = pretty(&entry.details);
    html! {
        dl {
            dt { "When" } dd { (time::full(entry.at)) }
            @if !entry.origin.is_empty() { dt { "How" } dd { (entry.origin) } }
            dt { "Entry" } dd { (entry.seq) " · " code { (entry.hash) } }
        }
        @if !before.is_empty() || !after.is_empty() { (Diff::between(&before, &after)) }
        @if !other.is_empty() { pre tabindex="0" aria-label="Details" { code { (other) } } }
    }
}

impl Page for List {
    fn title(&self) -> String {
        "Audit log".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead(
            "Every change, sign-in, token view and refusal. Each entry carries the hash of the one before it.",
        )
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            section.card aria-label="Entries" {
                (self.filters())
                div id="results" data-results { (self.results(visit.now)) }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let entry = |seq, author: &str, verb: &str, subject: &str| Entry {
        seq,
        at: gallery::days(seq.cast_signed() - 43),
        author: author.to_owned(),
        verb: verb.to_owned(),
        subject: subject.to_owned(),
        origin: "Session from 203.0.113.7".to_owned(),
        before: String::new(),
        after: String::new(),
        details: String::new(),
        hash: "4f1c7d9e0ab35c2288d14e6f9b7a3c5d".repeat(2),
    };
    let revised = Entry {
        before: r#"{"payload":{"seats":100},"expiresAt":"2026-10-31T00:00:00Z"}"#.to_owned(),
        after: r#"{"payload":{"seats":250},"expiresAt":"2027-10-31T00:00:00Z"}"#.to_owned(),
        ..entry(43, "Mara Klein", "revised license key", "FLEET_MAIN")
    };
    let refused = Entry {
        details: r#"{"action":"delete_customer"}"#.to_owned(),
        ..entry(41, "Jonas Weber", "was refused", "Initech GmbH")
    };
    let typical = List {
        entries: vec![
            revised,
            entry(42, "Peter Bolt", "viewed the token of license key", "FLEET_MAIN"),
            refused,
        ],
        filter: AuditFilter::default(),
        kinds: vec![("license_key.revised".to_owned(), "revised license key".to_owned())],
        after: String::new(),
        next: Some("abc".to_owned()),
    };
    let filter = AuditFilter {
        actor: "Mara".to_owned(),
        kind: "license_key.revised".to_owned(),
        from: "2026-11-01".to_owned(),
        ..AuditFilter::default()
    };
    let full = List {
        entries: typical.entries.iter().cycle().take(12).cloned().collect(),
        filter: filter.clone(),
        after: "aa".to_owned(),
        ..typical.clone()
    };
    let none = List { entries: Vec::new(), filter, next: None, ..typical.clone() };
    let empty = List { filter: AuditFilter::default(), ..none.clone() };
    vec![
        Sample::vendor("audit-list-typical", Nav::AuditLog, &typical),
        Sample::vendor("audit-list-full", Nav::AuditLog, &full),
        Sample::vendor("audit-list-filtered-to-nothing", Nav::AuditLog, &none),
        Sample::vendor("audit-list-empty", Nav::AuditLog, &empty),
    ]
}
