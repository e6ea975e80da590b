//! Tokens that are wrong twice: the check that comes first decides.

use crate::vectors::case::{Case, NOW, foreign_key, second_key, usual_key};
use crate::vectors::forge::{Fields, LICENSE_KEY, REVISION, encode, header, signed, token, with_signature};
use crate::vectors::lists;

pub(super) fn cases() -> Vec<Case> {
    let key = usual_key();
    let usual = Fields::usual();
    let head = header(&key);
    let none = head.clone().set("alg", r#""none""#).set("kid", r#""unknown""#);
    let broken = usual.clone().without("exp");
    let not_ours = usual.clone().set("aud", "[]");
    let expired = usual.clone().set("exp", "1755000000");
    let list = lists::signed(&lists::usual(&[lists::entry(Some(REVISION), LICENSE_KEY)]), &key);
    let bad = with_signature(&format!("{}.{}", encode(head.text()), encode(not_ours.text())), [1; 64]);
    let unknown = header(&second_key());
    let other = "0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0a02";
    vec![
        Case::token(
            "order-malformed-before-algorithm",
            "A claim is missing and `alg` is none.",
            format!("{}.{}.", encode(none.text()), encode(broken.text())),
        )
        .refuses("malformed"),
        Case::token(
            "order-algorithm-before-key",
            "`alg` is none and the key is unknown.",
            format!("{}.{}.", encode(none.text()), encode(usual.text())),
        )
        .refuses("unsupported_algorithm"),
        Case::token(
            "order-key-before-signature",
            "The key is unknown and the signature wrong.",
            with_signature(&format!("{}.{}", encode(unknown.text()), encode(usual.text())), [1; 64]),
        )
        .refuses("unknown_key"),
        Case::token("order-signature-before-audience", "The signature and the audience are wrong.", bad)
            .refuses("bad_signature"),
        Case::token("order-audience-before-issuer", "Audience and issuer are wrong.", token(&not_ours))
            .issuer("https://other.example.com")
            .refuses("wrong_audience"),
        Case::token("order-issuer-before-organization", "Issuer and organization are wrong.", token(&usual))
            .issuer("https://other.example.com")
            .organization(Some(other))
            .refuses("wrong_issuer"),
        Case::token(
            "order-organization-before-time",
            "Another organization's token, and expired.",
            token(&expired),
        )
        .organization(Some(other))
        .refuses("wrong_organization"),
        Case::token("order-expired-before-superseded", "Expired, superseded and revoked.", token(&expired))
            .lowest_seq(9)
            .revocations(list.clone())
            .expires(&expired.text()),
        Case::token("order-superseded-before-revoked", "Superseded and revoked.", token(&usual))
            .at(NOW)
            .lowest_seq(9)
            .revocations(list)
            .refuses("superseded"),
        Case::token(
            "order-forged-and-expired",
            "A forged token is never called expired.",
            signed(head.text(), expired.text(), &foreign_key()),
        )
        .refuses("bad_signature"),
    ]
}
