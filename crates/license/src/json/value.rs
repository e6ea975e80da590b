//! From our tree to the values of `serde_json`, for display.

use serde_json::{Map, Number, Value};

use super::node::Node;

impl Node<'_> {
    /// The value as `serde_json` knows it. Integers of 64 bits stay exact; other numbers become the nearest double.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Node::Null => Value::Null,
            Node::Bool(is) => Value::Bool(*is),
            Node::Number(text) => number(text),
            Node::String(text) => Value::String(text.decode().into_owned()),
            Node::Array(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Node::Object(members) => {
                let pairs =
                    members.iter().map(|member| (member.name.decode().into_owned(), member.value.to_value()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }
}

fn number(text: &str) -> Value {
    if let Ok(integer) = text.parse::<i64>()
        && text != "-0"
    {
        return Value::Number(integer.into());
    }
    if let Ok(integer) = text.parse::<u64>() {
        return Value::Number(integer.into());
    }
    let double = text.parse::<f64>().ok().and_then(Number::from_f64);
    double.map_or(Value::Null, Value::Number)
}
