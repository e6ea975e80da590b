//! What a customer has of one kind: entitlements or license keys.

use maud::{Markup, html};

use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::guide::guide_and;
use crate::components::icon::Icon;
use crate::guide::Guide;

/// A section of a customer's page.
pub(super) struct Section<'a> {
    /// Its id.
    pub(super) id: &'a str,
    /// Heading.
    pub(super) title: &'a str,
    /// What they are, in a sentence.
    pub(super) about: &'a str,
    /// The words of the button that makes one, and where it leads; `None` if the reader may not.
    pub(super) create: Option<(&'a str, String)>,
    /// What stands there as long as there is none.
    pub(super) empty: Empty<'a>,
}

/// What a section says that has nothing yet.
pub(super) struct Empty<'a> {
    /// A picture of what would be there.
    pub(super) icon: Icon,
    /// What is not there.
    pub(super) title: &'a str,
    /// What the thing is for.
    pub(super) text: &'a str,
    /// How one goes about it.
    pub(super) guide: Guide,
}

impl Section<'_> {
    /// The section with this table, or as long as there is nothing for one.
    pub(super) fn render(&self, table: Option<Markup>) -> Markup {
        let create = |weight| {
            let button = |(words, to): &(&str, String)| Button::new(weight, words).icon(Icon::Plus).link(to);
            self.create.as_ref().map(button)
        };
        let (content, actions) = match table {
            Some(table) => (table, create(Weight::Normal)),
            None => (self.empty.render(create(Weight::Primary)), None),
        };
        let card = Card::flush(self.id, self.title, content).about(html! { (self.about) });
        html! { (Card { actions, ..card }) }
    }
}

impl Empty<'_> {
    fn render(&self, create: Option<Markup>) -> Markup {
        let action = guide_and(self.guide, create);
        html! { (EmptyState { icon: self.icon, title: self.title, text: self.text, action }) }
    }
}
