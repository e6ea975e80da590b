//! When two JSON values say the same.

use std::collections::BTreeMap;

use super::node::{Member, Node};

/// Whether two values are equal: order of members, white space, escapes and the spelling of numbers don't matter.
///
/// Numbers are compared as decimal fractions, exactly: `1.0` equals `1`, but no two numbers are equal only because a
/// double can't tell them apart.
pub(crate) fn same(left: &Node<'_>, right: &Node<'_>) -> bool {
    match (left, right) {
        (Node::Null, Node::Null) => true,
        (Node::Bool(left), Node::Bool(right)) => left == right,
        (Node::Number(left), Node::Number(right)) => {
            left == right || Decimal::read(left) == Decimal::read(right)
        }
        (Node::String(left), Node::String(right)) => left.decode() == right.decode(),
        (Node::Array(left), Node::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Node::Object(left), Node::Object(right)) => same_members(left, right),
        _ => false,
    }
}

fn same_members(left: &[Member<'_>], right: &[Member<'_>]) -> bool {
    let by_name: BTreeMap<_, _> = right.iter().map(|member| (member.name.decode(), &member.value)).collect();
    left.len() == right.len()
        && left
            .iter()
            .all(|member| by_name.get(&member.name.decode()).is_some_and(|value| same(&member.value, value)))
}

/// A number as digits without zeros around them, times a power of ten.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn read(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (is_negative, mantissa) =
            mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0').trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Self { is_negative: false, digits, exponent: 0 };
        }
        let trailing_zeros = all.len() - all.trim_end_matches('0').len();
        // An exponent of more than 18 digits belongs to a number that is as good as zero: larger ones were refused.
        let exponent = exponent.parse::<i64>().unwrap_or(i64::MIN / 2);
        Self { is_negative, digits, exponent: exponent - length(fraction.len()) + length(trailing_zeros) }
    }
}

fn length(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use crate::Payload;

    fn check(left: &str, right: &str, expected: bool) {
        let parse = |text: &str| Payload::parse(&format!("{{\"a\":{text}}}")).unwrap();
        assert_eq!(parse(left).same_as(&parse(right)), expected, "{left} and {right}");
        assert_eq!(parse(right).same_as(&parse(left)), expected, "{right} and {left}");
    }

    #[test]
    fn values_are_compared_by_meaning() {
        for (left, right) in [
            ("1", "1.0"),
            ("100", "1e2"),
            ("0.10", "1E-1"),
            ("-0", "0.0e5"),
            ("1200", "12.00e+2"),
            (r#"{"x":1,"y":[2]}"#, r#"{ "y": [2.0], "x": 1 }"#),
            (r#""\u0061\/""#, r#""a/""#),
            (r#""\ud83d\ude00""#, "\"\u{1f600}\""),
        ] {
            check(left, right, true);
        }
        for (left, right) in [
            ("1", "\"1\""),
            ("1", "-1"),
            ("1", "10"),
            ("9007199254740993", "9007199254740992"),
            ("0.1", "0.10000000000000000001"),
            ("null", "false"),
            ("true", "false"),
            ("[1,2]", "[2,1]"),
            ("[1]", "[1,1]"),
            (r#"{"x":1}"#, r#"{"x":1,"y":1}"#),
            (r#"{"x":1}"#, r#"{"y":1}"#),
            ("0e-99999999999999999999", "1e-99999999999999999999"),
        ] {
            check(left, right, false);
        }
    }
}
