//! The payload's parser beside `serde_json`: it accepts the same texts but for our additional rules.

use std::collections::BTreeSet;

use grantry_license::{MAX_DEPTH, Payload, PayloadError, RESERVED_CLAIMS};
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// JSON text as someone might write it: any order, white space, escapes and number spellings.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<u64>().prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,4})(\\.[0-9]{1,4})?([eE][+-]?[0-9]{1,2})?",
        string(),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let member = (string(), space(), inner.clone())
            .prop_map(|(name, space, value)| format!("{name}{space}:{value}"));
        prop_oneof![
            (prop::collection::vec(inner, 0..5), space())
                .prop_map(|(items, space)| { format!("[{space}{}]", items.join(&format!("{space},"))) }),
            (prop::collection::vec(member, 0..5), space()).prop_map(|(members, space)| {
                format!("{{{}{space}}}", members.join(&format!(",{space}")))
            }),
        ]
    })
}

fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-e]",
        1 => "\\PC",
        1 => Just("\\n".to_owned()),
        1 => Just("\\u0061".to_owned()),
        1 => Just("\\ud83d\\ude00".to_owned()),
        1 => "\\\\u[0-9a-fA-F]{4}",
    ];
    let text = prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat());
    let plain = text.prop_map(|text| format!("\"{text}\""));
    prop_oneof![9 => plain, 1 => prop::sample::select(&RESERVED_CLAIMS[..]).prop_map(|name| format!("\"{name}\""))]
}

fn space() -> impl Strategy<Value = String> {
    "[ \t\r\n]{0,2}"
}

/// An object, often enough.
fn object() -> impl Strategy<Value = String> {
    let member = (string(), json()).prop_map(|(name, value)| format!("{name}:{value}"));
    let object = prop::collection::vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(",")));
    prop_oneof![4 => object, 1 => json()]
}

