//! Artifact entitlements: what a customer may pull, and until when.

use chrono::{DateTime, Utc};
use grantry_model::id::{ArtifactEntitlementId, ArtifactId};
use maud::{Markup, html};

use crate::components::size::{counted, some_of};
use crate::pages::entitlement::{self, Line, name_or_link};
use crate::route::{DeleteArtifactEntitlement, EditArtifactEntitlement};

pub mod delete;
pub mod edit;
pub mod editor;
pub mod fields;
pub mod grant;
pub mod new;

/// The scope of a grant, with what it covers now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Tags chosen by name, and manifests whatever their tags.
    Chosen {
        /// The tags, by name.
        tags: Vec<String>,
        /// How many manifests are chosen beside them.
        manifests: u64,
    },
    /// The tags that there were when it was saved.
    Current {
        /// How many of them there are now.
        tags: u64,
    },
    /// Every tag, now and later.
    All {
        /// How many there are now.
        tags: u64,
    },
    /// Tags whose name fits a pattern, now and later.
    Pattern {
        /// The pattern, with `*` and `?`.
        expression: String,
        /// How many fit now.
        tags: u64,
    },
    /// Tags that are versions in a range, now and later.
    Range {
        /// The range, as in `>=2, <3`.
        expression: String,
        /// How many lie in it now.
        tags: u64,
    },
}

/// So many tags are written out.
const NAMED: usize = 4;

impl Scope {
    /// What it covers, in words.
    pub(crate) fn words(&self) -> Markup {
        let now = |tags: &u64| counted(*tags, "tag now", "tags now");
        html! {
            @match self {
                Self::Chosen { tags, manifests } => (chosen(tags, *manifests)),
                Self::Current { tags } => { "The " (counted(*tags, "tag", "tags")) " of when it was saved" }
                Self::All { tags } => { "All tags, now and later" span.sub { (now(tags)) } }
                Self::Pattern { expression, tags } => { "Tags like " code { (expression) } span.sub { (now(tags)) ", and later ones that fit" } }
                Self::Range { expression, tags } => { "Versions " code { (expression) } span.sub { (now(tags)) ", and later ones in range" } }
            }
        }
    }

    /// Why it leaves a tag out, as the end of a sentence that begins with the entitlement's name.
    pub(crate) fn leaves_out(&self) -> Markup {
        html! {
            @match self {
                Self::Chosen { .. } => { "grants chosen tags, and this is none of them." }
                Self::Current { .. } => { "grants the tags that there were when it was saved. This one came later." }
                Self::All { .. } => { "grants every tag, so nothing by this name is tagged." }
                Self::Pattern { expression, .. } => { "grants tags like " code { (expression) } ", which this one does not fit." }
                Self::Range { expression, .. } => { "grants versions " code { (expression) } ", and this one is not in that range." }
            }
        }
    }
}

fn chosen(tags: &[String], manifests: u64) -> Markup {
    let count = counted(tags.len() as u64, "chosen tag", "chosen tags");
    let contents = counted(manifests, "chosen manifest", "chosen manifests");
    html! {
        @if !tags.is_empty() { (count) }
        @if !tags.is_empty() && manifests > 0 { " and " }
        @if manifests > 0 { (contents) }
        @if !tags.is_empty() {
            span.sub.wrap { (some_of(tags, NAMED, tags.len() as u64)) }
        }
    }
}

/// One artifact of an entitlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name.
    pub name: String,
    /// What of it is granted.
    pub scope: Scope,
}

/// An entitlement in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntitlementRow {
    /// The entitlement.
    pub entitlement: ArtifactEntitlementId,
    /// Its name, unique for its customer.
    pub name: String,
    /// What it grants, in its order.
    pub grants: Vec<Grant>,
    /// When it ends; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// An entitlement to lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntitlementRef {
    /// The entitlement.
    pub entitlement: ArtifactEntitlementId,
    /// Its name.
    pub name: String,
    /// Whether the reader may open it; others are only told its name.
    pub can_open: bool,
}

impl EntitlementRef {
    pub(crate) fn link(&self) -> Markup {
        let to = EditArtifactEntitlement { entitlement: self.entitlement };
        name_or_link(&self.name, &to, self.can_open)
    }
}

/// A table of a customer's entitlements.
pub(crate) fn table(rows: &[EntitlementRow], can_edit: bool, now: DateTime<Utc>) -> Markup {
    entitlement::table("Artifact entitlements of the customer", rows.iter().map(line), can_edit, now)
}

fn line(row: &EntitlementRow) -> Line<'_> {
    let entitlement = row.entitlement;
    Line {
        name: &row.name,
        grants: html! {
            ul.grants {
                @for grant in &row.grants {
                    li { (super::artifact::link(grant.artifact, &grant.name)) " · " (grant.scope.words()) }
                }
            }
        },
        expires_at: row.expires_at,
        edit: EditArtifactEntitlement { entitlement }.to_string(),
        delete: DeleteArtifactEntitlement { entitlement }.to_string(),
    }
}

/// Entitlements of the samples: one that holds, one that ends soon, and one that has ended.
pub(crate) fn sample_rows() -> Vec<EntitlementRow> {
    use crate::gallery;
    let grant = |number: u128, name: &str, scope| Grant {
        artifact: gallery::id(600 + number),
        name: name.to_owned(),
        scope,
    };
    let row = |number: u128, name: &str, days: Option<i64>, grants| EntitlementRow {
        entitlement: gallery::id(700 + number),
        name: name.to_owned(),
        grants,
        expires_at: days.map(gallery::midnight),
    };
    let tags = ["2.8.1", "2.8.2", "2.8.3", "2.8.3-p1", "2.8.4"].map(str::to_owned).to_vec();
    let range = Scope::Range { expression: ">=3, <4".to_owned(), tags: 11 };
    vec![
        row(
            1,
            "Runtime images",
            Some(341),
            vec![
                grant(2, "fleet/api", Scope::All { tags: 38 }),
                grant(3, "fleet/worker", Scope::Range { expression: ">=3, <4".to_owned(), tags: 11 }),
            ],
        ),
        row(2, "Chart", Some(14), vec![grant(1, "charts/fleet", Scope::Current { tags: 14 })]),
        row(
            3,
            "Hotfix 2.8",
            None,
            vec![
                grant(2, "fleet/api", Scope::Chosen { tags, manifests: 1 }),
                grant(6, "manuals", Scope::Pattern { expression: "*-en".to_owned(), tags: 1 }),
            ],
        ),
        row(4, "Trial", Some(-20), vec![grant(3, "fleet/worker", range)]),
    ]
}
