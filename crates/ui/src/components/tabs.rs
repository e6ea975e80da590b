//! Alternatives of which one is shown. Made of radio buttons and the stylesheet, so it works without script.

use maud::{Markup, Render, html};

/// An alternative.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Its words.
    pub label: &'static str,
    /// What it shows.
    pub content: Markup,
}

/// Alternatives of which one is shown; at most six.
#[derive(Debug, Clone)]
pub struct Tabs<'a> {
    /// Id, unique in the page.
    pub id: &'a str,
    /// What is chosen, read aloud.
    pub legend: &'a str,
    /// The alternatives; the first one is shown at first.
    pub tabs: Vec<Tab>,
}

impl Render for Tabs<'_> {
    fn render(&self) -> Markup {
        html! {
            fieldset.tabs {
                legend.sr { (self.legend) }
                @for (at, tab) in self.tabs.iter().enumerate() {
                    @let id = format!("{}-{at}", self.id);
                    input.sr type="radio" name=(self.id) id=(id) checked[at == 0];
                    label for=(id) { (tab.label) }
                }
                @for tab in &self.tabs { div.panel { (tab.content) } }
            }
        }
    }
}
