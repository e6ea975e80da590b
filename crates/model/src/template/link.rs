//! The link of an application version: where an installation is reached, made of its env file and its values.

use std::collections::BTreeMap;

use super::names::Names;
use super::value::Value;
use super::{ParseError, RenderError, Source, Template, run};

/// The template of a link, over `.Env` and `.Values`.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkTemplate(Template);

/// What the template of a link can read.
#[derive(Clone, Copy)]
pub struct LinkData<'v> {
    /// `.Env`: the variables of the deployment's env file, as its user wrote them.
    pub env: &'v BTreeMap<String, String>,
    /// `.Values`: the deployment's Helm values.
    pub values: &'v serde_json::Value,
}

impl LinkTemplate {
    /// Reads the template of a link.
    ///
    /// # Errors
    /// What is wrong first, with line and column.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Template::parse(text).map(Self)
    }

    /// The link. There is none if the template does not render, which is no reason to refuse a deployment, or if what it
    /// gives is blank.
    pub fn render(&self, data: LinkData<'_>) -> Option<String> {
        let link = self.try_render(data).ok()?;
        Some(link.trim().to_owned()).filter(|link| !link.is_empty())
    }

    /// The text that the template gives.
    ///
    /// # Errors
    /// As [`Template::render`], for a vendor who tries the template out.
    pub fn try_render(&self, data: LinkData<'_>) -> Result<String, RenderError> {
        let env = Names::new(Source::Env, data.env);
        let root = [("Env", Value::Map(&env)), ("Values", Value::of_json(data.values))];
        run::run(&self.0.text, &self.0.list, &Value::Root(&root)).map(|text| text.text)
    }
}
