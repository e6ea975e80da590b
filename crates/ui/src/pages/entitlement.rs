//! What the entitlements to applications and to artifacts have in common: whom they are for, the form around them, and how
//! they stand in lists.

use chrono::{DateTime, Utc};
use grantry_model::id::CustomerId;
use maud::{Markup, html};

use crate::components::alert::{Alert, form_errors};
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::entitled::{Words, entitled_card};
use crate::components::field::Field;
use crate::components::size::{counted, some_of};
use crate::components::table::{Table, actions, text};
use crate::form::{FormState, Step};
use crate::gallery;
use crate::layout::{Crumb, Visit};
use crate::pages::license_key::Owner;
use crate::route::{CustomerLicenses, Licenses};
use crate::validity::until_cell;

/// So many versions or tags are written out beside a choice.
const NAMED: usize = 6;

/// What an expression covers now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matches {
    /// How many versions or tags there are.
    pub count: u64,
    /// The newest of them; ten are enough.
    pub newest: Vec<String>,
}

impl Matches {
    /// Some of the names, and how many more there are.
    pub(crate) fn words(&self) -> String {
        some_of(&self.newest, NAMED, self.count)
    }
}

/// The way to what belongs to a customer.
pub(super) fn way_to(customer: Option<(CustomerId, &str)>) -> Vec<Crumb> {
    let customer = customer.map(|(customer, name)| Crumb::new(name, &CustomerLicenses { customer }));
    std::iter::once(Crumb::new("Licenses", &Licenses)).chain(customer).collect()
}

/// The name of an entitlement, as a link for who may open it.
pub(super) fn name_or_link(name: &str, to: &impl ToString, can_open: bool) -> Markup {
    html! { @if can_open { a.link href=(to.to_string()) { (name) } } @else { (name) } }
}

/// An entitlement in a table.
pub(super) struct Line<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// What it grants.
    pub(super) grants: Markup,
    /// When it ends; `None` for never.
    pub(super) expires_at: Option<DateTime<Utc>>,
    /// Address of its form.
    pub(super) edit: String,
    /// Address of the question before it is deleted.
    pub(super) delete: String,
}

impl Line<'_> {
    fn cells(self, can_edit: bool, now: DateTime<Utc>) -> Vec<Markup> {
        let mut cells = vec![
            html! { @if can_edit { a href=(self.edit) { (self.name) } } @else { (self.name) } },
            self.grants,
            until_cell(self.expires_at, now),
        ];
        if can_edit {
            cells.push(html! {
                (Button::new(Weight::Quiet, "Edit").about(self.name).link(self.edit))
                (Button::new(Weight::Quiet, "Delete").about(self.name).link(self.delete))
            });
        }
        cells
    }
}

/// A table of a customer's entitlements.
pub(super) fn table<'a>(
    caption: &'static str,
    lines: impl Iterator<Item = Line<'a>>,
    can_edit: bool,
    now: DateTime<Utc>,
) -> Markup {
    let mut columns = vec![text("Name"), text("Grants"), text("Until")];
    if can_edit {
        columns.push(actions());
    }
    let rows = lines.map(|line| line.cells(can_edit, now)).collect();
    html! { (Table { caption, columns, rows }) }
}

/// A customer who is entitled to something: `R` leads to the entitlement, and `S` says to which of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitled<R, S> {
    /// The customer.
    pub customer: Owner,
    /// By what.
    pub entitlement: R,
    /// To what.
    pub scope: S,
    /// Until when; `None` for ever.
    pub until: Option<DateTime<Utc>>,
}

/// Who may have one application or artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access<R, S> {
    /// Every customer may, because the organization does not restrict things of its kind.
    Open,
    /// Those of the list may; by customer, then entitlement.
    Restricted(Vec<Entitled<R, S>>),
}

impl<R, S> Access<R, S> {
    /// The section that says so; `shown` gives the link to an entitlement, and its scope in words.
    pub(super) fn card(
        &self,
        words: &Words,
        shown: impl Fn(&R, &S) -> (Markup, Markup),
        now: DateTime<Utc>,
    ) -> Markup {
        let cells = |one: &Entitled<R, S>| {
            let to = CustomerLicenses { customer: one.customer.customer };
            let (by, scope) = shown(&one.entitlement, &one.scope);
            vec![html! { a href=(to) { (one.customer.name) } }, by, scope, until_cell(one.until, now)]
        };
        let rows = match self {
            Self::Open => None,
            Self::Restricted(all) => Some(all.iter().map(cells).collect()),
        };
        entitled_card(words, rows)
    }
}

