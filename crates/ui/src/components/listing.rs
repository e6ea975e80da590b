//! A list that a text filters and that is read page by page. Script filters as one types.

use maud::{Markup, html};

use crate::components::button::{Button, Weight};
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::pager::Pager;
use crate::route::Query;

/// Where a reader is in a list.
#[derive(Debug, Clone)]
pub struct Listing<'a> {
    /// Address of the list.
    pub list: String,
    /// The text that filters it.
    pub q: &'a str,
    /// The cursor that led to this page, empty for the first one.
    pub after: &'a str,
    /// The cursor of the next page, if there is one.
    pub next: Option<&'a str>,
}

impl<'a> Listing<'a> {
    /// The place in the list of this address.
    pub fn of(list: &impl ToString, q: &'a str, (after, next): (&'a str, Option<&'a str>)) -> Self {
        Self { list: list.to_string(), q, after, next }
    }

    /// The field that filters. Its label says by what, as “Filter secrets by key” does.
    pub fn filter(&self, label: &str, placeholder: &str) -> Markup {
        html! {
            form.search method="get" action=(self.list) data-filter {
                (Icon::Search)
                label.sr for="q" { (label) }
                input id="q" type="search" name="q" value=(self.q) placeholder=(placeholder);
            }
        }
    }

    /// What stands there if nothing fits the text: a title such as “No secret fits”, and the way to the whole list.
    pub fn nothing_fits(&self, title: &str) -> Markup {
        let action = Some(Button::new(Weight::Normal, "Show all").link(&self.list));
        html! { (EmptyState { icon: Icon::Search, title, text: "Change the text to see others.", action }) }
    }

    /// The way to the other pages, with what is shown on this one.
    pub fn pager(&self, summary: String) -> Pager {
        let at =
            |after: &str| format!("{}{}", self.list, Query::default().with("q", self.q).with("after", after));
        Pager { summary, first: (!self.after.is_empty()).then(|| at("")), next: self.next.map(at) }
    }
}
