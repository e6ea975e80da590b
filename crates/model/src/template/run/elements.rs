//! What a loop goes over.

use super::MAX_STEPS;
use crate::template::tree::Loop;
use crate::template::value::{Origin, Value};
use crate::template::{Fault, Source};

/// What a loop goes over: keys or indexes, and elements. Maps go by their keys, sorted.
pub(super) fn elements<'v>(one: &Loop, over: &Value<'v>) -> Result<Vec<(Value<'v>, Value<'v>)>, Fault> {
    Ok(match over {
        Value::Nil => Vec::new(),
        Value::Int(_) if one.over.variables.len() > 1 => {
            return Err(Fault::NumberHasOneVariable);
        }
        // One more than there may be steps, so that the limit is met.
        Value::Int(count) => {
            let count = usize::try_from((*count).max(0)).unwrap_or(usize::MAX).min(MAX_STEPS + 1);
            (0..count).map(|index| (Value::Nil, int(index))).collect()
        }
        Value::Root(values) => {
            values.iter().map(|(name, value)| (Value::Given(name, None), value.clone())).collect()
        }
        Value::Map(names) => {
            let given = |name: &'v str| Some(Origin { source: names.source, name: Some(name) });
            let pair = |(name, text)| (Value::Given(name, given(name)), Value::Given(text, given(name)));
            names.texts.iter().map(|(name, text)| pair((name, text))).collect()
        }
        Value::Json(serde_json::Value::Array(list)) => {
            list.iter().enumerate().map(|(index, value)| (int(index), Value::of_json(value))).collect()
        }
        Value::Json(serde_json::Value::Object(map)) => {
            let mut pairs: Vec<_> = map.iter().collect();
            pairs.sort_by_key(|(name, _)| *name);
            let name = |name| Value::Given(name, Some(Origin { source: Source::Values, name: None }));
            pairs.into_iter().map(|(key, value)| (name(key), Value::of_json(value))).collect()
        }
        Value::Missing(origin) => return Err(origin.missing()),
        other => return Err(Fault::NotIterable(other.kind())),
    })
}

fn int<'v>(index: usize) -> Value<'v> {
    Value::Int(i64::try_from(index).unwrap_or(i64::MAX))
}
