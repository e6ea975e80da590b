//! What the form of a new version sends, and how its inputs are named.

use grantry_model::application::ChartKind;

use super::file::upload_of;
use crate::form::{Step, lines};

/// A document, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentValues {
    /// Its title.
    pub name: String,
    /// Its text in Markdown.
    pub content: String,
    /// Whether customers see it.
    pub visible: bool,
}

/// The values of the form, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionValues {
    /// `name`.
    pub name: String,
    /// `linkTemplate`.
    pub link_template: String,
    /// `chartType`; anything unknown is an OCI registry.
    pub chart_kind: ChartKind,
    /// `chartName`; only in a repository.
    pub chart_name: String,
    /// `chartUrl`.
    pub chart_url: String,
    /// `chartVersion`.
    pub chart_version: String,
    /// `composefile`: the Compose file.
    pub compose: String,
    /// `valuesfile`: the base values of a chart.
    pub values: String,
    /// `templatefile`: what the form of a deployment begins with.
    pub template: String,
}

impl Default for VersionValues {
    fn default() -> Self {
        let none = String::new;
        Self {
            name: none(),
            link_template: none(),
            chart_kind: ChartKind::Oci,
            chart_name: none(),
            chart_url: none(),
            chart_version: none(),
            compose: none(),
            values: none(),
            template: none(),
        }
    }
}

/// Everything that the form sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionForm {
    /// What stands above the documents.
    pub values: VersionValues,
    /// The documents, in their order.
    pub documents: Vec<DocumentValues>,
    /// What the button asked for.
    pub step: Step,
}

/// The names of the inputs, and `resources` for what is wrong with the documents.
pub(super) const NAMES: [&str; 10] = [
    "name",
    "linkTemplate",
    "chartType",
    "chartName",
    "chartUrl",
    "chartVersion",
    "composefile",
    "valuesfile",
    "templatefile",
    "resources",
];

/// Most documents that are read; more than anybody fills in by hand.
const MOST: usize = 100;

/// The name of an input of a document.
pub(super) fn named(part: &str, row: usize) -> String {
    format!("{part}-{row}")
}

impl VersionForm {
    /// Takes the values from the fields of a request: `all` gives the values of a field, in the order they were sent. A
    /// chosen file takes the place of what was typed.
    pub fn read(all: impl Fn(&str) -> Vec<String>) -> Self {
        let first = |name: &str| all(name).into_iter().next().unwrap_or_default();
        let file = |name: &str| {
            Some(first(&upload_of(name)))
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| lines(&first(name)))
        };
        let document = |row: usize| DocumentValues {
            name: first(&named("resource-name", row)),
            content: lines(&first(&named("resource-content", row))),
            visible: first(&named("resource-visible", row)) == "true",
        };
        let rows = all("row").len().min(MOST);
        Self {
            values: VersionValues {
                name: first("name"),
                link_template: first("linkTemplate"),
                chart_kind: first("chartType").parse().unwrap_or(ChartKind::Oci),
                chart_name: first("chartName"),
                chart_url: first("chartUrl"),
                chart_version: first("chartVersion"),
                compose: file("composefile"),
                values: file("valuesfile"),
                template: file("templatefile"),
            },
            documents: (0..rows).map(document).collect(),
            step: Step::of(&first("step")),
        }
    }

    /// Adds or takes away the document that the button asked for; nothing else changes.
    #[must_use]
    pub fn stepped(mut self) -> Self {
        match self.step {
            Step::Add => self.documents.push(DocumentValues { visible: true, ..DocumentValues::default() }),
            Step::Remove(row) if row < self.documents.len() => {
                self.documents.remove(row);
            }
            Step::Remove(_) | Step::Preview | Step::Save => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_file_takes_the_place_of_what_was_typed() {
        let fields = [
            ("composefile", "typed"),
            ("composefile-upload", "chosen\r\n"),
            ("valuesfile", "kept: 1\r\n"),
            ("valuesfile-upload", ""),
            ("row", "0"),
            ("resource-name-0", "Read me"),
            ("resource-visible-0", "true"),
            ("step", "add"),
        ];
        let form = VersionForm::read(|name| {
            let found = fields.iter().filter(|(field, _)| *field == name);
            found.map(|(_, value)| (*value).to_owned()).collect()
        });
        assert_eq!((form.values.compose.as_str(), form.values.values.as_str()), ("chosen\r\n", "kept: 1\n"));
        let form = form.stepped();
        assert_eq!((form.documents.len(), form.documents[0].visible), (2, true));
    }
}