/// The form around what an entitlement grants.
pub(super) struct Frame<'a> {
    /// Where it is sent.
    pub(super) to: &'a str,
    /// The words of its button.
    pub(super) save: &'a str,
    /// The customer, if it is fixed.
    pub(super) customer: Option<&'a Owner>,
    /// What is wrong and has no place at an input.
    pub(super) errors: Vec<&'a str>,
    /// The day on which it ends, as typed.
    pub(super) until: &'a str,
}

impl Frame<'_> {
    /// The form with its inputs, and beside them what saving would grant.
    pub(super) fn render(&self, inputs: &Markup, granted: &Markup, visit: &Visit) -> Markup {
        html! {
            (form_errors(&self.errors))
            form.cols method="post" action=(self.to) data-grants {
                div.stack {
                    // The first button of a form is the one that the enter key presses.
                    button.sr type="submit" name="step" value=(Step::Save) tabindex="-1" aria-hidden="true" { (self.save) }
                    (visit.csrf_field())
                    (inputs)
                    div.row {
                        button.btn.primary type="submit" name="step" value=(Step::Save) { (self.save) }
                        (Button::new(Weight::Normal, "Cancel").link(self.back()))
                    }
                }
                div.stack.follow { (self.preview(granted)) }
            }
        }
    }

    /// What would be granted; script keeps it up to date, without it a button does.
    fn preview(&self, granted: &Markup) -> Markup {
        let content = html! {
            div id="granted" data-live aria-live="polite" {
                (granted)
                @if !self.until.is_empty() { p.muted.after { "Until " (self.until) "." } }
            }
            button.btn.unscripted.after type="submit" name="step" value=(Step::Preview) formnovalidate { "Update" }
        };
        html! { (Card::padded("preview", "What will be granted", &content)) }
    }

    /// The customer whose page this came from, or all of them.
    fn back(&self) -> String {
        let at = |owner: &Owner| CustomerLicenses { customer: owner.customer }.to_string();
        self.customer.map_or_else(|| Licenses.to_string(), at)
    }
}

/// The input that chooses the customer, unless it is fixed.
pub(super) fn customer_field<V>(
    form: &FormState<V>,
    fixed: Option<&Owner>,
    (all, chosen): (&[Owner], &str),
) -> Markup {
    let error = form.error("customerOrganizationId");
    let all = all.iter().map(|owner| (owner.customer.to_string(), owner.name.clone()));
    let choices = std::iter::once((String::new(), "Choose a customer".to_owned())).chain(all).collect();
    html! {
        @match fixed {
            Some(owner) => {
                input type="hidden" name="customerOrganizationId" value=(owner.customer);
                dl { dt { "Customer" } dd { (owner.name) } }
                @if let Some(error) = error { p.error { (error) } }
            }
            None => (Field::choice(choices, "customerOrganizationId", "Customer").value(chosen).required().error(error)),
        }
    }
}

/// What the organization's first entitlement of a kind changes for everybody.
pub(super) struct FirstOfAll<'a> {
    /// How many customers there are.
    pub(super) customers: u64,
    /// What all of them see until now, such as “3 applications”.
    pub(super) things: String,
    /// The kind, as in “application entitlement”.
    pub(super) kind: &'a str,
    /// What each of them does from then on, as in “sees and deploys”.
    pub(super) does: &'a str,
    /// The same of all of them, as in “deploy”.
    pub(super) all_do: &'a str,
    /// What becomes of what they have, a sentence; empty if there is nothing to say.
    pub(super) meanwhile: &'a str,
}

impl FirstOfAll<'_> {
    /// The warning, with the box that has to be checked.
    pub(super) fn render(&self, is_confirmed: bool, error: Option<&str>) -> Markup {
        let others = self.customers.saturating_sub(1);
        let detail = html! {
            p {
                "Until now " (counted(self.customers, "customer sees", "customers see")) " all of your " (self.things)
                ". As soon as this is saved, each " (self.does) " only what it is entitled to: "
                @if others > 0 { (counted(others, "other customer", "other customers")) " will see nothing until there is an entitlement for them, too." }
                @else { "only what stands above." }
            }
            p { (self.meanwhile) @if !self.meanwhile.is_empty() { " " } "An administrator can lift this under Settings." }
            div.check.after {
                input type="checkbox" id="confirm" name="confirm" value="true" checked[is_confirmed] required
                    aria-describedby=[error.map(|_| "confirm-error")] aria-invalid=[error.map(|_| "true")];
                label for="confirm" { "From now on customers " (self.all_do) " only what they are entitled to." }
            }
            @if let Some(error) = error { p.error id="confirm-error" { (error) } }
        };
        let title = format!("This is your organization’s first {}.", self.kind);
        html! { (Alert::new(Tone::Warning, title).detail(detail)) }
    }
}

/// The customer of the samples.
pub(super) fn sample_customer() -> Owner {
    Owner { customer: gallery::id::<CustomerId>(101), name: "Initech GmbH".to_owned() }
}
