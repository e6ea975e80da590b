//! The guides, by what they are for.

use maud::{Markup, html};

use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::gallery::Sample;
use crate::guide::{Guide, Shelf};
use crate::layout::{Head, Nav, Page, Portal, Visit};
use crate::route::ApiReference;

/// The guides for the readers of one portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List {
    /// The portal.
    pub portal: Portal,
}

impl List {
    fn shelf(self, shelf: Shelf) -> Markup {
        let all = Guide::ALL.into_iter().filter(|guide| guide.shelf() == shelf && guide.is_for(self.portal));
        let id = match shelf {
            Shelf::Basics => "basics",
            Shelf::Recipes => "recipes",
            Shelf::Reference => "reference",
        };
        let content = html! {
            ul.reading {
                @for guide in all { li { (guide) p.muted { "To " (guide.purpose()) "." } } }
                @if shelf == Shelf::Reference && self.portal == Portal::Vendor {
                    li {
                        a.guide href=(ApiReference) { (Icon::Book) span { "The API" } }
                        p.muted { "To do by program what the portal does." }
                    }
                }
            }
        };
        html! { (Card::flush(id, shelf.title(), content)) }
    }
}

impl Page for List {
    fn title(&self) -> String {
        "Guides".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("How to do things here. The hub has them all, so they are there without the internet.")
    }

    fn body(&self, _visit: &Visit) -> Markup {
        html! { div.readable.stack { @for shelf in Shelf::ALL { (self.shelf(shelf)) } } }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let page = |portal| List { portal };
    vec![
        Sample::vendor("guide-list-vendor", Nav::Guides, &page(Portal::Vendor)),
        Sample::customer("guide-list-customer", Nav::Guides, &page(Portal::Customer)),
    ]
}
