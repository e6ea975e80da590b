//! Helm values: the base of an application version, and what a deployment puts over it.

use serde_json::{Map, Value};

/// A deployment's values do not fit over the base of its application version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{path}” is {} in the version's base values, and the deployment's values make it {}.", words(*.base_is_mapping), words(!.base_is_mapping))]
pub struct MergeError {
    /// Keys down to the place, joined by dots.
    pub path: String,
    /// Whether the base has the mapping there, and the deployment does not, or the other way round.
    pub base_is_mapping: bool,
}

fn words(is_mapping: bool) -> &'static str {
    if is_mapping { "a mapping" } else { "a single value or list" }
}

/// Puts values over a base. Mappings merge key by key; a list or a single value replaces what the base has. Null takes
/// the place of anything, and anything takes the place of null: Helm removes a chart's default so.
///
/// # Errors
/// The first key that has a mapping on one side and a single value or list on the other.
pub fn merge(base: Value, over: Value) -> Result<Value, MergeError> {
    merge_at(base, over, "")
}

/// Documents are at most [`crate::yaml::MAX_DEPTH`] deep, so this does not go deeper.
fn merge_at(base: Value, over: Value, path: &str) -> Result<Value, MergeError> {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => merge_maps(base, over, path).map(Value::Object),
        (Value::Null, over) => Ok(over),
        (_, Value::Null) => Ok(Value::Null),
        (base, over) if base.is_object() != over.is_object() => {
            Err(MergeError { path: path.to_owned(), base_is_mapping: base.is_object() })
        }
        (_, over) => Ok(over),
    }
}

fn merge_maps(
    mut base: Map<String, Value>,
    over: Map<String, Value>,
    path: &str,
) -> Result<Map<String, Value>, MergeError> {
    for (key, over) in over {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let merged = match base.get_mut(&key).map(Value::take) {
            Some(below) => merge_at(below, over, &path)?,
            None => over,
        };
        base.insert(key, merged);
    }
    Ok(base)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mappings_merge_and_all_else_replaces() {
        let base = json!({"a": {"b": 1, "c": [1, 2]}, "d": "x", "e": null, "f": {"g": 1}});
        let over = json!({"a": {"c": [3], "h": true}, "d": 2, "e": {"i": 1}, "f": null, "j": {}});
        let expected = json!({
            "a": {"b": 1, "c": [3], "h": true}, "d": 2, "e": {"i": 1}, "f": null, "j": {}
        });
        assert_eq!(merge(base, over), Ok(expected));
    }

    #[test]
    fn conflict_names_the_path() {
        let conflict = |base, over| merge(base, over).unwrap_err();
        let error = conflict(json!({"a": {"b.c": {"d": 1}}}), json!({"a": {"b.c": [1]}}));
        assert_eq!(error, MergeError { path: "a.b.c".to_owned(), base_is_mapping: true });
        let error = conflict(json!({"a": 1}), json!({"a": {}}));
        assert_eq!(
            error.to_string(),
            "“a” is a single value or list in the version's base values, and the deployment's values make it a mapping."
        );
    }
}
