//! The form that a new and an existing artifact entitlement share: what it is, its rows, and what they would grant.

use maud::{Markup, html};

use super::fields::{EntitlementValues, GrantValues, NAMES, ScopeChoice};
use super::grant::{GrantRow, ManifestChoice, TagChoice};
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::icon::Icon;
use crate::components::size::counted;
use crate::form::{FormState, Step};
use crate::gallery;
use crate::layout::Visit;
use crate::pages::artifact::ArtifactChoice;
use crate::pages::entitlement::{FirstOfAll, Frame, Matches, customer_field};
use crate::pages::license_key::Owner;

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
        let inputs = html! {
            (self.about())
            (self.grants())
            @if let Some(first) = &self.first { (self.first(first)) }
        };
        let (errors, until) = (self.form.others(&NAMES), &*self.form.values.expires_at);
        let frame = Frame { to, save, customer: self.customer.as_ref(), errors, until };
        frame.render(&inputs, &self.preview(), visit)
    }

    fn about(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        html! {
            section.card aria-label="Entitlement" {
                div.body.stack.tight.roomy {
                    (customer_field(form, self.customer.as_ref(), (&self.customers, &values.customer)))
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
        let warning = FirstOfAll {
            customers: first.customers,
            things: counted(first.artifacts, "artifact", "artifacts"),
            kind: "artifact entitlement",
            does: "sees",
            all_do: "see",
            meanwhile: "",
        };
        warning.render(self.form.values.confirmed, self.form.error("confirm"))
    }

    fn preview(&self) -> Markup {
        let granted: Vec<Markup> =
            self.rows.iter().filter_map(|row| row.granted(&self.artifacts)).map(|one| one.render()).collect();
        html! {
            @if granted.is_empty() { p.muted { "Nothing yet." } } @else { ul.sees { @for one in &granted { (one) } } }
        }
    }
}

/// The artifacts of the samples.
pub(super) fn sample_artifacts() -> Vec<ArtifactChoice> {
    let one = |number, name: &str| ArtifactChoice { artifact: gallery::id(number), name: name.to_owned() };
    vec![one(601, "charts/fleet"), one(602, "fleet/api"), one(603, "fleet/worker"), one(606, "manuals")]
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
