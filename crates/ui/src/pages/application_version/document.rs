//! The documents of a version in its form: rows that come and go.

use maud::{Markup, html};

use super::fields::{DocumentValues, named};
use crate::components::field::{CheckBox, Field};
use crate::components::icon::Icon;
use crate::form::Step;

/// The row of that number.
pub(super) fn row(values: &DocumentValues, row: usize) -> Markup {
    let (name, content) = (named("resource-name", row), named("resource-content", row));
    let visible = CheckBox {
        name: named("resource-visible", row),
        value: "true".to_owned(),
        label: "Customers see it".to_owned(),
        hint: "Those who may deploy the version. Otherwise only your own people do.".to_owned(),
        checked: values.visible,
    };
    html! {
        fieldset.grant {
            legend { "Document " (row + 1) }
            input type="hidden" name="row" value=(row);
            div.row {
                div.grow { (Field::line("text", &name, "Title").value(&values.name).unmarked().autocomplete("off")) }
                button.btn.quiet type="submit" name="step" value=(Step::Remove(row)) formnovalidate {
                    (Icon::Trash) "Remove" span.sr { " document " (row + 1) }
                }
            }
            (Field::lines(8, &content, "Text").value(&values.content).unmarked()
                .hint("Markdown: headings, lists, links, tables, code. Pictures become links."))
            (visible)
        }
    }
}
