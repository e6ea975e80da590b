//! The cases of `vectors/revocation-list`.

use grantry_license::{Revocation, RevocationListContent, SigningKey, sign_revocation_list};

use super::case::{Case, ISSUER, NOW, ORGANIZATION, foreign_key, second_key, usual_key};
use super::forge::{Fields, LICENSE_KEY, REVISION, header, quote, token};
use super::forge::{input, signature, with_signature};

/// When the usual list expires.
const EXPIRES_AT: i64 = NOW + 1_000_000;
/// When the usual entries were revoked.
const REVOKED_AT: i64 = NOW - 1_000;

/// An entry of a list.
pub(super) fn entry(revision: Option<&str>, license_key: &str) -> String {
    let revision = revision.map(|revision| format!(r#""jti":"{revision}","#)).unwrap_or_default();
    format!(r#"{{{revision}"sub":"{license_key}","at":{REVOKED_AT}}}"#)
}

/// The claims of a usual list with these entries.
pub(super) fn usual(entries: &[String]) -> Fields {
    Fields::new(&[
        ("iss", &quote(ISSUER)),
        ("org", &quote(ORGANIZATION)),
        ("aud", r#"["license-revocations"]"#),
        ("iat", &(NOW - 500).to_string()),
        ("exp", &EXPIRES_AT.to_string()),
        ("seq", "7"),
        ("revoked", &format!("[{}]", entries.join(","))),
    ])
}

/// A list with the header that lists have.
pub(super) fn signed(claims: &Fields, key: &SigningKey) -> String {
    super::forge::signed(list_header(key).text(), claims.text(), key)
}

fn list_header(key: &SigningKey) -> Fields {
    header(key).set("typ", r#""license-revocations+jwt""#)
}

/// All cases.
pub(super) fn all() -> Vec<Case> {
    [accepted(), documents(), signatures(), origins_and_times()].concat()
}

fn typical() -> Fields {
    usual(&[entry(Some(REVISION), LICENSE_KEY)])
}

fn list(claims: &Fields) -> String {
    signed(claims, &usual_key())
}

fn accepted() -> Vec<Case> {
    let id = |text: &str| text.parse().expect("a UUID");
    let content = RevocationListContent {
        issuer: ISSUER,
        organization: id(ORGANIZATION),
        issued_at: NOW - 500,
        expires_at: EXPIRES_AT,
        seq: 7,
        revoked: &[Revocation { revision: Some(id(REVISION)), license_key: id(LICENSE_KEY), at: REVOKED_AT }],
    };
    let issued = sign_revocation_list(&content, &usual_key()).expect("the content is sound");
    let accepts = |name, description, claims: Fields| {
        Case::list(name, description, list(&claims)).accepts("", &claims.text())
    };
    let longer = format!(r#"{{"sub":"{LICENSE_KEY}","at":0,"reason":"leaked"}}"#);
    let last = accepts("exp-before-leeway", "The last second with leeway.", typical());
    vec![
        Case::list("typical", "A list as the hub issues it.", issued)
            .issuer(ISSUER)
            .accepts("", &typical().text()),
        accepts("empty", "Nothing is revoked.", usual(&[])),
        accepts(
            "unknown-members",
            "Members that are not known are ignored.",
            usual(&[longer]).add("next", "1"),
        ),
        accepts("seq-equal", "The same list again.", typical()).lowest_seq(7),
        last.at(EXPIRES_AT + 59),
    ]
}

fn documents() -> Vec<Case> {
    let malformed = |name, description, list| Case::list(name, description, list).refuses("malformed");
    let set = |name, description, claim: &str, value: &str| {
        malformed(name, description, list(&typical().set(claim, value)))
    };
    let as_token = super::forge::signed(header(&usual_key()).text(), typical().text(), &usual_key());
    vec![
        malformed("token-instead", "A license token is no list.", token(&Fields::usual())),
        malformed("typ-jwt", "The type of a token.", as_token),
        malformed("line-break-after", "A line break after the list.", format!("{}\n", list(&typical()))),
        malformed("duplicate-seq", "`seq` twice.", list(&typical().add("seq", "8"))),
        malformed("missing-revoked", "`revoked` is missing.", list(&typical().without("revoked"))),
        set("type-seq-negative", "`seq` is negative.", "seq", "-1"),
        set("type-revoked-object", "`revoked` is an object.", "revoked", "{}"),
        set("type-entry-string", "An entry is a string.", "revoked", r#"["x"]"#),
        set("type-entry-without-sub", "An entry names no license key.", "revoked", r#"[{"at":1}]"#),
        set(
            "type-entry-without-at",
            "An entry has no time.",
            "revoked",
            &format!(r#"[{{"sub":"{LICENSE_KEY}"}}]"#),
        ),
        set(
            "type-entry-jti-null",
            "An entry's `jti` is null.",
            "revoked",
            &format!(r#"[{{"jti":null,"sub":"{LICENSE_KEY}","at":1}}]"#),
        ),
    ]
}

fn signatures() -> Vec<Case> {
    let key = usual_key();
    let usual = list(&typical());
    let mut flipped = signature(&usual);
    flipped[0] ^= 1;
    let by_foreign = super::forge::signed(list_header(&key).text(), typical().text(), &foreign_key());
    let none = super::forge::signed(list_header(&key).set("alg", r#""none""#).text(), typical().text(), &key);
    vec![
        Case::list("alg-none", "`alg` is none.", none).refuses("unsupported_algorithm"),
        Case::list(
            "kid-of-no-key",
            "Signed with a key outside of the set.",
            signed(&typical(), &second_key()),
        )
        .refuses("unknown_key"),
        Case::list(
            "flipped-bit",
            "One bit of the signature is flipped.",
            with_signature(input(&usual), flipped),
        )
        .refuses("bad_signature"),
        Case::list("signed-by-foreign-key", "`kid` names our key, another one signed.", by_foreign)
            .refuses("bad_signature"),
    ]
}

fn origins_and_times() -> Vec<Case> {
    let usual = || list(&typical());
    let for_tokens = list(&typical().set("aud", r#"["license-key"]"#));
    vec![
        Case::list("audience-other", "The audience of tokens.", for_tokens).refuses("wrong_audience"),
        Case::list("issuer-other", "Another hub.", usual())
            .issuer("https://other.example.com")
            .refuses("wrong_issuer"),
        Case::list("organization-other", "Another vendor of the same hub.", usual())
            .organization(Some("0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0a02"))
            .refuses("wrong_organization"),
        Case::list("exp-at-leeway", "Expired even with leeway.", usual())
            .at(EXPIRES_AT + 60)
            .refuses("expired"),
        Case::list("exp-at", "Expired without leeway.", usual()).at(EXPIRES_AT).leeway(0).refuses("expired"),
        Case::list("seq-lower", "List 7, but 8 was accepted before.", usual())
            .lowest_seq(8)
            .refuses("superseded"),
        Case::list("order-expired-before-superseded", "Expired and superseded.", usual())
            .at(EXPIRES_AT + 60)
            .lowest_seq(8)
            .refuses("expired"),
    ]
}
