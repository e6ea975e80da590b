//! Lines of a log: filtered, newest at the end, kept fresh while one looks.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::components::button::{Button, Weight};
use crate::components::empty::EmptyState;
use crate::components::field::Field;
use crate::components::icon::Icon;
use crate::components::live::{live, reload};
use crate::components::time;
use crate::gallery;
use crate::route::Query;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// What wrote it, such as the service of a Compose file; empty for the agent itself.
    pub resource: String,
    /// The severity as the agent gave it, such as `Log` or `warn`.
    pub severity: String,
    /// The text. Secrets are masked.
    pub body: String,
}

/// A log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// What writes to it, by name, to choose one of; empty for an agent's own.
    pub resources: Vec<String>,
    /// `resource` in the query: the one that is shown; empty for all.
    pub resource: String,
    /// `q` in the query: what lines contain, without regard to case.
    pub q: String,
    /// `before` in the query: the cursor that led here, empty for the newest lines.
    pub before: String,
    /// The lines, oldest first; 500 at most.
    pub lines: Vec<LogLine>,
    /// The cursor of older lines, if there are any.
    pub older: Option<String>,
}

/// Words of severities that are shown in red.
const BAD: [&str; 5] = ["err", "error", "fatal", "panic", "stderr"];

impl Log {
    fn link(&self, here: &str, before: &str) -> String {
        let query =
            Query::default().with("resource", &self.resource).with("q", &self.q).with("before", before);
        format!("{here}{query}")
    }

    fn filters(&self, here: &str) -> Markup {
        let all = (String::new(), "All".to_owned());
        let each = self.resources.iter().map(|name| (name.clone(), name.clone()));
        let choices = std::iter::once(all).chain(each).collect();
        html! {
            div.filters {
                form.fields method="get" action=(here) data-filter {
                    @if !self.resources.is_empty() { (Field::choice(choices, "resource", "Written by").value(&self.resource).unmarked()) }
                    (Field::line("search", "q", "Containing").value(&self.q).unmarked().autocomplete("off"))
                    button.btn.unscripted type="submit" { "Filter" }
                }
                (reload(&self.link(here, "")))
            }
        }
    }

    fn lines(&self, here: &str) -> Markup {
        let is_filtered = !self.q.is_empty() || !self.resource.is_empty() || !self.before.is_empty();
        let empty = EmptyState {
            icon: Icon::Log,
            title: if is_filtered { "No line fits" } else { "Nothing was written yet" },
            text: if is_filtered {
                "Change the filter to see others."
            } else {
                "Lines appear here as the agent sends them, every half a minute."
            },
            action: None,
        };
        html! {
            @if self.lines.is_empty() { (empty) } @else {
                div.log tabindex="0" role="log" aria-label="Log" { ol { @for line in &self.lines { (row(line)) } } }
            }
            // It is there from the beginning, so that a log that grows over a page stays the same element.
            nav.pager aria-label="Pages" hidden[self.older.is_none() && self.before.is_empty()] {
                span { @if self.before.is_empty() { "The newest lines" } @else { "Older lines" } }
                div.row {
                    @if let Some(older) = &self.older { (Button::new(Weight::Normal, "Older").link(self.link(here, older))) }
                    @if !self.before.is_empty() { (Button::new(Weight::Normal, "Newest").link(self.link(here, ""))) }
                }
            }
        }
    }

    /// The log, whose page is `here`. Only the newest lines are kept fresh: older ones don't change.
    pub(crate) fn render(&self, here: &str) -> Markup {
        let lines = self.lines(here);
        html! {
            section.card aria-label="Log" {
                (self.filters(here))
                @if self.before.is_empty() { (live("results", &lines)) } @else { div id="results" data-results { (lines) } }
            }
        }
    }
}

fn row(line: &LogLine) -> Markup {
    let is_bad = BAD.contains(&line.severity.to_ascii_lowercase().as_str());
    html! {
        li.bad[is_bad] {
            time datetime=(line.at.to_rfc3339()) title=(time::moment(line.at)) data-time="clock" { (line.at.format("%-d %b, %H:%M:%S")) }
            @if !line.resource.is_empty() { span.by { (line.resource) } }
            @if is_bad { span.sr { (line.severity) ": " } }
            span.text { (line.body) }
        }
    }
}

/// Lines of the samples.
pub(crate) fn sample_lines() -> Vec<LogLine> {
    let line = |seconds: i64, severity: &str, body: &str| LogLine {
        at: gallery::now() - chrono::TimeDelta::seconds(seconds),
        resource: String::new(),
        severity: severity.to_owned(),
        body: body.to_owned(),
    };
    vec![
        line(340, "info", "connected to hub.northwind.example"),
        line(338, "info", "Fleet Manager: revision 4 is new, starting it"),
        line(
            301,
            "warn",
            "Fleet Manager: pull of fleet/api:3.1.0 failed, trying again in 8 s: connection reset by peer",
        ),
        line(280, "info", "Fleet Manager: started"),
        line(12, "error", &format!("disk / is nearly full: {}", "x".repeat(300))),
    ]
}
