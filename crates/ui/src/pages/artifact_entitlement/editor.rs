//! The form that a new and an existing artifact entitlement share: what it is, its rows, and what they would grant.

use grantry_model::id::CustomerId;
use maud::{Markup, html};

use super::fields::{EntitlementValues, GrantValues, NAMES, ScopeChoice};
use super::grant::{GrantRow, ManifestChoice, Matches, TagChoice};
use crate::components::alert::{Alert, form_errors};
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::icon::Icon;
use crate::components::size::counted;
use crate::form::{FormState, Step};
use crate::gallery;
use crate::layout::Visit;
use crate::pages::artifact::ArtifactChoice;
use crate::pages::license_key::Owner;
use crate::route::{CustomerLicenses, Licenses};

/// What the organization's first artifact entitlement changes for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// How many customers the organization has.
    pub customers: u64,
    /// How many artifacts it has, which all of them see until now.
    pub artifacts: u64,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    /// What stands above the rows, and what is wrong with it: `customerOrganizationId`, `name`, `expiresAt`, `artifacts`,
    /// `confirm`.
    pub form: FormState<EntitlementValues>,
    /// The customer, if it is fixed.
    pub customer: Option<Owner>,
    /// The customers to choose from, by name, if it is not.
    pub customers: Vec<Owner>,
    /// The artifacts to choose from, by name.
    pub artifacts: Vec<ArtifactChoice>,
    /// The rows.
    pub rows: Vec<GrantRow>,
    /// What saving changes for everybody, if this is the organization's first.
    pub first: Option<First>,
}

impl Editor {
    /// The form, which posts to `to` and saves by a button of these words.
    pub(super) fn render(&self, to: &str, save: &str, visit: &Visit) -> Markup {
        html! {
            (form_errors(&self.form.others(&NAMES)))
            form.cols method="post" action=(to) data-grants {
                div.stack {
                    // The first button of a form is the one that the enter key presses.
                    button.sr type="submit" name="step" value=(Step::Save) tabindex="-1" aria-hidden="true" { (save) }
                    (visit.csrf_field())
                    (self.about())
                    (self.grants())
                    @if let Some(first) = &self.first { (self.first(first)) }
                    div.row {
                        button.btn.primary type="submit" name="step" value=(Step::Save) { (save) }
                        (Button::new(Weight::Normal, "Cancel").link(self.back()))
                    }
                }
                div.stack.follow { (self.preview()) }
            }
        }
    }

    /// The customer whose page this came from, or all of them.
    fn back(&self) -> String {
        let at = |owner: &Owner| CustomerLicenses { customer: owner.customer }.to_string();
        self.customer.as_ref().map_or_else(|| Licenses.to_string(), at)
    }

    fn about(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let none = (String::new(), "Choose a customer".to_owned());
        let all = self.customers.iter().map(|owner| (owner.customer.to_string(), owner.name.clone()));
        let choices = std::iter::once(none).chain(all).collect();
        html! {
            section.card aria-label="Entitlement" {
                div.body.stack.tight.roomy {
                    @match &self.customer {
                        Some(owner) => {
                            input type="hidden" name="customerOrganizationId" value=(owner.customer);
                            dl { dt { "Customer" } dd { (owner.name) } }
                            @if let Some(error) = form.error("customerOrganizationId") { p.error { (error) } }
                        }
                        None => (Field::choice(choices, "customerOrganizationId", "Customer").value(&values.customer).required()
                            .error(form.error("customerOrganizationId"))),
                    }
                    (Field::line("text", "name", "Name").value(&values.name).required().autocomplete("off").error(form.error("name"))
                        .hint("For your own people. Unique for the customer."))
                    (Field::line("date", "expiresAt", "Until").value(&values.expires_at).error(form.error("expiresAt"))
                        .hint("From 00:00 UTC of that day on the customer can’t pull by it. Empty for ever."))
                }
            }
        }
    }

    fn grants(&self) -> Markup {
        let content = html! {
            div.body.stack id="grants" {
                @if self.rows.is_empty() { p.muted { "No artifact is granted yet." } }
                @for (number, row) in self.rows.iter().enumerate() { (row.render(number, &self.artifacts)) }
                @if let Some(error) = self.form.error("artifacts") { p.error { (error) } }
                @if self.artifacts.is_empty() { p.muted { "Your organization has no artifacts yet. The first push makes one." } } @else {
                    div {
                        button.btn type="submit" name="step" value=(Step::Add) formnovalidate data-add { (Icon::Plus) "Add artifact" }
                    }
                }
            }
        };
        html! { (Card::flush("artifacts", "What it grants", content)) }
    }

