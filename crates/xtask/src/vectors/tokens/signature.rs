//! Signatures that no key of the set made, or that are not in their one canonical form.

use crate::vectors::case::{Case, foreign_key, second_key, usual_key};
use crate::vectors::forge::{Fields, encode, header, input, signature, signed, token, with_signature};
use crate::vectors::points::{
    jwk_of, oddly_spelled_neutral_point, signature_under_neutral_key, small_order_point,
    token_with_neutral_r, token_with_torsion_in_r, with_unreduced_s,
};

pub(super) fn cases() -> Vec<Case> {
    [flipped(), of_other_size(), of_other_content(), curve()].concat()
}

fn bad(name: &'static str, description: &'static str, token: String) -> Case {
    Case::token(name, description, token).refuses("bad_signature")
}

fn usual() -> String {
    token(&Fields::usual())
}

fn without_key_id(claims: &Fields) -> String {
    format!("{}.{}", encode(r#"{"alg":"EdDSA","typ":"JWT"}"#), encode(claims.text()))
}

/// The usual signature with one bit turned.
fn with_flipped_bit(byte: usize, bit: u8) -> String {
    let mut bytes = signature(&usual());
    bytes[byte] ^= 1 << bit;
    with_signature(input(&usual()), bytes)
}

fn flipped() -> Vec<Case> {
    let key = usual_key();
    let with_note = |note: &str| header(&key).add("note", format!("{note:?}"));
    let signed_header = signed(with_note("a").text(), Fields::usual().text(), &key);
    let other_header = format!("{}.{}", encode(with_note("c").text()), encode(Fields::usual().text()));
    let other_claims = Fields::usual().set("exp", "1781536001");
    let other_claims = format!("{}.{}", encode(header(&key).text()), encode(other_claims.text()));
    vec![
        bad(
            "flipped-header-bit",
            "One bit of the header differs.",
            with_signature(&other_header, signature(&signed_header)),
        ),
        bad(
            "flipped-claims-bit",
            "One bit of the claims differs: one more second.",
            with_signature(&other_claims, signature(&usual())),
        ),
        bad("flipped-r-first-bit", "The first bit of R is flipped.", with_flipped_bit(0, 0)),
        bad("flipped-r-sign-bit", "The last bit of R, its sign, is flipped.", with_flipped_bit(31, 7)),
        bad("flipped-s-first-bit", "The first bit of S is flipped.", with_flipped_bit(32, 0)),
        bad("flipped-s-last-bit", "The last bit of S is flipped.", with_flipped_bit(63, 7)),
    ]
}

fn of_other_size() -> Vec<Case> {
    let bytes = signature(&usual());
    let with = |bytes: &[u8]| with_signature(input(&usual()), bytes);
    vec![
        bad("signature-empty", "No signature.", with(&[])),
        bad("signature-63-bytes", "The last byte is missing.", with(&bytes[..63])),
        bad("signature-65-bytes", "A byte follows.", with(&[&bytes[..], &[0]].concat())),
        bad("signature-twice", "The signature follows itself.", with(&[&bytes[..], &bytes[..]].concat())),
        bad("signature-zeros", "All zeros.", with(&[0; 64])),
        bad("signature-ones", "All ones.", with(&[0xff; 64])),
    ]
}

fn of_other_content() -> Vec<Case> {
    let key = usual_key();
    let claims = Fields::usual();
    let head = header(&key).text();
    let decoded = format!("{head}.{}", claims.text());
    let other = signed(header(&key).text(), claims.clone().add("x", "1").text(), &key);
    vec![
        bad(
            "signed-by-foreign-key",
            "`kid` names our key, another one signed.",
            signed(&head, claims.text(), &foreign_key()),
        ),
        bad(
            "signed-decoded-text",
            "The signature covers the text before its encoding.",
            with_signature(input(&usual()), key.sign_bytes(decoded.as_bytes())),
        ),
        bad(
            "signed-claims-only",
            "The signature covers the claims without the header.",
            with_signature(input(&usual()), key.sign_bytes(encode(claims.text()).as_bytes())),
        ),
        bad(
            "signature-of-other-token",
            "The signature of another token of the same key.",
            with_signature(input(&usual()), signature(&other)),
        ),
        bad(
            "two-keys-wrong-one-named",
            "`kid` names one key of the set, the other one signed.",
            signed(&head, claims.text(), &second_key()),
        )
        .keys(vec![key.public_key().to_jwk(), second_key().public_key().to_jwk()]),
        bad(
            "no-kid-no-key-fits",
            "No `kid`, and none of two keys signed.",
            signed(r#"{"alg":"EdDSA"}"#, Fields::distr().text(), &foreign_key()),
        )
        .keys(vec![key.public_key().to_jwk(), second_key().public_key().to_jwk()]),
        bad(
            "no-kid-no-keys",
            "No `kid`, and the set is empty.",
            signed(r#"{"alg":"EdDSA"}"#, Fields::distr().text(), &key),
        )
        .keys(vec![]),
    ]
}

fn curve() -> Vec<Case> {
    let key = usual_key();
    let usual = usual();
    let input = input(&usual);
    let unnamed = without_key_id(&Fields::usual());
    let r_only = |r: [u8; 32]| with_signature(input, [r, [0; 32]].concat());
    let under = |name, description, point: [u8; 32]| {
        bad(name, description, with_signature(&unnamed, signature_under_neutral_key()))
            .keys(vec![jwk_of(point)])
    };
    vec![
        bad(
            "s-not-reduced",
            "S plus the order of the group: the same signature in a second spelling.",
            with_signature(input, with_unreduced_s(&signature(&usual))),
        ),
        bad(
            "r-with-torsion",
            "Satisfies the equation with the cofactor, not the one without.",
            token_with_torsion_in_r(input, &key),
        ),
        bad(
            "r-neutral",
            "Made with the private key, but R is the neutral point.",
            token_with_neutral_r(input, &key),
        ),
        bad("r-small-order", "R is a point of order 8, S is zero.", r_only(small_order_point(1))),
        bad(
            "r-not-canonical",
            "R is the neutral point spelled as y = p + 1.",
            r_only(oddly_spelled_neutral_point()),
        ),
        bad(
            "r-not-on-curve",
            "R is no point.",
            r_only({
                let mut bytes = [0; 32];
                bytes[0] = 2;
                bytes
            }),
        ),
        under(
            "key-neutral",
            "The neutral point as key, under which every message verifies.",
            small_order_point(0),
        ),
        under("key-order-2", "A key of order 2.", small_order_point(4)),
        under("key-order-4", "A key of order 4.", small_order_point(2)),
        under("key-order-8", "A key of order 8.", small_order_point(1)),
        under(
            "key-not-canonical",
            "The neutral point spelled as y = p + 1 as key.",
            oddly_spelled_neutral_point(),
        ),
    ]
}
