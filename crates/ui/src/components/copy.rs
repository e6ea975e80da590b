//! Texts ready to copy. Without script they can be selected with one click; with it, a button copies them.

use maud::{Markup, html};

use crate::components::button::Weight;
use crate::components::icon::Icon;

/// A short text on one line with a small copy button.
pub fn copyable(text: &str, what: &str) -> Markup {
    html! {
        span.ref {
            code data-copy-source { (text) }
            button.copy type="button" data-copy aria-label={ "Copy " (what) } { (Icon::Copy) }
        }
    }
}

/// A text that is shown shortened; the button copies all of it, and the tooltip shows it.
pub fn copyable_as(shown: &str, whole: &str, what: &str) -> Markup {
    html! {
        span.ref {
            code title=(whole) { (shown) }
            span.sr data-copy-source { (whole) }
            button.copy type="button" data-copy aria-label={ "Copy " (what) } { (Icon::Copy) }
        }
    }
}

/// A button that copies the text of the element with the id `source`.
pub fn copy_button(source: &str, label: &str, weight: Weight) -> Markup {
    let class = if weight == Weight::Primary { "btn primary" } else { "btn" };
    html! {
        button class=(class) type="button" data-copy=(source) { (Icon::Copy) span { (label) } }
    }
}

/// A block of text, such as a command or a key, with a copy button in its corner.
pub fn snippet(id: &str, text: &str, what: &str) -> Markup {
    snippet_of(id, &html! { (text) }, what)
}

/// A block of text that is marked up; its words are what is copied.
pub(crate) fn snippet_of(id: &str, text: &Markup, what: &str) -> Markup {
    html! {
        div.snippet {
            pre tabindex="0" id=(id) aria-label=(what) { code { (text) } }
            button.copy type="button" data-copy=(id) aria-label={ "Copy " (what) } { (Icon::Copy) }
        }
    }
}
