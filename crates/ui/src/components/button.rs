//! Buttons and links that look like one.

use std::fmt::Display;

use maud::{Markup, html};

use crate::components::icon::Icon;

/// How loud a button is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The one next step of a page.
    Primary,
    /// Any other step.
    Normal,
    /// A step in a row of a table.
    Quiet,
    /// A step that loses something.
    Danger,
}

/// A button, without what it does.
#[derive(Debug, Clone, Copy)]
pub struct Button<'a> {
    /// Its words.
    pub label: &'a str,
    /// How loud it is.
    pub weight: Weight,
    /// A picture before the words.
    pub icon: Option<Icon>,
    /// Words for assistive technology when the label alone does not say what it is about.
    pub about: Option<&'a str>,
}

impl<'a> Button<'a> {
    /// A button of the given loudness.
    pub fn new(weight: Weight, label: &'a str) -> Self {
        Self { label, weight, icon: None, about: None }
    }

    /// Adds a picture.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Names what the button is about, as in “Edit” + “FLEET_MAIN”.
    #[must_use]
    pub fn about(mut self, about: &'a str) -> Self {
        self.about = Some(about);
        self
    }

    /// A link that looks like the button.
    pub fn link(self, to: impl Display) -> Markup {
        html! { a class=(self.class()) href=(to) { (self.inside()) } }
    }

    /// A button that sends the form around it.
    pub fn submit(self) -> Markup {
        html! { button class=(self.class()) type="submit" { (self.inside()) } }
    }

    fn inside(self) -> Markup {
        html! {
            @if let Some(icon) = self.icon { (icon) }
            (self.label)
            @if let Some(about) = self.about { span.sr { " " (about) } }
        }
    }

    fn class(self) -> &'static str {
        match self.weight {
            Weight::Primary => "btn primary",
            Weight::Normal => "btn",
            Weight::Quiet => "btn quiet",
            Weight::Danger => "btn danger",
        }
    }
}
