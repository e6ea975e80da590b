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
    /// Who reads it.
    pub reader: Reader,
}

/// Who reads the explanation, and what they have to know for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// The vendor's staff.
    Vendor {
        /// The name of the plan in force, such as “Community”.
        plan: String,
        /// The organization's slug, for the operator's command.
        slug: String,
        /// When the plan that included it ended, if there was one.
        ended: Option<DateTime<Utc>>,
    },
    /// A customer's member.
    Customer {
        /// The vendor's name.
        vendor: String,
    },
}

impl Page for Locked {
    fn title(&self) -> String {
        "Licenses".to_owned()
    }

    fn body(&self, visit: &Visit) -> Markup {
        match &self.reader {
            Reader::Vendor { plan, slug, ended } => vendor(plan, slug, *ended, visit),
            Reader::Customer { vendor } => customer(vendor),
        }
    }
}

fn customer(vendor: &str) -> Markup {
    let content = html! {
        div.stack.tight {
            p { "Licenses are not available here at the moment. " strong { (vendor) } " can tell you more." }
            p.muted { "Tokens that you have go on working until they expire." }
        }
    };
    html! { div.narrow { (Card::padded("locked", "Not available", &content)) } }
}

fn vendor(plan: &str, slug: &str, ended: Option<DateTime<Utc>>, visit: &Visit) -> Markup {
    let content = html! {
        div.stack.tight {
            p {
                "License management decides, customer by customer, what your software may do. It comes with the plans pro, enterprise and pro trial. Your organization is on the plan " strong { (plan) } "."
            }
            @if let Some(ended) = ended {
                p { "The plan that included it ended " (time::ago(ended, visit.now)) "." }
            }
            p.muted { "Nothing was deleted. Tokens that you have issued go on working until they expire, and everything is back as soon as the plan is." }
            p.muted { "Whoever operates this hub changes the plan with" }
            pre tabindex="0" aria-label="Command" { code { "grantry organization plan " (slug) " pro" } }
        }
    };
    let about = html! { (Icon::Lock) " Not part of your plan" };
    html! { div.narrow { (Card::padded("locked", "License management", &content).about(about)) } }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let vendor = |ended| Locked {
        reader: Reader::Vendor { plan: "Community".to_owned(), slug: "northwind".to_owned(), ended },
    };
    let (never, ended) = (vendor(None), vendor(Some(gallery::days(-9))));
    let customer = Locked { reader: Reader::Customer { vendor: "Northwind Robotics".to_owned() } };
    vec![
        Sample::vendor("license-locked-never", Nav::Licenses, &never),
        Sample::vendor("license-locked-ended", Nav::Licenses, &ended),
        Sample::customer("license-locked-customer", Nav::Licenses, &customer),
    ]
}
