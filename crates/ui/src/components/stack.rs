//! Stacked bars over time, drawn as SVG on the server, with the numbers as a table beneath.

use maud::{Markup, Render, html};

use crate::components::size::grouped;

/// So many parts have a colour of their own.
pub const PARTS: usize = 6;

/// A bar made of parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackedBar {
    /// Short words under it; empty for none.
    pub label: String,
    /// Full words for the tooltip and the table.
    pub full: String,
    /// The height of each part, in the order of the plot's parts.
    pub values: Vec<u64>,
}

impl StackedBar {
    fn sum(&self) -> u64 {
        self.values.iter().fold(0, |sum, value| sum.saturating_add(*value))
    }
}

/// Stacked bars of equal width side by side.
#[derive(Debug, Clone)]
pub struct Stack<'a> {
    /// Id, unique in the page.
    pub id: &'a str,
    /// What is counted, for the picture's title and the table's caption.
    pub title: &'a str,
    /// What a bar stands for, as the head of the table's first column.
    pub unit: &'a str,
    /// What the parts stand for, lowest first; at most [`PARTS`].
    pub parts: &'a [String],
    /// The bars from left to right.
    pub bars: &'a [StackedBar],
}

const BASE: u64 = 132;
const TALLEST: u64 = 120;

struct Piece {
    class: String,
    y: u64,
    height: u64,
}

impl Stack<'_> {
    /// The pieces of a bar from bottom to top. Every part that is there is at least a pixel high.
    fn pieces(&self, bar: &StackedBar, most: u64) -> Vec<Piece> {
        let (mut pieces, mut below) = (Vec::new(), 0_u64);
        let mut y = BASE;
        for (at, value) in bar.values.iter().take(PARTS).enumerate().filter(|(_, value)| **value > 0) {
            below = below.saturating_add(*value);
            let top = BASE.saturating_sub(below.saturating_mul(TALLEST) / most).min(y - 1);
            pieces.push(Piece { class: format!("part p{}", at + 1), y: top, height: y - top });
            y = top;
        }
        pieces
    }

    fn picture(&self) -> Markup {
        let title = format!("{}-picture", self.id);
        let most = self.bars.iter().map(StackedBar::sum).max().unwrap_or(0).max(1);
        let slot = 10_000 / self.bars.len().max(1);
        let percent = |hundredths: usize| format!("{}.{:02}%", hundredths / 100, hundredths % 100);
        html! {
            svg.plot width="100%" height="152" role="img" aria-labelledby=(title) {
                title id=(title) { (self.title) }
                line.grid x1="0" x2="100%" y1="12.5" y2="12.5" {}
                text x="0" y="9" { (grouped(most)) }
                @for (at, bar) in self.bars.iter().enumerate() {
                    g {
                        title { (bar.full) ": " (grouped(bar.sum())) }
                        rect.slot x=(percent(at * slot)) width=(percent(slot)) y="0" height="132" {}
                        @for piece in self.pieces(bar, most) {
                            rect class=(piece.class) x=(percent(at * slot + slot / 8)) width=(percent(slot * 3 / 4))
                                y=(piece.y) height=(piece.height) {}
                        }
                        @if !bar.label.is_empty() {
                            text x=(percent(at * slot + slot / 2)) y="148" text-anchor="middle" { (bar.label) }
                        }
                    }
                }
                line x1="0" x2="100%" y1="132.5" y2="132.5" {}
            }
        }
    }

    fn sum_of(&self, part: usize) -> u64 {
        self.bars
            .iter()
            .filter_map(|bar| bar.values.get(part))
            .fold(0, |sum, value| sum.saturating_add(*value))
    }

    fn legend(&self) -> Markup {
        html! {
            ul.parts {
                @for (at, part) in self.parts.iter().enumerate() {
                    li {
                        svg.swatch width="10" height="10" aria-hidden="true" {
                            rect class={ "part p" (at + 1) } width="10" height="10" rx="2" {}
                        }
                        (part) " · " (grouped(self.sum_of(at)))
                    }
                }
            }
        }
    }

    fn numbers(&self) -> Markup {
        let told = self.bars.iter().filter(|bar| bar.sum() > 0);
        html! {
            details.numbers {
                summary { "Numbers" }
                div.scroll tabindex="0" role="group" aria-label=(self.title) {
                    table.many {
                        caption.sr { (self.title) }
                        thead { tr { th scope="col" { (self.unit) } @for part in self.parts { th.num scope="col" { (part) } } } }
                        tbody {
                            @for bar in told {
                                tr { th scope="row" { (bar.full) } @for value in &bar.values { td.num { (value) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Render for Stack<'_> {
    fn render(&self) -> Markup {
        html! { figure { (self.picture()) (self.legend()) (self.numbers()) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stand_on_each_other_and_none_is_lost() {
        let bar = StackedBar { label: String::new(), full: String::new(), values: vec![1_000, 0, 1, 999] };
        let stack = Stack { id: "", title: "", unit: "", parts: &[], bars: &[] };
        let pieces = stack.pieces(&bar, 2_000);
        let shapes: Vec<_> = pieces.iter().map(|piece| (piece.y, piece.height)).collect();
        assert_eq!(shapes, [(72, 60), (71, 1), (12, 59)]);
        assert_eq!(pieces[1].class, "part p3");
    }
}
