//! Documents of deployments: templates and files in, what agents get out. No error repeats a value.

use std::collections::BTreeSet;

use grantry_model::compose::{ComposeFile, Notice};
use grantry_model::deployment::content::{Content, RenderedTexts};
use grantry_model::id::DeploymentId;
use grantry_model::template::{LinkData, LinkTemplate, ReadNames, Reads, Template, Values};
use grantry_model::yaml::{Document, FileComplaint, FileError};
use grantry_model::{env_file, helm_values};
use serde_json::Value;

/// A text that is deployed, by the name of its field on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Helm values.
    Values,
    /// The env file.
    Env,
    /// A file of the version.
    Version,
}

impl Place {
    /// The field on the wire.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Values => "valuesYaml",
            Self::Env => "envFileData",
            Self::Version => "applicationVersionId",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Values => "The values",
            Self::Env => "The env file",
            Self::Version => "A file of the version",
        }
    }
}

/// Why a deployment can't be rendered, for whom it concerns. It names what is missing and never holds a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {sentence}", place.words())]
pub struct Unrenderable {
    pub(crate) place: Place,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong and where.
    pub sentence: String,
}

impl Unrenderable {
    pub(crate) fn new(place: Place, code: &'static str, sentence: impl std::fmt::Display) -> Self {
        Self { place, code, sentence: format!("{sentence}") }
    }
}

/// The templates of a deployment's texts.
pub(crate) struct Templates {
    pub(crate) values: Option<Template>,
    pub(crate) env: Option<Template>,
}

impl Templates {
    /// Reads them.
    pub(crate) fn parse(content: &Content) -> Result<Self, Unrenderable> {
        let parse = |place: Place, text: Option<&String>| {
            let template = text.map(|text| Template::parse(text)).transpose();
            template.map_err(|error| Unrenderable::new(place, "template_malformed", error))
        };
        Ok(Self {
            values: parse(Place::Values, content.values.as_ref())?,
            env: parse(Place::Env, content.env.as_ref())?,
        })
    }
}

impl Templates {
    /// Which license keys and secrets they read.
    pub(crate) fn reads(&self) -> Vec<Reads> {
        [&self.values, &self.env].into_iter().flatten().map(Template::reads).collect()
    }

    /// Renders them. Values stay where they were inserted, and an env file can be read.
    pub(crate) fn render(&self, given: Values<'_>) -> Result<RenderedTexts, Unrenderable> {
        let unrenderable = |place: Place| {
            move |error: grantry_model::template::RenderError| {
                Unrenderable::new(place, "template_unrenderable", error)
            }
        };
        let values = self.values.as_ref().map(|template| template.render_yaml(given)).transpose();
        let env = self.env.as_ref().map(|template| template.render_env(given)).transpose();
        let texts = RenderedTexts {
            values: values.map_err(unrenderable(Place::Values))?,
            env: env.map_err(unrenderable(Place::Env))?,
        };
        if let Some(env) = &texts.env {
            env_file::parse(env)
                .map_err(|error| Unrenderable::new(Place::Env, "env_file_malformed", error))?;
        }
        Ok(texts)
    }
}

impl Templates {
    /// The license keys and the secrets that they read, by the names in them; `None`: they may read any.
    pub(crate) fn names(&self) -> (Option<Vec<String>>, Option<Vec<String>>) {
        let reads = self.reads();
        let names = |pick: fn(&Reads) -> &ReadNames| {
            let mut all = BTreeSet::new();
            for names in reads.iter().map(pick) {
                match names {
                    ReadNames::These(names) => all.extend(names.iter().cloned()),
                    ReadNames::All => return None,
                }
            }
            Some(all.into_iter().collect())
        };
        (names(|reads| &reads.license_keys), names(|reads| &reads.secrets))
    }
}

/// A version's Compose file, with the project's name by which agents know what is theirs.
pub(crate) fn compose(file: &[u8], deployment: DeploymentId) -> Result<Vec<u8>, Unrenderable> {
    let malformed = |error| Unrenderable::new(Place::Version, "compose_malformed", error);
    let id = deployment.to_string();
    let name = format!("distr-{}", id.get(..8).unwrap_or(&id));
    let file = ComposeFile::parse(file).map_err(malformed)?;
    file.with_name(&name).map(String::into_bytes).map_err(malformed)
}

/// What a Compose file asks of its host; nothing, if it can't be read.
pub(crate) fn notices(file: &[u8]) -> Vec<Notice> {
    ComposeFile::parse(file).map(|file| file.notices()).unwrap_or_default()
}

/// A version's values with a deployment's over them, as JSON: an object.
pub(crate) fn merged(base: Option<&[u8]>, over: Option<&str>) -> Result<String, Unrenderable> {
    let base = read(Place::Version, base.unwrap_or_default())?;
    let over = read(Place::Values, over.unwrap_or_default().as_bytes())?;
    let merged = helm_values::merge(base, over)
        .map_err(|error| Unrenderable::new(Place::Values, "values_unmergeable", error))?;
    Ok(merged.to_string())
}

/// Values as JSON. No values are an empty object.
fn read(place: Place, bytes: &[u8]) -> Result<Value, Unrenderable> {
    let malformed = |error: FileError| Unrenderable::new(place, "values_malformed", error);
    match Document::parse(bytes) {
        Ok(document) => document.to_json().map_err(malformed),
        Err(FileError { complaint: FileComplaint::Empty, .. }) => Ok(Value::Object(serde_json::Map::new())),
        Err(error) => Err(malformed(error)),
    }
}

/// Where a deployment is reached, by its version's template; `None` if that does not say.
pub(crate) fn link(template: &str, content: &Content) -> Option<String> {
    if template.is_empty() {
        return None;
    }
    let env = content.env.as_deref().map(without_actions);
    let env = env.and_then(|text| env_file::parse(&text).ok()).unwrap_or_default();
    let values = content.values.as_deref().map(without_actions);
    let values = values.and_then(|text| Document::parse(text.as_bytes()).ok());
    let values = values.and_then(|document| document.to_json().ok()).unwrap_or(Value::Null);
    LinkTemplate::parse(template).ok()?.render(LinkData { env: &env, values: &values })
}

/// A template without what it would insert: a link is shown to everybody, and secrets and tokens are not.
fn without_actions(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, action)) = rest.split_once("{{") {
        kept.push_str(before);
        rest = action.split_once("}}").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_made_of_what_was_written() {
        let content = Content {
            env: Some(
                "# comment\nHOST=fleet.example\nexport PORT=\"8443\"\nKEY={{ .Secrets.KEY }}\n".to_owned(),
            ),
            values: Some("password: {{ .Secrets.KEY }}\ningress:\n  host: a.example\n".to_owned()),
            ..Content::default()
        };
        for (template, expected) in [
            ("", None),
            ("https://{{ .Env.HOST }}:{{ .Env.PORT }}/", Some("https://fleet.example:8443/")),
            ("https://{{ .Values.ingress.host }}", Some("https://a.example")),
            ("https://{{ .Env.NOTHING }}", None),
            ("{{", None),
        ] {
            assert_eq!(link(template, &content).as_deref(), expected, "{template}");
        }
    }
}
