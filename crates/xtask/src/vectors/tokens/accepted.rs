//! Tokens that pass, and what of them must survive.

use grantry_license::{Payload, TokenContent, sign};

use crate::vectors::case::{Case, ISSUER, second_key, usual_key};
use crate::vectors::forge::{
    EXPIRES_AT, Fields, LICENSE_KEY, NOT_BEFORE, REVISION, header, quote, signed, token, token_with_header,
};

pub(super) fn cases() -> Vec<Case> {
    [issued(), payloads(), other_issuers(), keys()].concat()
}

/// Tokens as the hub makes them.
fn issued() -> Vec<Case> {
    let payload = r#"{"edition":"enterprise","seats":25,"features":["sso","audit"],"limits":{"nodes":8}}"#;
    let uuid = |text: &str| text.parse().expect("a UUID");
    let content = TokenContent {
        issuer: ISSUER,
        license_key: uuid(LICENSE_KEY),
        revision: uuid(REVISION),
        organization: uuid(crate::vectors::case::ORGANIZATION),
        customer: Some(uuid("0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0d04")),
        name: "Production, \"EU\" – Köln",
        seq: 3,
        grace: 1_209_600,
        issued_at: NOT_BEFORE,
        not_before: NOT_BEFORE,
        expires_at: EXPIRES_AT,
        payload: &Payload::parse(payload).expect("the payload is sound"),
    };
    let lic = r#"{"seq":3,"grace":1209600,"cus":"0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0d04","name":"Production, \"EU\" – Köln"}"#;
    let claims = Fields::usual().set("lic", lic).text();
    let typical = format!("{},{}", &claims[..claims.len() - 1], &payload[1..]);
    let empty = Payload::empty();
    let bare = TokenContent { customer: None, name: "Example", grace: 0, payload: &empty, ..content };
    let issue = |content| sign(content, &usual_key()).expect("the content is sound");
    vec![
        Case::token("typical", "A token as the hub issues it.", issue(&content))
            .issuer(ISSUER)
            .accepts("valid", &typical),
        Case::token("payload-empty", "No payload, no customer.", issue(&bare))
            .accepts("valid", &Fields::usual().text()),
        Case::token("organization-any", "The caller accepts every organization.", issue(&bare))
            .organization(None)
            .accepts("valid", &Fields::usual().text()),
        Case::token("issuer-right", "The issuer is the expected one.", issue(&bare))
            .issuer(ISSUER)
            .accepts("valid", &Fields::usual().text()),
    ]
}

