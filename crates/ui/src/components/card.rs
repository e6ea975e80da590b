//! A section of a page with its own heading.

use maud::{Markup, Render, html};

/// A section with heading, one sentence about it, actions and content.
#[derive(Debug, Clone)]
pub struct Card<'a> {
    /// Id of the section, unique in the page.
    pub id: &'a str,
    /// Heading.
    pub title: &'a str,
    /// One sentence under or beside the heading.
    pub about: Option<Markup>,
    /// Buttons at the right of the heading.
    pub actions: Option<Markup>,
    /// The content; tables reach the edge, all else stands in a `.body`.
    pub content: Markup,
}

impl<'a> Card<'a> {
    /// A section whose content keeps a distance from the edge.
    pub fn padded(id: &'a str, title: &'a str, content: &Markup) -> Self {
        Self { id, title, about: None, actions: None, content: html! { div.body { (content) } } }
    }

    /// A section whose content reaches the edge, for tables and empty states.
    pub fn flush(id: &'a str, title: &'a str, content: Markup) -> Self {
        Self { id, title, about: None, actions: None, content }
    }

    /// Adds the sentence.
    #[must_use]
    pub fn about(mut self, about: Markup) -> Self {
        self.about = Some(about);
        self
    }

    /// Adds buttons.
    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }
}

impl Render for Card<'_> {
    fn render(&self) -> Markup {
        let heading = format!("{}-title", self.id);
        html! {
            section.card id=(self.id) aria-labelledby=(heading) {
                header {
                    div.grow {
                        h2 id=(heading) { (self.title) }
                        @if let Some(about) = &self.about { p { (about) } }
                    }
                    @if let Some(actions) = &self.actions { div.row { (actions) } }
                }
                (self.content)
            }
        }
    }
}
