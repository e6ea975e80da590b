//! Reads typed members of a JSON object, as claims and headers need them.

use std::borrow::Cow;

use uuid::Uuid;

use crate::json::{Integers, Member, Node, parse};
use crate::payload::MAX_DEPTH;

/// The document is not what the specification asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// 0001-01-01T00:00:00Z: the earliest time that RFC 3339 can write.
const EARLIEST: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z: the latest one.
const LATEST: i64 = 253_402_300_799;

/// Whether a token may carry this time, in seconds since 1970: years 1 to 9999, as in RFC 3339.
pub(crate) fn is_time(seconds: i64) -> bool {
    (EARLIEST..=LATEST).contains(&seconds)
}

/// Parses a document that must be an object and returns its members.
pub(crate) fn object(text: &str) -> Result<Vec<Member<'_>>, Malformed> {
    match parse(text, MAX_DEPTH, Integers::Any) {
        Ok(Node::Object(members)) => Ok(members),
        _ => Err(Malformed),
    }
}

/// A member that must be there.
pub(crate) fn required<'n, 'a, T>(
    members: &'n [Member<'a>],
    name: &str,
    read: impl Fn(&'n Node<'a>) -> Result<T, Malformed>,
) -> Result<T, Malformed> {
    optional(members, name, read)?.ok_or(Malformed)
}

/// A member that may be absent; `null` is not absent.
pub(crate) fn optional<'n, 'a, T>(
    members: &'n [Member<'a>],
    name: &str,
    read: impl Fn(&'n Node<'a>) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    members.iter().find(|member| member.name.is(name)).map(|member| read(&member.value)).transpose()
}

pub(crate) fn string<'a>(node: &Node<'a>) -> Result<Cow<'a, str>, Malformed> {
    match node {
        Node::String(text) => Ok(text.decode()),
        _ => Err(Malformed),
    }
}

/// A UUID in its one canonical form: 36 characters, lower case.
pub(crate) fn uuid(node: &Node<'_>) -> Result<Uuid, Malformed> {
    let text = string(node)?;
    let uuid = Uuid::try_parse(&text).map_err(|_| Malformed)?;
    let mut canonical = Uuid::encode_buffer();
    if *uuid.hyphenated().encode_lower(&mut canonical) == *text { Ok(uuid) } else { Err(Malformed) }
}

/// A whole number, written without fraction and exponent.
pub(crate) fn integer(node: &Node<'_>) -> Result<i64, Malformed> {
    match node {
        Node::Number(text) => text.parse().map_err(|_| Malformed),
        _ => Err(Malformed),
    }
}

/// A whole number from 0 to 2^32 - 1.
pub(crate) fn small_integer(node: &Node<'_>) -> Result<u32, Malformed> {
    integer(node)?.try_into().map_err(|_| Malformed)
}

/// A time in seconds since 1970.
pub(crate) fn time(node: &Node<'_>) -> Result<i64, Malformed> {
    integer(node).and_then(|seconds| if is_time(seconds) { Ok(seconds) } else { Err(Malformed) })
}

/// An audience: one string, or an array of strings (RFC 7519, 4.1.3).
pub(crate) fn audience<'a>(node: &Node<'a>) -> Result<Vec<Cow<'a, str>>, Malformed> {
    match node {
        Node::Array(items) => items.iter().map(string).collect(),
        other => Ok(vec![string(other)?]),
    }
}

/// The members of an object.
pub(crate) fn members<'n, 'a>(node: &'n Node<'a>) -> Result<&'n [Member<'a>], Malformed> {
    match node {
        Node::Object(members) => Ok(members),
        _ => Err(Malformed),
    }
}
