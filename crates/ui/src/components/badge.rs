//! Small labels of state. The words carry the meaning; the colour only repeats it.

use maud::{Markup, Render, html};

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// No judgement.
    Neutral,
    /// As it should be.
    Good,
    /// Worth knowing.
    Info,
    /// Needs a look soon.
    Warning,
    /// Wrong, or about to be lost.
    Bad,
}

impl Tone {
    /// The class in the stylesheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Neutral => "plain",
            Self::Good => "ok",
            Self::Info => "info",
            Self::Warning => "warn",
            Self::Bad => "bad",
        }
    }
}

/// A label of state.
#[derive(Debug, Clone)]
pub struct Badge {
    /// Its colour.
    pub tone: Tone,
    /// Its words.
    pub text: String,
}

impl Badge {
    /// A label of state.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into() }
    }
}

impl Render for Badge {
    fn render(&self) -> Markup {
        html! { span class={ "badge " (self.tone.class()) } { (self.text) } }
    }
}
