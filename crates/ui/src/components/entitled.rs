//! Who is entitled to one thing of the vendor's.

use maud::{Markup, html};

use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::table::{Table, text};

/// What the section says of one kind of thing.
pub struct Words {
    /// That every customer may have it.
    pub everybody: &'static str,
    /// Why, and until when.
    pub because: &'static str,
    /// That no customer may.
    pub nobody: &'static str,
    /// What to do then.
    pub advice: &'static str,
    /// What the column of scopes is called.
    pub scope: &'static str,
}

/// The section, with a row of four cells (customer, entitlement, scope, end) for each entitlement; `None`: everybody may.
pub fn entitled_card(words: &Words, rows: Option<Vec<Vec<Markup>>>) -> Markup {
    let content = match rows {
        None => html! {
            div.body { (Alert::new(Tone::Info, words.everybody).detail(html! { p { (words.because) } })) }
        },
        Some(rows) if rows.is_empty() => html! {
            (EmptyState { icon: Icon::Lock, title: words.nobody, text: words.advice, action: None })
        },
        Some(rows) => {
            let columns = vec![text("Customer"), text("Entitlement"), text(words.scope), text("Until")];
            html! { (Table { caption: "Customers who are entitled", columns, rows }) }
        }
    };
    html! { (Card::flush("entitled", "Who is entitled", content)) }
}