    fn first(&self, first: &First) -> Markup {
        let others = first.customers.saturating_sub(1);
        let error = self.form.error("confirm");
        let detail = html! {
            p {
                "Until now " (counted(first.customers, "customer sees", "customers see")) " all of your "
                (counted(first.artifacts, "artifact", "artifacts")) ". As soon as this is saved, each sees only what it is entitled to: "
                @if others > 0 { (counted(others, "other customer", "other customers")) " will see nothing until there is an entitlement for them, too." }
                @else { "only what stands above." }
            }
            p { "An administrator can lift this under Settings." }
            div.check.after {
                input type="checkbox" id="confirm" name="confirm" value="true" checked[self.form.values.confirmed] required
                    aria-describedby=[error.map(|_| "confirm-error")] aria-invalid=[error.map(|_| "true")];
                label for="confirm" { "From now on customers see only what they are entitled to." }
            }
            @if let Some(error) = error { p.error id="confirm-error" { (error) } }
        };
        html! { (Alert::new(Tone::Warning, "This is your organization’s first artifact entitlement.").detail(detail)) }
    }

    fn preview(&self) -> Markup {
        let granted: Vec<Markup> =
            self.rows.iter().filter_map(|row| row.granted(&self.artifacts)).map(|one| one.render()).collect();
        let until = &self.form.values.expires_at;
        let content = html! {
            div id="granted" data-live aria-live="polite" {
                @if granted.is_empty() { p.muted { "Nothing yet." } } @else { ul.sees { @for one in &granted { (one) } } }
                @if !until.is_empty() { p.muted.after { "Until " (until) "." } }
            }
            button.btn.unscripted.after type="submit" name="step" value=(Step::Preview) formnovalidate { "Update" }
        };
        html! { (Card::padded("preview", "What will be granted", &content)) }
    }
}

/// The artifacts of the samples.
pub(super) fn sample_artifacts() -> Vec<ArtifactChoice> {
    let one = |number, name: &str| ArtifactChoice { artifact: gallery::id(number), name: name.to_owned() };
    vec![one(601, "charts/fleet"), one(602, "fleet/api"), one(603, "fleet/worker"), one(606, "manuals")]
}

/// The customer of the samples.
pub(super) fn sample_customer() -> Owner {
    Owner { customer: gallery::id::<CustomerId>(101), name: "Initech GmbH".to_owned() }
}

/// A row of the samples.
pub(super) fn sample_row(artifact: u128, scope: ScopeChoice) -> GrantRow {
    let names = ["3.1.0", "3.1", "3", "latest", "3.0.4", "3.0", "3.0.3", "2.8.4", "2.8.3-p1", "2.8.3"];
    let newest: Vec<String> = names.map(str::to_owned).to_vec();
    let tag = |(days, name): (i64, &&str)| TagChoice {
        name: (*name).to_owned(),
        pushed_at: Some(gallery::days(-6 * days)),
    };
    let values = GrantValues {
        artifact: gallery::id::<uuid::Uuid>(artifact).to_string(),
        scope,
        tags: vec!["3.1.0".to_owned(), "2.8.3-p1".to_owned()],
        pattern: "3.*".to_owned(),
        range: ">=3, <4".to_owned(),
        ..GrantValues::default()
    };
    GrantRow {
        form: FormState::fresh(values),
        tags_now: 38,
        newest: newest.clone(),
        tags: (0..).zip(&names).map(tag).collect(),
        more: 28,
        manifests: Vec::new(),
        pattern: Matches { count: 11, newest: newest[..2].to_vec() },
        range: Matches { count: 7, newest: newest[..1].to_vec() },
    }
}

/// A chosen manifest of the samples.
pub(super) fn sample_manifest() -> ManifestChoice {
    ManifestChoice {
        manifest: gallery::id(651),
        digest: format!("sha256:{}", "4f1c7d9e0ab35c22".repeat(4)),
        tags: Vec::new(),
    }
}
