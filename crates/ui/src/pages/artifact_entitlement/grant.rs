//! A row of the form: one artifact, and how much of it is granted.

use chrono::{DateTime, Utc};
use grantry_model::id::ManifestId;
use maud::{Markup, html};

use super::fields::{GrantValues, ScopeChoice, named};
use crate::components::alert::form_errors;
use crate::components::field::{Field, Radio};
use crate::components::icon::Icon;
use crate::components::size::counted;
use crate::components::time;
use crate::form::{FormState, Step};
use crate::pages::artifact::{ArtifactChoice, short_digest};
use crate::pages::entitlement::Matches;

/// A tag to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagChoice {
    /// Its name.
    pub name: String,
    /// When it was pushed or moved last; `None` for a chosen tag that is gone.
    pub pushed_at: Option<DateTime<Utc>>,
}

/// A manifest that is chosen, whatever its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestChoice {
    /// The manifest.
    pub manifest: ManifestId,
    /// Its digest.
    pub digest: String,
    /// Its tags now.
    pub tags: Vec<String>,
}

/// A row with what there is to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantRow {
    /// What was typed, and what is wrong with it: `artifactId`, `scope`, `expression`.
    pub form: FormState<GrantValues>,
    /// How many tags the artifact has now.
    pub tags_now: u64,
    /// The newest tags of the artifact; ten are enough.
    pub newest: Vec<String>,
    /// The tags to choose from: all chosen ones, then the newest that fit the search; a hundred are enough.
    pub tags: Vec<TagChoice>,
    /// How many more fit the search.
    pub more: u64,
    /// The chosen manifests, and those that were chosen when the form was first shown.
    pub manifests: Vec<ManifestChoice>,
    /// What the pattern covers.
    pub pattern: Matches,
    /// What the range covers.
    pub range: Matches,
}

/// The fields of errors that have a place of their own in a row.
const PLACES: [&str; 3] = ["artifactId", "scope", "expression"];

impl GrantRow {
    fn is_empty(&self) -> bool {
        self.form.values.artifact.is_empty()
    }

    /// The row with its remove button. Its inputs are named after its number.
    pub(super) fn render(&self, row: usize, artifacts: &[ArtifactChoice]) -> Markup {
        let form = &self.form;
        let remove = Step::Remove(row).to_string();
        html! {
            fieldset.grant {
                legend { "Artifact " (row + 1) }
                input type="hidden" name="row" value=(row);
                (form_errors(&form.others(&PLACES)))
                div.row {
                    div.grow { (self.artifact(row, artifacts)) }
                    button.btn.quiet type="submit" name="step" value=(remove) formnovalidate {
                        (Icon::Trash) "Remove" span.sr { " artifact " (row + 1) }
                    }
                }
                fieldset.options {
                    legend.legend { "Which tags" }
                    @for choice in ScopeChoice::ALL { (self.scope(row, choice)) }
                    @if form.values.scope != ScopeChoice::Chosen { (self.scope_error()) }
                }
            }
        }
    }

    fn artifact(&self, row: usize, artifacts: &[ArtifactChoice]) -> Markup {
        let name = named("artifact", row);
        let none = (String::new(), "Choose an artifact".to_owned());
        let all = artifacts.iter().map(|one| (one.artifact.to_string(), one.name.clone()));
        let choices = std::iter::once(none).chain(all).collect();
        html! {
            (Field::choice(choices, &name, "Artifact").value(&self.form.values.artifact).unmarked()
                .error(self.form.error("artifactId")))
        }
    }

    fn scope(&self, row: usize, choice: ScopeChoice) -> Markup {
        let tags = counted(self.tags_now, "tag", "tags");
        let (label, hint, more) = match choice {
            ScopeChoice::All if self.is_empty() => ("All tags", "Every tag, now and later.".to_owned(), None),
            ScopeChoice::All => ("All tags", format!("{tags} today, and every tag pushed later."), None),
            ScopeChoice::Current if self.is_empty() => {
                ("The tags of today", "None that is pushed later.".to_owned(), None)
            }
            ScopeChoice::Current => {
                ("The tags of today", format!("{tags} today, and none that is pushed later."), None)
            }
            ScopeChoice::Chosen => (
                "Chosen tags",
                "Only those you check. A tag stays granted when it moves to another content.".to_owned(),
                Some(self.chosen(row)),
            ),
            ScopeChoice::Pattern => (
                "Tags like a pattern",
                "Those that fit, now and later.".to_owned(),
                Some(self.expression(row, choice, &self.form.values.pattern, &self.pattern)),
            ),
            ScopeChoice::Range => (
                "Versions in a range",
                "Tags that are semantic versions in the range, now and later.".to_owned(),
                Some(self.expression(row, choice, &self.form.values.range, &self.range)),
            ),
        };
        let name = named("scope", row);
        html! {
            (Radio {
                name: &name,
                value: choice.as_str(),
                label,
                hint: html! { (hint) },
                checked: self.form.values.scope == choice,
                disabled: false,
                more,
            })
        }
    }

