//! Which versions an entitlement grants: choices with what follows from each.

use maud::{Markup, html};

use super::editor::{Editor, VersionChoice};
use super::fields::ScopeChoice;
use crate::components::badge::{Badge, Tone};
use crate::components::card::Card;
use crate::components::field::{Field, Radio};
use crate::components::icon::Icon;
use crate::components::size::counted;
use crate::components::time;
use crate::form::Step;
use crate::pages::entitlement::Matches;

impl Editor {
    pub(super) fn scopes(&self) -> Markup {
        let content = html! {
            div.body id="grants" {
                fieldset.options {
                    legend.sr { "Which versions" }
                    @for choice in ScopeChoice::ALL { (self.scope(choice)) }
                    @if self.form.values.scope != ScopeChoice::Chosen { (self.scope_error()) }
                }
            }
        };
        html! { (Card::flush("versions", "Which versions", content)) }
    }

    fn scope(&self, choice: ScopeChoice) -> Markup {
        let now = counted(self.versions.now, "version", "versions");
        let today =
            |rest: &str| if self.is_chosen() { format!("{now} today, and {rest}") } else { String::new() };
        let (label, hint, more) = match choice {
            ScopeChoice::All => ("All versions", today("every later one."), None),
            ScopeChoice::Current => ("The versions of today", today("none that is added later."), None),
            ScopeChoice::Chosen => {
                ("Chosen versions", "Only those you check.".to_owned(), Some(self.chosen()))
            }
            ScopeChoice::Range => (
                "Versions in a range",
                "Semantic versions in it, now and later.".to_owned(),
                Some(self.range()),
            ),
            ScopeChoice::PublishedUntil => (
                "Versions of a maintenance window",
                "Those added before a day, now and later. They go on being granted after it.".to_owned(),
                Some(self.published()),
            ),
        };
        html! {
            (Radio {
                name: "scope",
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

    fn chosen(&self) -> Markup {
        if !self.is_chosen() {
            return html! { p.hint { "Choose an application to see its versions." } (self.scope_error()) };
        }
        let versions = &self.versions;
        html! {
            div.search.wide {
                (Icon::Search)
                label.sr for="search-versions" { "Search versions" }
                input id="search-versions" type="search" name="search" value=(self.form.values.search) placeholder={ "Search " (counted(versions.now, "version", "versions")) } autocomplete="off";
            }
            button.btn.unscripted type="submit" name="step" value=(Step::Preview) formnovalidate { "Search" }
            (self.scope_error())
            div.picks id="picks" data-live {
                @if versions.offered.is_empty() { p.hint { "No version fits." } }
                @for version in &versions.offered { (self.version(version)) }
                @if versions.more > 0 { p.hint { "and " (versions.more) " more; search to find them" } }
            }
        }
    }

    fn version(&self, version: &VersionChoice) -> Markup {
        let value = version.version.to_string();
        let (id, checked) = (format!("version-{value}"), self.form.values.versions.contains(&value));
        html! {
            div.pick {
                input type="checkbox" id=(id) name="version" value=(value) checked[checked];
                label for=(id) { code { (version.name) } @if version.is_archived { " " (Badge::new(Tone::Neutral, "Archived")) } }
                span.by { (time::day(version.created_at)) }
            }
        }
    }

    fn range(&self) -> Markup {
        let value = &self.form.values.range;
        let error =
            (self.form.values.scope == ScopeChoice::Range).then(|| self.form.error("range")).flatten();
        html! {
            (Field::line("text", "range", "Range").value(value).unmarked().autocomplete("off").error(error)
                .hint("As in >=2, <3. Pre-releases only if the range names one."))
            (found("within", !value.is_empty() && error.is_none(), &self.versions.range))
        }
    }

    fn published(&self) -> Markup {
        let value = &self.form.values.published_until;
        let is_chosen = self.form.values.scope == ScopeChoice::PublishedUntil;
        let error = is_chosen.then(|| self.form.error("publishedUntil")).flatten();
        html! {
            (Field::line("date", "publishedUntil", "Added before").value(value).unmarked().error(error)
                .hint("From 00:00 UTC of that day on, new versions are not granted."))
            (found("before", !value.is_empty() && error.is_none(), &self.versions.published))
        }
    }
}

fn found(id: &str, is_asked: bool, found: &Matches) -> Markup {
    html! {
        div.hint id=(id) data-live {
            @if is_asked {
                (counted(found.count, "version now", "versions now")) @if found.count > 0 { ": " (found.words()) }
            }
        }
    }
}
