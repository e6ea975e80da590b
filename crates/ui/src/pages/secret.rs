//! Secrets: values that templates of deployments read, and that are never shown again.

pub mod delete;
pub mod edit;
pub mod list;
pub mod new;

/// What is written for a secret in a template.
pub fn reference(key: &str) -> String {
    format!("{{{{ .Secrets.{key} }}}}")
}