/// What `serde_json` reads, with every member of an object, also those whose name comes twice.
enum Tree {
    Leaf { is_beyond_64_bits: bool },
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf { is_beyond_64_bits: false })
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Tree, E> {
        self.visit_unit()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Tree, E> {
        self.visit_unit()
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Leaf { is_beyond_64_bits: i64::try_from(number).is_err() })
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Tree, E> {
        self.visit_unit()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Tree, E> {
        self.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Tree::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree, A::Error> {
        let mut all = Vec::new();
        while let Some(member) = members.next_entry()? {
            all.push(member);
        }
        Ok(Tree::Object(all))
    }
}

impl Tree {
    fn any(&self, holds: &dyn Fn(&Self) -> bool) -> bool {
        holds(self)
            || match self {
                Self::Leaf { .. } => false,
                Self::Array(items) => items.iter().any(|item| item.any(holds)),
                Self::Object(members) => members.iter().any(|(_, value)| value.any(holds)),
            }
    }

    fn has_name(&self, name: &str) -> bool {
        matches!(self, Self::Object(members) if members.iter().any(|(other, _)| other == name))
    }

    fn has_duplicate(&self) -> bool {
        self.any(&|tree| {
            let Self::Object(members) = tree else { return false };
            let names: BTreeSet<_> = members.iter().map(|(name, _)| name).collect();
            names.len() < members.len()
        })
    }

    /// Whether our own rules, beyond JSON, allow this; integers of more than 64 bits look like doubles here.
    fn keeps_our_rules(&self) -> bool {
        matches!(self, Self::Object(_))
            && !RESERVED_CLAIMS.iter().any(|name| self.has_name(name))
            && !self.has_duplicate()
            && !self.any(&|tree| matches!(tree, Self::Leaf { is_beyond_64_bits: true }))
    }
}

/// Whether our own rules, beyond JSON, refuse this text that is JSON, and for this reason.
fn breaks_a_rule(error: &PayloadError, text: &str, tree: &Tree) -> bool {
    match error {
        PayloadError::NotAnObject => !matches!(tree, Tree::Object(_)),
        PayloadError::ReservedName { name } => tree.has_name(name),
        PayloadError::DuplicateName { .. } => tree.has_duplicate(),
        PayloadError::NumberTooLarge { line, column } => {
            let number = number_at(text, *line, *column);
            number.parse::<i64>().is_err()
                && number.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// The number that stands at this place.
fn number_at(text: &str, line: usize, column: usize) -> String {
    let line = text.split('\n').nth(line - 1).unwrap_or_default();
    line.chars().skip(column - 1).take_while(|character| "+-.0123456789eE".contains(*character)).collect()
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    }
}

/// Whether two values are equal but for the last digit of a double, which `serde_json` does not always get right.
fn are_alike(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => {
            let [ours_double, theirs_double] =
                [ours, theirs].map(|number| number.as_f64().unwrap_or(f64::NAN));
            ours == theirs || ours.is_f64() && (ours_double / theirs_double - 1.0).abs() < 1e-15
        }
        (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => {
            let (ours, theirs) = (children(ours), children(theirs));
            ours.len() == theirs.len()
                && ours.iter().zip(theirs).all(|(ours, theirs)| are_alike(ours, theirs))
        }
        _ => ours == theirs,
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let theirs = serde_json::from_str::<Tree>(text);
    match (Payload::parse(text), theirs) {
        (Ok(payload), Ok(tree)) => {
            prop_assert!(tree.keeps_our_rules(), "{text} is accepted");
            let value: Value = serde_json::from_str(text).unwrap_or_default();
            prop_assert!(are_alike(&payload.to_value(), &value), "{text}");
            prop_assert_eq!(Payload::parse(payload.as_str()), Ok(payload.clone()));
            prop_assert_eq!(serde_json::to_string(&payload).unwrap_or_default(), payload.as_str());
        }
        (Err(PayloadError::NotJson { .. }), Err(_)) => {}
        // Our parser stops at the first fault, and a rule may be broken before the syntax is.
        (Err(PayloadError::DuplicateName { .. } | PayloadError::NumberTooLarge { .. }), Err(_)) => {}
        (Err(error), Ok(tree)) => {
            prop_assert!(breaks_a_rule(&error, text, &tree), "{text} is refused: {error:?}")
        }
        (ours, theirs) => prop_assert!(false, "{text}: {ours:?}, serde_json says {:?}", theirs.is_ok()),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn written_json_is_judged_alike(text in object()) {
        check(&text)?;
    }

    #[test]
    fn damaged_json_is_judged_alike(text in object(), at: prop::sample::Index, character in "[\\[\\]{},:\"\\\\0-9eE.tn+ u-]") {
        let boundaries: Vec<_> = text.char_indices().map(|(index, _)| index).collect();
        let (head, tail) = text.split_at(boundaries[at.index(boundaries.len())]);
        check(&format!("{head}{character}{tail}"))?;
        let mut rest = tail.chars();
        rest.next();
        check(&format!("{head}{character}{}", rest.as_str()))?;
        check(head)?;
    }

    #[test]
    fn any_text_is_judged_alike(text in "[\\[\\]{},:\"\\\\0-9eE.tnrulfas+ u-]{0,12}") {
        check(&text)?;
        check(&format!("{{\"a\":{text}}}"))?;
    }

    #[test]
    fn a_payload_is_the_same_in_any_order(members in prop::collection::btree_map("[a-z]{4}", json(), 1..5)) {
        let written: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let Ok(payload) = Payload::parse(&format!("{{{}}}", written.join(","))) else { return Ok(()) };
        let reversed: Vec<_> = written.into_iter().rev().collect();
        let reversed = Payload::parse(&format!("{{ {} }}", reversed.join(" , "))).expect("order doesn't matter");
        prop_assert!(payload.same_as(&reversed) && reversed.same_as(&payload));
        let more = format!("{{\"more!\":null,{}", &payload.as_str()[1..]);
        prop_assert!(Payload::parse(&more).is_ok_and(|more| !more.same_as(&payload)));
    }

    #[test]
    fn nothing_panics_on_any_bytes(bytes: Vec<u8>) {
        let _ = Payload::parse(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn deep_nesting_is_refused_where_serde_json_still_reads() {
    let depth = MAX_DEPTH + 1;
    let text = format!("{}{}", "{\"a\":".repeat(depth - 1) + "{", "}".repeat(depth));
    assert!(serde_json::from_str::<Value>(&text).is_ok());
    assert!(matches!(Payload::parse(&text), Err(PayloadError::TooDeep { .. })));
}
