//! Who pulled an artifact, day by day.

use grantry_model::id::ArtifactId;
use maud::{Markup, html};

use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::size::grouped;
use crate::components::stack::{Stack, StackedBar};
use crate::components::time;
use crate::gallery;
use crate::route::{Pulls, Query};

/// Pulls over time, by customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullCourse {
    /// Who pulled, most first: up to five customers, and the others together.
    pub parts: Vec<String>,
    /// A bar a day, oldest first.
    pub days: Vec<StackedBar>,
}

impl PullCourse {
    /// The section with the plot, and the way to the single pulls.
    pub(super) fn card(&self, artifact: ArtifactId) -> Markup {
        let total: u64 = self.days.iter().flat_map(|day| &day.values).sum();
        let plot = Stack {
            id: "course",
            title: "Pulls a day by customer",
            unit: "Day",
            parts: &self.parts,
            bars: &self.days,
        };
        let content = html! {
            @if total == 0 { p.muted { "Nobody pulled it in the last 30 days." } } @else { (plot) }
        };
        let query = Query::default().with("artifact", &artifact.to_string());
        let all = Button::new(Weight::Normal, "All pulls").link(format!("{Pulls}{query}"));
        let about = html! { (grouped(total)) " in the last 30 days, by customer" };
        html! { (Card::padded("pulls", "Pulls", &content).about(about).actions(all)) }
    }
}

/// Pulls of the samples.
pub(super) fn sample_course() -> PullCourse {
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
