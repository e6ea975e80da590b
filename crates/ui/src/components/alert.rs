//! Messages that stand above what they are about.

use maud::{Markup, Render, html};

use crate::components::badge::Tone;
use crate::components::icon::Icon;

/// A message.
#[derive(Debug, Clone)]
pub struct Alert {
    /// How serious it is.
    pub tone: Tone,
    /// What happened, in one sentence.
    pub title: String,
    /// What follows from it or what to do.
    pub detail: Option<Markup>,
}

impl Alert {
    /// A message of one sentence.
    pub fn new(tone: Tone, title: impl Into<String>) -> Self {
        Self { tone, title: title.into(), detail: None }
    }

    /// Adds what follows from it or what to do.
    #[must_use]
    pub fn detail(mut self, detail: Markup) -> Self {
        self.detail = Some(detail);
        self
    }
}

impl Render for Alert {
    fn render(&self) -> Markup {
        let (icon, role) = match self.tone {
            Tone::Good => (Icon::Check, "status"),
            Tone::Bad => (Icon::Alert, "alert"),
            Tone::Warning => (Icon::Alert, "note"),
            Tone::Info | Tone::Neutral => (Icon::Shield, "note"),
        };
        html! {
            div class={ "note " (self.tone.class()) } role=(role) {
                (icon)
                div {
                    p.strong { (self.title) }
                    @if let Some(detail) = &self.detail { (detail) }
                }
            }
        }
    }
}

/// The errors that belong to no field of a form, if any.
pub fn form_errors(messages: &[&str]) -> Markup {
    html! {
        @for message in messages { (Alert::new(Tone::Bad, *message)) }
    }
}
