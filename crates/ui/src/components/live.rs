//! Parts of a page that change while one looks. Script fetches the page again every few seconds and takes the parts
//! over; without it, loading the page again does.

use maud::{Markup, html};

use crate::components::icon::Icon;

/// Seconds between two looks.
const EVERY: u32 = 5;

/// A part that is kept fresh; `id` is unique in the page.
pub fn live(id: &str, content: &Markup) -> Markup {
    html! { div.stack id=(id) data-results data-every=(EVERY) { (content) } }
}

/// The badges beside a heading, kept fresh on a page that has [`live`] parts. A change of them is read out.
pub fn live_badges(content: &Markup) -> Markup {
    html! { div.row id="badges" data-results aria-live="polite" { (content) } }
}

/// A link that loads the page at `here` again, for readers without script.
pub fn reload(here: &str) -> Markup {
    html! { a.btn.unscripted href=(here) { (Icon::Again) "Reload" } }
}
