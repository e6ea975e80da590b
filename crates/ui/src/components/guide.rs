//! Links to guides, where they help.

use maud::{Markup, Render, html};

use crate::components::icon::Icon;
use crate::guide::{Guide, Place};

/// A link to a guide, with its title.
impl Render for Guide {
    fn render(&self) -> Markup {
        html! { a.guide href=(self.to_string()) { (Icon::Book) span { (self.title()) } } }
    }
}

/// A link to a place in a guide, with words that say what is there.
pub fn guide_at(place: Place, words: &str) -> Markup {
    html! { a.guide href=(place.to_string()) { (Icon::Book) span { (words) } } }
}

/// Guides that help with a page, in one line.
pub fn guides(all: &[Guide]) -> Markup {
    html! {
        @if !all.is_empty() {
            p.guides { span.muted { @if all.len() == 1 { "Guide" } @else { "Guides" } } @for guide in all { (guide) } }
        }
    }
}

/// What an empty list leads to: the way to its first entry, if the reader may make one, and its guide.
pub fn guide_and(guide: Guide, action: Option<Markup>) -> Option<Markup> {
    Some(html! { div.lead-on { @if let Some(action) = action { (action) } (guide) } })
}
