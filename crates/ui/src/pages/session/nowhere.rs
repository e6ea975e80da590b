//! What somebody sees who has signed in but is a member of nothing, or not any more of what they acted in.

use maud::{Markup, html};

use crate::components::button::{Button, Weight};
use crate::gallery::{self, Sample};
use crate::layout::{Head, Membership, Page, Visit};
use crate::route::{SignOut, Switch};

/// The page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nowhere {
    /// Where they are a member and can go on.
    pub memberships: Vec<Membership>,
}

impl Nowhere {
    fn switches(&self, visit: &Visit) -> Markup {
        html! {
            section.card aria-label="Memberships" {
                div.body.stack.tight {
                    @for membership in &self.memberships {
                        form method="post" action=(Switch) {
                            (visit.csrf_field())
                            input type="hidden" name="organization" value=(membership.organization);
                            button.item type="submit" {
                                span { (membership.name) span.sub { (membership.place()) " · " (membership.role.label()) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Page for Nowhere {
    fn title(&self) -> String {
        "No membership".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead(if self.memberships.is_empty() {
            "You are signed in, but a member of no organization (any more). An administrator can invite you again."
        } else {
            "You are not a member of this organization any more. Go on in another one:"
        })
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            @if !self.memberships.is_empty() { (self.switches(visit)) }
            form method="post" action=(SignOut) {
                (visit.csrf_field())
                (Button::new(Weight::Normal, "Sign out").submit())
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let others = Nowhere { memberships: gallery::vendor(crate::layout::Nav::Licenses).others };
    vec![
        Sample::bare("nowhere-none", &Nowhere { memberships: Vec::new() }),
        Sample::bare("nowhere-others", &others),
    ]
}
