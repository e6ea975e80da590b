//! Claims that are missing, of the wrong type, or not ours.

use crate::vectors::case::{Case, ISSUER};
use crate::vectors::forge::{Fields, token};

pub(super) fn cases() -> Vec<Case> {
    [missing(), wrong_types(), lic(), origins()].concat()
}

fn missing() -> Vec<Case> {
    let without = |name, claim: &str| {
        Case::token(name, "A claim that must be there is missing.", token(&Fields::usual().without(claim)))
            .refuses("malformed")
    };
    vec![
        without("missing-iss", "iss"),
        without("missing-sub", "sub"),
        without("missing-aud", "aud"),
        without("missing-iat", "iat"),
        without("missing-nbf", "nbf"),
        without("missing-exp", "exp"),
        without("missing-org", "org"),
    ]
}

fn wrong_types() -> Vec<Case> {
    let set = |name, description, claim: &str, value: &str| {
        Case::token(name, description, token(&Fields::usual().set(claim, value))).refuses("malformed")
    };
    vec![
        set("type-iss", "`iss` is a number.", "iss", "1"),
        set("type-sub", "`sub` is no UUID.", "sub", r#""license""#),
        set(
            "type-sub-upper-case",
            "A UUID is written in lower case.",
            "sub",
            r#""0197A3C0-5A6E-7D51-8C1F-2F3D9C1E0B02""#,
        ),
        set(
            "type-sub-without-hyphens",
            "A UUID has hyphens.",
            "sub",
            r#""0197a3c05a6e7d518c1f2f3d9c1e0b02""#,
        ),
        set("type-org-braces", "A UUID has no braces.", "org", r#""{0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0a01}""#),
        set("type-org-null", "`org` is null.", "org", "null"),
        set("type-jti", "`jti` is no UUID.", "jti", r#""3""#),
        set("type-jti-null", "`jti` is null, which is not the same as absent.", "jti", "null"),
        set("type-aud", "`aud` is a number.", "aud", "1"),
        set("type-aud-member", "A member of `aud` is no string.", "aud", r#"["license-key",1]"#),
        set("type-aud-object", "`aud` is an object.", "aud", r#"{"license-key":true}"#),
        set("type-exp-string", "`exp` is a string.", "exp", r#""1781536000""#),
        set("type-exp-fraction", "Times are whole seconds.", "exp", "1781536000.5"),
        set("type-exp-point-zero", "Also when the fraction is zero.", "exp", "1781536000.0"),
        set("type-exp-exponent", "Times have no exponent.", "exp", "1781536e3"),
        set("type-exp-too-late", "One second after the year 9999.", "exp", "253402300800"),
        set("type-exp-beyond-64-bits", "`exp` is beyond 64 bits.", "exp", "18446744073709551617"),
        set("type-nbf-null", "`nbf` is null.", "nbf", "null"),
        set("type-nbf-too-early", "One second before the year 1.", "nbf", "-62135596801"),
        set("type-iat-boolean", "`iat` is a boolean.", "iat", "true"),
    ]
}

fn lic() -> Vec<Case> {
    let set = |name, description, value: &str| {
        Case::token(name, description, token(&Fields::usual().set("lic", value))).refuses("malformed")
    };
    vec![
        set("lic-string", "`lic` is a string.", r#""pro""#),
        set("lic-null", "`lic` is null, which is not the same as absent.", "null"),
        set("lic-empty", "`lic` has no members.", "{}"),
        set("lic-seq-zero", "Revisions are numbered from 1.", r#"{"seq":0,"grace":0,"name":"x"}"#),
        set("lic-seq-string", "`seq` is a string.", r#"{"seq":"3","grace":0,"name":"x"}"#),
        set("lic-seq-too-large", "`seq` has 32 bits.", r#"{"seq":4294967296,"grace":0,"name":"x"}"#),
        set("lic-grace-missing", "`grace` is missing.", r#"{"seq":3,"name":"x"}"#),
        set("lic-grace-negative", "`grace` is negative.", r#"{"seq":3,"grace":-1,"name":"x"}"#),
        set("lic-grace-fraction", "`grace` is in whole seconds.", r#"{"seq":3,"grace":0.5,"name":"x"}"#),
        set("lic-name-missing", "`name` is missing.", r#"{"seq":3,"grace":0}"#),
        set("lic-name-number", "`name` is a number.", r#"{"seq":3,"grace":0,"name":7}"#),
        set("lic-cus-no-uuid", "`cus` is no UUID.", r#"{"seq":3,"grace":0,"name":"x","cus":"acme"}"#),
        set("lic-cus-null", "`cus` is null.", r#"{"seq":3,"grace":0,"name":"x","cus":null}"#),
    ]
}

fn origins() -> Vec<Case> {
    let audience = |name, description, value: &str| {
        Case::token(name, description, token(&Fields::usual().set("aud", value))).refuses("wrong_audience")
    };
    let usual = || token(&Fields::usual());
    vec![
        audience("audience-other", "For something else.", r#"["billing"]"#),
        audience("audience-list", "The audience of revocation lists.", r#"["license-revocations"]"#),
        audience("audience-empty", "For nobody.", "[]"),
        audience("audience-other-case", "Audiences are compared to the letter.", r#""License-Key""#),
        Case::token("issuer-other", "Another hub.", usual())
            .issuer("https://other.example.com")
            .refuses("wrong_issuer"),
        Case::token("issuer-with-slash", "Issuers are compared to the letter.", usual())
            .issuer("https://hub.example.com/")
            .refuses("wrong_issuer"),
        Case::token("issuer-not-a-prefix", "The expected issuer is only a part.", usual())
            .issuer(&ISSUER[..ISSUER.len() - 1])
            .refuses("wrong_issuer"),
        Case::token("organization-other", "Another vendor of the same hub.", usual())
            .organization(Some("0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0a02"))
            .refuses("wrong_organization"),
    ]
}
