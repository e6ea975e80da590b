//! Lines over time, drawn as SVG on the server, with the numbers as a table beneath.

use std::fmt::Write;

use maud::{Markup, Render, html};

/// So many lines have a colour of their own.
pub const LINES: usize = 2;

/// A moment of the plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Where it is, in thousandths of the plot's width from its left.
    pub at: u32,
    /// Full words for the table.
    pub full: String,
    /// The value of each line, in thousandths of the whole.
    pub values: [u32; LINES],
}

/// Lines of shares of a whole, from nothing to all.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    /// Id, unique in the page.
    pub id: &'a str,
    /// What is drawn, for the picture's title and the table's caption.
    pub title: &'a str,
    /// What the lines stand for.
    pub names: [&'a str; LINES],
    /// The points from left to right.
    pub points: &'a [Point],
    /// Words at the left and the right end of the axis.
    pub ends: [&'a str; 2],
}

/// A longer distance than this, in thousandths of the width, is a gap: nothing was measured.
const GAP: u32 = 20;
/// How long a point alone is drawn, in thousandths of the width.
const DASH: u32 = 6;
/// So many rows has the table at most.
const ROWS: usize = 48;

/// Thousandths as percent, such as “12.3 %”.
pub fn percent(thousandths: u32) -> String {
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

impl Lines<'_> {
    /// The stretches of a line without gaps, as points of a polyline in a box of 1000 × 1000. A point alone is a dash.
    fn stretches(&self, line: usize) -> Vec<String> {
        let stretches = self.points.chunk_by(|before, after| after.at.saturating_sub(before.at) <= GAP);
        let words = stretches.map(|points| {
            let mut text = String::new();
            let mut add = |at: u32, point: &Point| {
                // Writing to a text can't fail.
                let _ = write!(text, "{at},{} ", 1_000 - point.values[line].min(1_000));
            };
            if let [point] = points {
                let from = point.at.saturating_sub(DASH);
                add(from, point);
                add(from + DASH, point);
            } else {
                points.iter().for_each(|point| add(point.at, point));
            }
            text
        });
        words.collect()
    }

    fn picture(&self) -> Markup {
        let title = format!("{}-picture", self.id);
        html! {
            svg.plot width="100%" height="146" role="img" aria-labelledby=(title) {
                title id=(title) { (self.title) }
                @for (y, words) in [(12, "100 %"), (66, "50 %")] {
                    line.grid x1="0" x2="100%" y1={ (y) ".5" } y2={ (y) ".5" } {}
                    text x="0" y=(y - 3) { (words) }
                }
                svg x="0" y="12" width="100%" height="108" viewBox="0 0 1000 1000" preserveAspectRatio="none" {
                    @for line in 0..LINES {
                        @for stretch in self.stretches(line) {
                            polyline class={ "line p" (line + 1) } points=(stretch.trim_end()) {}
                        }
                    }
                }
                line x1="0" x2="100%" y1="120.5" y2="120.5" {}
                text x="0" y="138" { (self.ends[0]) }
                text x="100%" y="138" text-anchor="end" { (self.ends[1]) }
            }
        }
    }

    fn legend(&self) -> Markup {
        let last = self.points.last().map(|point| point.values);
        html! {
            ul.parts {
                @for (at, name) in self.names.iter().enumerate() {
                    li {
                        svg.swatch width="10" height="10" aria-hidden="true" {
                            rect class={ "part p" (at + 1) } width="10" height="10" rx="2" {}
                        }
                        (name) @if let Some(last) = last { " · " (percent(last[at])) " now" }
                    }
                }
            }
        }
    }

    fn numbers(&self) -> Markup {
        let told = self.points.iter().rev().step_by(self.points.len().div_ceil(ROWS).max(1));
        html! {
            details.numbers {
                summary { "Numbers" }
                table {
                    caption.sr { (self.title) }
                    thead { tr { th scope="col" { "Time" } @for name in self.names { th.num scope="col" { (name) } } } }
                    tbody {
                        @for point in told {
                            tr { th scope="row" { (point.full) } @for value in point.values { td.num { (percent(value)) } } }
                        }
                    }
                }
            }
        }
    }
}

impl Render for Lines<'_> {
    fn render(&self) -> Markup {
        html! { figure { (self.picture()) (self.legend()) (self.numbers()) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_where_nothing_was_measured() {
        let point = |at, value| Point { at, full: String::new(), values: [value, 0] };
        let points = [point(0, 250), point(10, 1_400), point(500, 0)];
        let lines = Lines { id: "", title: "", names: ["", ""], points: &points, ends: ["", ""] };
        assert_eq!(lines.stretches(0), ["0,750 10,0 ", "494,1000 500,1000 "]);
        let first = Lines { points: &points[..1], ..lines };
        assert_eq!(first.stretches(0), ["0,750 6,750 "], "one measurement is seen, too");
        assert_eq!(percent(7), "0.7 %");
    }
}
