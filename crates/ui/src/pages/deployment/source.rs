//! The environment file or the values of a deployment, and what may be referred to in it.

use grantry_model::application::TargetKind;
use maud::{Markup, html};

use super::editor::{Editor, Reference};
use crate::components::card::Card;
use crate::components::copy::copyable;
use crate::components::guide::guide_at;
use crate::guide::Guide;
use crate::pages::application_version::file::FileField;
use crate::route::{Licenses, Secrets};

impl Editor {
    pub(super) fn source(&self) -> Markup {
        let (title, hint) = match self.kind {
            TargetKind::Docker => (
                "Environment file",
                "NAME=value, one a line. References are filled in on the way to the agent.",
            ),
            TargetKind::Kubernetes => (
                "Values",
                "YAML, laid over the chart’s base values. References are filled in on the way to the agent.",
            ),
        };
        let field = FileField {
            name: "source",
            label: title,
            hint,
            value: &self.form.values.source,
            error: self.form.error("source"),
            required: false,
        };
        html! { section.card aria-label=(title) { div.body { (field.without_upload()) } } }
    }

    pub(super) fn references(&self) -> Markup {
        let content = html! {
            @if self.references.is_empty() { p.muted { "There is no license key and no secret to refer to." } } @else {
                ul.sees { @for one in &self.references { li { (reference(one)) } } }
            }
            p.muted.after {
                "Copy one into the text. More of them are made under "
                a.link href=(Secrets) { "Secrets" } @if self.sees_licenses { " and " a.link href=(Licenses) { "Licenses" } } "."
            }
            p.guides { (guide_at(Guide::Templates.at("what-a-template-reads"), "What a template reads, and can do")) }
        };
        html! { (Card::padded("references", "References", &content).about(html! { "What they stand for never shows here." })) }
    }
}

fn reference(one: &Reference) -> Markup {
    html! { (copyable(&one.text, &format!("reference of {}", one.name))) span.by { @if one.is_secret { "secret" } @else { "license key" } } }
}
