//! One's own access tokens.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;

/// What to call a token: its label, or words for none.
fn name(label: &str) -> String {
    if label.is_empty() { "Without a name".to_owned() } else { label.to_owned() }
}
