//! What the form of an application entitlement would grant, told as one types.

use maud::{Markup, html};

use super::editor::Editor;
use super::fields::ScopeChoice;
use crate::components::size::counted;
use crate::pages::entitlement::Matches;

impl Editor {
    /// What saving would grant.
    pub(super) fn preview(&self) -> Markup {
        html! {
            @match self.application_name() {
                Some(name) => (self.granted(&name)),
                None => p.muted { "Nothing yet." },
            }
        }
    }

    fn granted(&self, name: &str) -> Markup {
        let (values, versions) = (&self.form.values, &self.versions);
        let now = Matches { count: versions.now, newest: versions.newest.clone() };
        let (found, later) = match values.scope {
            ScopeChoice::All => (now, "and every later one"),
            ScopeChoice::Current => (now, "and no later one"),
            ScopeChoice::Chosen => (self.checked(), ""),
            ScopeChoice::Range => (versions.range.clone(), "and later ones in range"),
            ScopeChoice::PublishedUntil => (versions.published.clone(), "and later ones until that day"),
        };
        html! {
            ul.sees {
                li {
                    strong.grow { (name) }
                    span.sub.line { (counted(found.count, "version", "versions")) " " (later) }
                    @if found.count > 0 { span.sub.line { (found.words()) } }
                    @if found.count == 0 && later.is_empty() { span.sub.line { "Nothing is checked yet." } }
                }
            }
        }
    }

    /// The checked versions; all of them are among those offered.
    fn checked(&self) -> Matches {
        let ids = &self.form.values.versions;
        let names = self.versions.offered.iter().filter(|one| ids.contains(&one.version.to_string()));
        Matches { count: ids.len() as u64, newest: names.map(|one| one.name.clone()).collect() }
    }
}
