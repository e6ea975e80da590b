//! What the Licenses section says when the organization's plan does not include license management.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Nav, Page, Visit};

/// The explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The name of the plan in force, such as “Community”.
    pub plan: String,
    /// The organization's slug, for the operator's command.
    pub slug: String,
    /// When the plan that included it ended, if there was one.
    pub ended: Option<DateTime<Utc>>,
}

impl Page for Locked {
    fn title(&self) -> String {
        "Licenses".to_owned()
    }

    fn body(&self, visit: &Visit) -> Markup {
        let content = html! {
            div.stack.tight {
                p {
                    "License management decides, customer by customer, what your software may do. It comes with the plans pro, enterprise and pro trial. Your organization is on the plan " strong { (self.plan) } "."
                }
                @if let Some(ended) = self.ended {
                    p { "The plan that included it ended " (time::ago(ended, visit.now)) "." }
                }
                p.muted { "Nothing was deleted. Tokens that you have issued go on working until they expire, and everything is back as soon as the plan is." }
                p.muted { "Whoever operates this hub changes the plan with" }
                pre tabindex="0" aria-label="Command" { code { "grantry organization plan " (self.slug) " pro" } }
            }
        };
        let about = html! { (Icon::Lock) " Not part of your plan" };
        html! { div.narrow { (Card::padded("locked", "License management", &content).about(about)) } }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let never = Locked { plan: "Community".to_owned(), slug: "northwind".to_owned(), ended: None };
    let ended = Locked { ended: Some(gallery::days(-9)), ..never.clone() };
    vec![
        Sample::vendor("license-locked-never", Nav::Licenses, &never),
        Sample::vendor("license-locked-ended", Nav::Licenses, &ended),
    ]
}
