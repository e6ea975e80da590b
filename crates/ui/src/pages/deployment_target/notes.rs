//! Notes on a target. The vendor's and the customer's are apart, each unseen by the other.

use chrono::{DateTime, Utc};
use grantry_model::id::DeploymentTargetId;
use maud::{Markup, html};

use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::time;
use crate::form::FormState;
use crate::layout::{Portal, Visit};
use crate::route::TargetNotes;

/// The notes of the reader's side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// `notes`, and what is wrong with it.
    pub form: FormState<String>,
    /// When they were changed last.
    pub updated_at: Option<DateTime<Utc>>,
}

impl Notes {
    /// The section, as a form of its own if the reader may change them.
    pub(super) fn card(
        &self,
        target: DeploymentTargetId,
        portal: Portal,
        can_edit: bool,
        visit: &Visit,
    ) -> Markup {
        let about = match portal {
            Portal::Vendor => "Only your own people see them.",
            Portal::Customer => "Your vendor doesn’t see them.",
        };
        let form = &self.form;
        let content = html! {
            @if can_edit {
                form.stack.tight method="post" action=(TargetNotes { target }) {
                    (visit.csrf_field())
                    (Field::lines(5, "notes", "Notes on this target").value(&form.values).unmarked().error(form.error("notes")))
                    div.row {
                        (Button::new(Weight::Normal, "Save notes").submit())
                        @if let Some(at) = self.updated_at { span.muted { "Changed " (time::ago(at, visit.now)) } }
                    }
                }
            } @else if form.values.is_empty() { p.muted { "None." } } @else { p.verbatim { (form.values) } }
        };
        html! { (Card::padded("notes-card", "Notes", &content).about(html! { (about) })) }
    }
}
