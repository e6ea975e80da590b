//! Bars over time, drawn as SVG on the server, with the numbers as a table beneath.

use maud::{Markup, Render, html};

use crate::components::badge::Tone;

/// A bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Short words under it.
    pub label: String,
    /// Full words for the tooltip and the table.
    pub full: String,
    /// Its height.
    pub value: u64,
    /// Its colour.
    pub tone: Tone,
}

/// Bars of equal width side by side.
#[derive(Debug, Clone)]
pub struct Plot<'a> {
    /// Id, unique in the page.
    pub id: &'a str,
    /// What is counted, for the picture's title and the table's caption.
    pub title: &'a str,
    /// What a bar stands for, as the head of the table's first column.
    pub unit: &'a str,
    /// The bars from left to right.
    pub bars: Vec<Bar>,
}

const BASE: u64 = 72;
const TALLEST: u64 = 54;

struct Shape<'a> {
    bar: &'a Bar,
    x: String,
    width: String,
    middle: String,
    top: u64,
    height: u64,
}

impl Plot<'_> {
    fn shapes(&self) -> Vec<Shape<'_>> {
        let most = self.bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
        let slot = 10_000 / self.bars.len().max(1);
        let percent = |hundredths: usize| format!("{}.{:02}%", hundredths / 100, hundredths % 100);
        let shape = |(at, bar): (usize, &'_ Bar)| {
            // A bar of one stays visible beside a bar of thousands.
            let height = if bar.value == 0 { 0 } else { (bar.value.saturating_mul(TALLEST) / most).max(3) };
            (percent(at * slot + slot / 6), percent(slot * 2 / 3), percent(at * slot + slot / 2), height)
        };
        let bars = self.bars.iter().enumerate();
        bars.map(|(at, bar)| {
            let (x, width, middle, height) = shape((at, bar));
            Shape { bar, x, width, middle, top: BASE - height, height }
        })
        .collect()
    }

    fn picture(&self) -> Markup {
        let title = format!("{}-picture", self.id);
        html! {
            svg.plot width="100%" height="92" role="img" aria-labelledby=(title) {
                title id=(title) { (self.title) }
                @for shape in self.shapes() { (self.bar(&shape)) }
                line x1="0" x2="100%" y1="72.5" y2="72.5" {}
            }
        }
    }

    fn bar(&self, shape: &Shape<'_>) -> Markup {
        let class = format!("bar {}", shape.bar.tone.class());
        html! {
            g {
                title { (shape.bar.full) ": " (shape.bar.value) }
                rect.slot x=(shape.x) width=(shape.width) y="0" height="92" {}
                @if shape.height > 0 {
                    rect class=(class) x=(shape.x) width=(shape.width) y=(shape.top) height=(shape.height) rx="3" {}
                    text.count x=(shape.middle) y=(shape.top - 5) text-anchor="middle" { (shape.bar.value) }
                }
                text x=(shape.middle) y="88" text-anchor="middle" { (shape.bar.label) }
            }
        }
    }
}

impl Render for Plot<'_> {
    fn render(&self) -> Markup {
        html! {
            figure {
                (self.picture())
                details.numbers {
                    summary { "Numbers" }
                    table {
                        caption.sr { (self.title) }
                        thead { tr { th scope="col" { (self.unit) } th.num scope="col" { "Count" } } }
                        tbody {
                            @for bar in &self.bars { tr { th scope="row" { (bar.full) } td.num { (bar.value) } } }
                        }
                    }
                }
            }
        }
    }
}