    fn scope_error(&self) -> Markup {
        html! { @if let Some(error) = self.form.error("scope") { p.error { (error) } } }
    }

    fn chosen(&self, row: usize) -> Markup {
        if self.is_empty() {
            return html! { p.hint { "Choose an artifact to see its tags." } (self.scope_error()) };
        }
        let search = named("search", row);
        html! {
            div.search.wide {
                (Icon::Search)
                label.sr for=(search) { "Search tags of artifact " (row + 1) }
                input id=(search) type="search" name=(search) value=(self.form.values.search) placeholder={ "Search " (counted(self.tags_now, "tag", "tags")) } autocomplete="off";
            }
            button.btn.unscripted type="submit" name="step" value=(Step::Preview) formnovalidate { "Search" }
            (self.scope_error())
            div.picks id=(named("picks", row)) data-live {
                @if self.tags.is_empty() && self.manifests.is_empty() { p.hint { "No tag fits." } }
                @for tag in &self.tags { (self.tag(row, tag)) }
                @for manifest in &self.manifests { (self.manifest(row, manifest)) }
                @if self.more > 0 { p.hint { "and " (self.more) " more; search to find them" } }
            }
        }
    }

    fn tag(&self, row: usize, tag: &TagChoice) -> Markup {
        let (name, checked) = (named("tag", row), self.form.values.tags.contains(&tag.name));
        let id = format!("{name}-{}", tag.name);
        html! {
            div.pick {
                input type="checkbox" id=(id) name=(name) value=(tag.name) checked[checked];
                label for=(id) { code { (tag.name) } }
                span.by { @match tag.pushed_at { Some(at) => (time::day(at)), None => "gone" } }
            }
        }
    }

    fn manifest(&self, row: usize, manifest: &ManifestChoice) -> Markup {
        let (name, value) = (named("manifest", row), manifest.manifest.to_string());
        let (id, checked) = (format!("{name}-{value}"), self.form.values.manifests.contains(&value));
        let tags = if manifest.tags.is_empty() { "untagged".to_owned() } else { manifest.tags.join(", ") };
        html! {
            div.pick {
                input type="checkbox" id=(id) name=(name) value=(value) checked[checked];
                label for=(id) { code { (short_digest(&manifest.digest)) } " whatever its tags" }
                span.by { (tags) }
            }
        }
    }

    fn expression(&self, row: usize, choice: ScopeChoice, value: &str, found: &Matches) -> Markup {
        let name = named(choice.as_str(), row);
        let (label, hint) = if choice == ScopeChoice::Pattern {
            ("Pattern", "* is any text, ? any one character, as in 3.*-lts. Upper and lower case differ.")
        } else {
            ("Range", "As in >=2, <3. Pre-releases only if the range names one.")
        };
        let error = if self.form.values.scope == choice { self.form.error("expression") } else { None };
        html! {
            (Field::line("text", &name, label).value(value).unmarked().autocomplete("off").error(error).hint(hint))
            div.hint id=(named(if choice == ScopeChoice::Pattern { "fits" } else { "within" }, row)) data-live {
                @if !value.is_empty() && error.is_none() {
                    (counted(found.count, "tag now", "tags now")) @if found.count > 0 { ": " (found.words()) }
                }
            }
        }
    }

    /// What the row would grant: the artifact, how much of it, and some of the tags.
    pub(super) fn granted(&self, artifacts: &[ArtifactChoice]) -> Option<Granted> {
        let values = &self.form.values;
        let artifact = artifacts.iter().find(|one| one.artifact.to_string() == values.artifact)?.name.clone();
        let now = Matches { count: self.tags_now, newest: self.newest.clone() };
        let (tags, later) = match values.scope {
            ScopeChoice::All => (now, "and every later one"),
            ScopeChoice::Current => (now, "and no later one"),
            ScopeChoice::Chosen => {
                (Matches { count: values.tags.len() as u64, newest: values.tags.clone() }, "")
            }
            ScopeChoice::Pattern => (self.pattern.clone(), "and later ones that fit"),
            ScopeChoice::Range => (self.range.clone(), "and later ones in range"),
        };
        let manifests = if values.scope == ScopeChoice::Chosen { values.manifests.len() as u64 } else { 0 };
        Some(Granted { artifact, tags, later, manifests })
    }
}

/// What a row would grant.
pub(super) struct Granted {
    artifact: String,
    tags: Matches,
    later: &'static str,
    manifests: u64,
}

impl Granted {
    pub(super) fn render(&self) -> Markup {
        html! {
            li {
                strong.grow { (self.artifact) }
                span.sub.line {
                    (counted(self.tags.count, "tag", "tags"))
                    @if self.manifests > 0 { ", " (counted(self.manifests, "manifest", "manifests")) }
                    " " (self.later)
                }
                @if self.tags.count > 0 { span.sub.line { (self.tags.words()) } }
                @if self.tags.count + self.manifests == 0 && self.later.is_empty() { span.sub.line { "Nothing is checked yet." } }
            }
        }
    }
}
