//! What stands where a list has nothing to show.

use maud::{Markup, Render, html};

use crate::components::icon::Icon;

/// An empty list: what it is for, and the way to its first entry.
#[derive(Debug, Clone)]
pub struct EmptyState<'a> {
    /// A picture of what is listed.
    pub icon: Icon,
    /// What is not there.
    pub title: &'a str,
    /// What the thing is for, or how to see more.
    pub text: &'a str,
    /// The way to the first entry, if the reader may make one.
    pub action: Option<Markup>,
}

impl Render for EmptyState<'_> {
    fn render(&self) -> Markup {
        html! {
            div.empty {
                span.disc { (self.icon) }
                div.grow {
                    p.strong { (self.title) }
                    p { (self.text) }
                }
                @if let Some(action) = &self.action { (action) }
            }
        }
    }
}
