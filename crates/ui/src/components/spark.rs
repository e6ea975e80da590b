//! A tiny course of numbers beside their sum, for cells of a table.

use std::fmt::Write;

use maud::{Markup, Render, html};

use crate::components::size::grouped;

/// A course of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spark<'a> {
    /// The numbers, oldest first.
    pub values: &'a [u64],
    /// What is counted and over how long, as in “pulls in 30 days”.
    pub what: &'a str,
}

const WIDTH: usize = 96;
const HEIGHT: u64 = 20;

impl Spark<'_> {
    /// The points of the line, with a distance of one from the upper and lower edge.
    fn points(&self) -> String {
        let most = self.values.iter().copied().max().unwrap_or(0).max(1);
        let last = self.values.len().saturating_sub(1).max(1);
        let mut points = String::new();
        for (at, value) in self.values.iter().enumerate() {
            let tenths = HEIGHT * 10 - value.saturating_mul(HEIGHT * 10) / most + 10;
            // Writing to a text can't fail.
            let _ = write!(points, "{},{}.{} ", at * WIDTH / last, tenths / 10, tenths % 10);
        }
        points
    }
}

impl Render for Spark<'_> {
    fn render(&self) -> Markup {
        let sum = self.values.iter().fold(0, |sum: u64, value| sum.saturating_add(*value));
        let most = self.values.iter().max().copied().unwrap_or_default();
        html! {
            span.sparkline {
                @if sum > 0 {
                    svg.spark width=(WIDTH) height=(HEIGHT + 2) viewBox={ "0 0 " (WIDTH) " " (HEIGHT + 2) } role="img"
                        aria-label={ "At most " (grouped(most)) " a day" } {
                        polyline points=(self.points().trim_end()) {}
                    }
                }
                span.zero[sum == 0] { (grouped(sum)) span.sr { " " (self.what) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_spans_the_picture() {
        let spark = Spark { values: &[0, 5, 10], what: "" };
        assert_eq!(spark.points(), "0,21.0 48,11.0 96,1.0 ");
        assert_eq!(Spark { values: &[7], what: "" }.points(), "0,1.0 ");
        assert_eq!(Spark { values: &[], what: "" }.points(), "");
    }
}
