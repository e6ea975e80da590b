//! “Why?” as a form with its answer: what both kinds of entitlements ask and answer in the same way.

use chrono::{DateTime, Utc};
use grantry_model::id::CustomerId;
use maud::{Markup, html};

use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::time;
use crate::route::CustomerLicenses;

/// What is asked for; its names stand in the query.
pub(super) struct Input<'a> {
    /// The name of the input.
    pub(super) name: &'a str,
    /// Its label.
    pub(super) label: &'a str,
    /// What was asked.
    pub(super) value: &'a str,
}

/// The question.
pub(super) struct Question<'a> {
    /// Id of its section.
    pub(super) id: &'a str,
    /// Heading.
    pub(super) title: &'a str,
    /// What it answers, in a sentence.
    pub(super) about: &'a str,
    /// The application or artifact, and the names to propose.
    pub(super) thing: (Input<'a>, &'a [String]),
    /// The version, tag or digest of it.
    pub(super) part: Input<'a>,
    /// What its button is about.
    pub(super) button: &'a str,
}

impl Question<'_> {
    /// The section, with the answer beneath if something was asked.
    pub(super) fn card(&self, customer: CustomerId, answer: Option<&Markup>) -> Markup {
        let (to, (thing, names), part) = (CustomerLicenses { customer }, &self.thing, &self.part);
        let list = format!("{}-names", thing.name);
        let content = html! {
            form.stack.tight method="get" action={ (to) "#" (self.id) } {
                div.field {
                    label for=(thing.name) { (thing.label) }
                    input type="text" id=(thing.name) name=(thing.name) value=(thing.value) list=(list) required autocomplete="off";
                    datalist id=(list) { @for name in *names { option value=(name) {} } }
                }
                div.field {
                    label for=(part.name) { (part.label) }
                    input type="text" id=(part.name) name=(part.name) value=(part.value) required autocomplete="off";
                }
                div { (Button::new(Weight::Normal, "Why?").about(self.button).submit()) }
            }
            @if let Some(answer) = answer { (answer) }
        };
        html! { (Card::padded(self.id, self.title, &content).about(html! { (self.about) })) }
    }
}

/// What the answer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The customer may.
    Allowed,
    /// The customer may not.
    NotAllowed,
    /// There is nothing to have or not.
    NotThere,
}

/// An answer: what it comes to, what was asked about, and the rule.
pub(super) fn answer(verdict: Verdict, asked: &Markup, rule: &Markup) -> Markup {
    let (tone, words) = match verdict {
        Verdict::Allowed => (Tone::Good, "Allowed"),
        Verdict::NotAllowed => (Tone::Bad, "Not allowed"),
        Verdict::NotThere => (Tone::Neutral, "Not there"),
    };
    html! {
        div.answer role="status" {
            p { (Badge::new(tone, words)) " " (asked) }
            (rule)
        }
    }
}

/// Until when something is granted; nothing for what is granted for ever.
pub(super) fn until(end: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Markup {
    html! { @if let Some(end) = end { p.muted { "Until " (time::day(end)) ", " (time::relative(end, now)) "." } } }
}
