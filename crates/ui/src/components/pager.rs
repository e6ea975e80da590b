//! The way through a long list, page by page.

use maud::{Markup, Render, html};

/// Where a page of a list stands. Lists are paged by key, so there are only the first and the next page.
#[derive(Debug, Clone)]
pub struct Pager {
    /// What is shown, such as “50 of 214 customers”.
    pub summary: String,
    /// Address of the first page, unless this is it.
    pub first: Option<String>,
    /// Address of the next page, if there is one.
    pub next: Option<String>,
}

impl Render for Pager {
    fn render(&self) -> Markup {
        html! {
            nav.pager aria-label="Pages" {
                span { (self.summary) }
                div.row {
                    @if let Some(first) = &self.first { a.btn href=(first) { "First page" } }
                    @if let Some(next) = &self.next { a.btn href=(next) rel="next" { "Next page" } }
                }
            }
        }
    }
}
