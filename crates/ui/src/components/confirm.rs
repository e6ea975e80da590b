//! The one question before something is lost.

use std::fmt::Display;

use maud::{Markup, html};

use crate::components::button::{Button, Weight};
use crate::components::icon::Icon;

/// A question with what is lost, a button that goes through with it and a link that does not.
#[derive(Debug, Clone)]
pub struct Confirm<'a> {
    /// What will happen, in one sentence.
    pub sentence: Markup,
    /// What is lost or follows, a line each.
    pub losses: Vec<Markup>,
    /// Hidden fields of the form, the CSRF token among them.
    pub fields: Markup,
    /// The words of the button.
    pub action: &'a str,
}

impl Confirm<'_> {
    /// The question as a form that posts to `to` and leads back to `cancel`.
    pub fn form(&self, to: impl Display, cancel: impl Display) -> Markup {
        html! {
            section.card.narrow {
                form.body.stack method="post" action=(to) {
                    (self.fields)
                    p { (self.sentence) }
                    @if !self.losses.is_empty() {
                        ul.losses { @for loss in &self.losses { li { (loss) } } }
                    }
                    div.row {
                        (Button::new(Weight::Danger, self.action).icon(Icon::Trash).submit())
                        (Button::new(Weight::Normal, "Cancel").link(cancel))
                    }
                }
            }
        }
    }
}
