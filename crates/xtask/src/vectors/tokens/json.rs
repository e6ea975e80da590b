//! Headers and claims that are not JSON objects, or that two readers could understand differently.

use crate::vectors::case::{Case, usual_key};
use crate::vectors::forge::{Fields, header, signed, token, token_with_header};

pub(super) fn cases() -> Vec<Case> {
    [documents(), duplicates(), values()].concat()
}

fn malformed(name: &'static str, description: &'static str, token: String) -> Case {
    Case::token(name, description, token).refuses("malformed")
}

/// A token whose claims are these bytes.
fn claims(bytes: &[u8]) -> String {
    signed(header(&usual_key()).text(), bytes, &usual_key())
}

fn documents() -> Vec<Case> {
    let usual = Fields::usual().text();
    let head = |bytes: &[u8]| signed(bytes, Fields::usual().text(), &usual_key());
    let open = &usual.as_bytes()[..usual.len() - 1];
    let with_string = |bytes: &[u8]| [open, b",\"s\":\"", bytes, b"\"}"].concat();
    vec![
        malformed("header-not-json", "The header is not JSON.", head(b"EdDSA")),
        malformed("header-array", "The header is an array.", head(br#"["EdDSA"]"#)),
        malformed(
            "header-not-utf8",
            "The header holds a byte that is not UTF-8.",
            head(b"{\"alg\":\"EdDSA\",\"x\":\"\xc3\"}"),
        ),
        malformed("header-empty", "The header is empty.", head(b"")),
        malformed("claims-empty", "The claims are empty.", claims(b"")),
        malformed("claims-not-json", "The claims are not JSON.", claims(b"seats=25")),
        malformed("claims-array", "The claims are an array.", claims(format!("[{usual}]").as_bytes())),
        malformed("claims-string", "The claims are a string.", claims(b"\"{}\"")),
        malformed("claims-null", "The claims are null.", claims(b"null")),
        malformed(
            "claims-not-utf8",
            "The claims hold a byte that is not UTF-8.",
            claims(&with_string(b"\xff")),
        ),
        malformed(
            "claims-utf8-surrogate",
            "A surrogate encoded as if it were UTF-8.",
            claims(&with_string(b"\xed\xa0\x80")),
        ),
        malformed(
            "claims-byte-order-mark",
            "A byte order mark before the claims.",
            claims(format!("\u{feff}{usual}").as_bytes()),
        ),
        malformed(
            "claims-two-objects",
            "A second object follows.",
            claims(format!("{usual}{{}}").as_bytes()),
        ),
        malformed(
            "claims-trailing-comma",
            "A comma before the closing brace.",
            claims(format!("{},}}", &usual[..usual.len() - 1]).as_bytes()),
        ),
        malformed("claims-comment", "A comment after the claims.", claims(format!("{usual}//").as_bytes())),
        malformed(
            "claims-cut",
            "The closing brace is missing.",
            claims(&usual.as_bytes()[..usual.len() - 1]),
        ),
    ]
}

fn duplicates() -> Vec<Case> {
    let usual = Fields::usual;
    let head = header(&usual_key());
    vec![
        malformed(
            "duplicate-alg",
            "`alg` twice in the header.",
            token_with_header(&head.clone().add("alg", r#""none""#)),
        ),
        malformed(
            "duplicate-alg-equal",
            "`alg` twice with the same value.",
            token_with_header(&head.clone().add("alg", r#""EdDSA""#)),
        ),
        malformed(
            "duplicate-in-header-value",
            "A name twice inside a member of the header.",
            token_with_header(&head.add("x", r#"{"a":1,"a":1}"#)),
        ),
        malformed("duplicate-exp", "`exp` twice.", token(&usual().add("exp", "253402300799"))),
        malformed(
            "duplicate-payload",
            "A name of the payload twice.",
            token(&usual().add("seats", "1").add("seats", "1")),
        ),
        malformed(
            "duplicate-nested",
            "A name twice deep inside the payload.",
            token(&usual().add("a", r#"[{"b":{"c":1,"d":2,"c":3}}]"#)),
        ),
        malformed(
            "duplicate-lic-seq",
            "`seq` twice in `lic`.",
            token(&usual().set("lic", r#"{"seq":3,"grace":0,"name":"x","seq":9}"#)),
        ),
        malformed(
            "duplicate-escaped",
            "The same name spelled with an escape.",
            token(&usual().add_raw(r#""\u0065xp""#, "1")),
        ),
        malformed("duplicate-empty-name", "The empty name twice.", token(&usual().add("", "1").add("", "2"))),
    ]
}

fn values() -> Vec<Case> {
    let deep = format!("{}{}", "[".repeat(32), "]".repeat(32));
    let very_deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let with = |name, description, value: &str| {
        malformed(name, description, token(&Fields::usual().add("a", value)))
    };
    let head = header(&usual_key()).add("a", deep.clone());
    vec![
        with("depth-over-limit", "33 levels.", &deep),
        with("depth-extreme", "Twenty thousand levels must not exhaust the stack.", &very_deep),
        malformed("header-depth-over-limit", "33 levels in the header.", token_with_header(&head)),
        with("lone-high-surrogate", "Half of a surrogate pair.", r#""\ud800""#),
        with("lone-low-surrogate", "The other half.", r#""\udc00x""#),
        with("surrogates-swapped", "Both halves in the wrong order.", r#""\ude00\ud83d""#),
        with("control-character", "A bare line break in a string.", "\"a\nb\""),
        with("escape-unknown", "An escape that JSON does not have.", r#""\x41""#),
        with("escape-short", "An escape with too few digits.", r#""\u41""#),
        with("number-nan", "NaN is not JSON.", "NaN"),
        with("number-infinite", "A number that no double reaches.", "1e400"),
        with("number-leading-zero", "A number that starts with a zero.", "012"),
        with("number-plus", "A number that starts with a plus.", "+1"),
        with("number-bare-point", "A number that ends with a point.", "1."),
        with("number-hexadecimal", "A hexadecimal number.", "0x10"),
        with("string-single-quotes", "A string in single quotes.", "'a'"),
        with("word-unknown", "A word that is not JSON.", "True"),
    ]
}
