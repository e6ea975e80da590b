//! Texts that are not the one canonical form of a token.

use super::accepted::of_size;
use crate::vectors::case::{Case, usual_key};
use crate::vectors::forge::{Fields, encode, header, input, sign_input, signature, token, with_trailing_bit};

pub(super) fn cases() -> Vec<Case> {
    let malformed = |(name, description, token): (&'static str, &'static str, String)| {
        Case::token(name, description, token).refuses("malformed")
    };
    [parts(), padding(), spaces(), alphabets()].concat().into_iter().map(malformed).collect()
}

type Row = (&'static str, &'static str, String);

fn usual() -> String {
    token(&Fields::usual())
}

fn parts() -> Vec<Row> {
    let usual = usual();
    vec![
        ("token-empty", "No text at all.", String::new()),
        ("token-only-dots", "Three empty parts.", "..".to_owned()),
        ("parts-two", "The signature and its dot are missing.", input(&usual).to_owned()),
        ("parts-four", "A fourth part follows.", format!("{usual}.{}", encode("more"))),
        (
            "parts-five",
            "As many parts as an encrypted token has.",
            format!("{usual}.{}.{}", encode("a"), encode("b")),
        ),
        ("token-quoted", "The token stands in quotes.", format!("\"{usual}\"")),
        ("token-bearer", "The token follows the word Bearer.", format!("Bearer {usual}")),
        ("token-over-96-kib", "One byte over the limit.", of_size(96 * 1024 + 1).0),
    ]
}

fn padding() -> Vec<Row> {
    let key = usual_key();
    let usual = usual();
    let padded = |part: &str| format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4));
    // One more byte in a string makes a part of the length that a case needs.
    let claims = ["n", "nn", "nnn"]
        .map(|name| encode(Fields::usual().add("pad", format!("{name:?}")).text()))
        .into_iter()
        .find(|part| part.len() % 4 == 3)
        .unwrap_or_default();
    let kid = header(&key);
    let head = ["x", "xx", "xxx"]
        .map(|pad| encode(kid.clone().add("pad", format!("{pad:?}")).text()))
        .into_iter()
        .find(|part| part.len() % 4 == 2)
        .unwrap_or_default();
    vec![
        (
            "padding-in-header",
            "Padded base64, rightly signed.",
            sign_input(&format!("{}.{claims}", padded(&head)), &key),
        ),
        (
            "padding-in-claims",
            "Padded base64, rightly signed.",
            sign_input(&format!("{head}.{}", padded(&claims)), &key),
        ),
        ("padding-in-signature", "Padded base64.", format!("{usual}==")),
        (
            "trailing-bits-in-header",
            "A last character with bits that carry no data, rightly signed.",
            sign_input(&format!("{}.{claims}", with_trailing_bit(&head)), &key),
        ),
        (
            "trailing-bits-in-claims",
            "A last character with bits that carry no data, rightly signed.",
            sign_input(&format!("{head}.{}", with_trailing_bit(&claims)), &key),
        ),
        (
            "trailing-bits-in-signature",
            "The same signature, spelled in a second way.",
            with_trailing_bit(&usual),
        ),
    ]
}

fn spaces() -> Vec<Row> {
    let key = usual_key();
    let usual = usual();
    let inside = input(&usual).replacen('.', ".\n", 1);
    vec![
        ("space-before", "A space before the token.", format!(" {usual}")),
        ("line-break-after", "A line break after the token.", format!("{usual}\n")),
        ("carriage-return-after", "A carriage return after the token.", format!("{usual}\r\n")),
        ("line-break-inside", "A line break in the claims' part, rightly signed.", sign_input(&inside, &key)),
        (
            "space-before-dot",
            "A space before the last dot.",
            usual.replace(input(&usual), &format!("{} ", input(&usual))),
        ),
        ("zero-byte-after", "A zero byte after the token.", format!("{usual}\0")),
    ]
}

fn alphabets() -> Vec<Row> {
    let key = usual_key();
    // These characters make the two signs in which the alphabets differ.
    let claims = encode(Fields::usual().add("s", "\"???>>>\u{fb}\u{ff}~~~\"").text());
    assert!(claims.contains(['-', '_']), "the case needs a sign that differs");
    let standard = claims.replace('-', "+").replace('_', "/");
    let head = encode(header(&key).text());
    let mut percent = usual();
    percent.push_str("%3D");
    vec![
        (
            "alphabet-standard",
            "Base64 with + and /, rightly signed.",
            sign_input(&format!("{head}.{standard}"), &key),
        ),
        ("alphabet-percent", "Percent encoding at the end.", percent),
        (
            "alphabet-foreign",
            "A letter of another script.",
            format!("{}\u{0430}", &usual()[..usual().len() - 1]),
        ),
        (
            "length-impossible",
            "A part of 4n + 1 characters.",
            format!("{head}.{claims}.{}A", encode(&signature(&usual())[..63])),
        ),
    ]
}