/// Payloads whose members must arrive as they were sent.
fn payloads() -> Vec<Case> {
    let payload = |name, description, claims: Fields| {
        Case::token(name, description, token(&claims)).accepts("valid", &claims.text())
    };
    let deep = format!("{}{}", "[".repeat(31), "]".repeat(31));
    vec![
        payload(
            "payload-big-integers",
            "Integers of 64 bits are not rounded.",
            Fields::usual()
                .add("n", "[9223372036854775807,-9223372036854775808,9007199254740993,-9007199254740993]"),
        ),
        payload(
            "payload-integer-beyond-64-bits",
            "An integer that the hub would refuse, from an older issuer: accepted, exactly or as the nearest double.",
            Fields::distr().add("n", "100000000000000000000"),
        ),
        payload(
            "payload-number-spellings",
            "Numbers keep their value in any spelling.",
            Fields::usual().add("n", "[0,-0,1.0,1E+2,1e-7,0.10,-12.5e0,1.7976931348623157e308,5e-324]"),
        ),
        payload(
            "payload-escapes",
            "Every escape of JSON.",
            Fields::usual().add("s", r#""\"\\\/\b\f\n\r\t\u0000\u001f\u00e9\u2028""#),
        ),
        payload(
            "payload-surrogate-pair",
            "A character outside of the basic plane, escaped in upper and lower case and bare.",
            Fields::usual().add("s", "\"\\ud83d\\ude00 \\uD83D\\uDE00 \u{1f600}\""),
        ),
        payload(
            "payload-unicode",
            "Several scripts; two names that look alike but differ in normalization are two names.",
            Fields::usual()
                .add_raw("\"caf\u{e9}\"", "1")
                .add_raw("\"cafe\u{301}\"", "2")
                .add_raw("\"\u{645}\u{641}\u{62a}\u{627}\u{62d}\"", "\"\u{9375} \u{10ffff}\""),
        ),
        payload(
            "payload-unusual-names",
            "Names that mean something special to some languages are plain members.",
            Fields::usual()
                .add("", "0")
                .add("__proto__", r#"{"isAdmin":true}"#)
                .add("constructor", "null")
                .add("toString", "false")
                .add("length", "-1")
                .add("ISS", "\"not the issuer\""),
        ),
        payload(
            "payload-reserved-names-inside",
            "Reserved names are free below the top level.",
            Fields::usual().add("nested", r#"{"iss":1,"exp":null,"lic":[],"aud":{}}"#),
        ),
        payload(
            "payload-depth-at-limit",
            "32 levels: the claims and 31 arrays.",
            Fields::usual().add("a", deep),
        ),
        payload("payload-64-kib", "The largest payload that the hub issues.", with_bulk("Example", 65_536)),
        at_token_limit(),
    ]
}

/// The usual claims with a payload of exactly this many bytes.
pub(super) fn with_bulk(name: &str, payload_bytes: usize) -> Fields {
    let lic = format!(r#"{{"seq":3,"grace":0,"name":{}}}"#, quote(name));
    Fields::usual().set("lic", lic).add("bulk", quote(&"x".repeat(payload_bytes - r#"{"bulk":""}"#.len())))
}

/// A token of this many bytes; its payload is within its own limit, the rest is made up by the name.
pub(super) fn of_size(bytes: usize) -> (String, Fields) {
    (7_500..9_000)
        .map(|length| with_bulk(&"n".repeat(length), 65_536))
        .map(|claims| (token(&claims), claims))
        .find(|(token, _)| token.len() == bytes)
        .expect("some length fits")
}

fn at_token_limit() -> Case {
    let (token, claims) = of_size(96 * 1024);
    Case::token("token-96-kib", "The largest token.", token).accepts("valid", &claims.text())
}

/// What other issuers may write and ours doesn't.
fn other_issuers() -> Vec<Case> {
    let spaced = Fields::usual().text().replace(',', " ,\r\n\t").replace(":{", " : {");
    let usual = Fields::usual().text();
    let claims = |name, description, claims: Fields| {
        Case::token(name, description, token(&claims)).accepts("valid", &claims.text())
    };
    let reordered = Fields::new(&[
        ("jku", r#""https://attacker.example/keys.json""#),
        ("kid", &quote(usual_key().key_id())),
        ("jwk", r#"{"kty":"OKP"}"#),
        ("typ", r#""JWT""#),
        ("alg", r#""EdDSA""#),
    ]);
    let with_space = Case::token(
        "claims-with-white-space",
        "White space between JSON tokens is allowed.",
        signed(header(&usual_key()).text(), &spaced, &usual_key()),
    );
    vec![
        with_space.accepts("valid", &usual),
        Case::token(
            "header-other-order",
            "The header's order is free and unknown members are ignored, above all those that offer a key.",
            token_with_header(&reordered),
        )
        .accepts("valid", &usual),
        Case::token(
            "header-without-typ",
            "`typ` may be absent.",
            token_with_header(&header(&usual_key()).without("typ")),
        )
        .accepts("valid", &usual),
        claims(
            "audience-string",
            "One audience as a plain string.",
            Fields::usual().set("aud", r#""license-key""#),
        ),
        claims(
            "audience-among-others",
            "Our audience among others.",
            Fields::usual().set("aud", r#"["billing","license-key"]"#),
        ),
        claims(
            "lic-unknown-members",
            "Members of `lic` that are not known are ignored.",
            Fields::usual().set("lic", r#"{"tier":[1],"seq":3,"grace":0,"name":"Example","SEQ":0}"#),
        ),
    ]
}

/// Which key of a set is used.
fn keys() -> Vec<Case> {
    let distr = Fields::distr();
    let bare_header = r#"{"alg":"EdDSA","typ":"JWT"}"#;
    let from_distr = signed(bare_header, distr.text(), &usual_key());
    let both = vec![second_key().public_key().to_jwk(), usual_key().public_key().to_jwk()];
    let mut unnamed = usual_key().public_key().to_jwk();
    unnamed.as_object_mut().expect("a JWK is an object").remove("kid");
    let by_second = signed(header(&second_key()).text(), Fields::usual().text(), &second_key());
    vec![
        Case::token("distr", "A token of Distr: no `kid`, no `jti`, no `lic`.", from_distr.clone())
            .accepts("valid", &distr.text()),
        Case::token("distr-two-keys", "Without `kid`, every key of the set is tried.", from_distr)
            .keys(both.clone())
            .accepts("valid", &distr.text()),
        Case::token("two-keys-first", "`kid` names the first of two keys.", by_second)
            .keys(both.clone())
            .accepts("valid", &Fields::usual().text()),
        Case::token("two-keys-second", "`kid` names the second of two keys.", token(&Fields::usual()))
            .keys(both)
            .accepts("valid", &Fields::usual().text()),
        Case::token(
            "jwk-without-kid",
            "The id of a key is computed, also if its JWK has none.",
            token(&Fields::usual()),
        )
        .keys(vec![unnamed])
        .accepts("valid", &Fields::usual().text()),
    ]
}
