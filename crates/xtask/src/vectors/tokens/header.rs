//! Headers: algorithm confusion, extensions, key ids, types.

use crate::vectors::case::{Case, foreign_key, second_key, usual_key};
use crate::vectors::forge::{
    Fields, encode, header, hmac_sha256, quote, signed, token, token_with_header, with_signature,
};

pub(super) fn cases() -> Vec<Case> {
    [algorithms(), extensions(), key_ids(), types()].concat()
}

fn with_algorithm(algorithm: &str) -> Fields {
    header(&usual_key()).set("alg", quote(algorithm))
}

fn unsigned(header: &Fields) -> String {
    format!("{}.{}", encode(header.text()), encode(Fields::usual().text()))
}

fn algorithms() -> Vec<Case> {
    let public = usual_key().public_key();
    let hs256 = unsigned(&with_algorithm("HS256"));
    let hmac = |secret: &[u8]| with_signature(&hs256, hmac_sha256(secret, hs256.as_bytes()));
    let unsupported =
        |name, description, token| Case::token(name, description, token).refuses("unsupported_algorithm");
    let named = |algorithm: &str| token_with_header(&with_algorithm(algorithm));
    vec![
        unsupported("alg-none", "Not signed.", format!("{}.", unsigned(&with_algorithm("none")))),
        unsupported(
            "alg-none-mixed-case",
            "Not signed, spelled nOnE.",
            format!("{}.", unsigned(&with_algorithm("nOnE"))),
        ),
        unsupported("alg-none-with-signature", "A good signature, but `alg` is none.", named("none")),
        unsupported("alg-empty", "`alg` is the empty string.", named("")),
        unsupported(
            "alg-hs256-raw-key",
            "HMAC with the 32 bytes of the public key as secret.",
            hmac(&public.to_bytes()),
        ),
        unsupported(
            "alg-hs256-pem",
            "HMAC with the public key's PEM as secret.",
            hmac(public.to_spki_pem().as_bytes()),
        ),
        unsupported(
            "alg-es256",
            "Another curve's algorithm, with a signature of the same length.",
            with_signature(&unsigned(&with_algorithm("ES256")), [0x5a; 64]),
        ),
        unsupported("alg-rs256", "RSA.", with_signature(&unsigned(&with_algorithm("RS256")), [0x5a; 256])),
        unsupported("alg-lower-case", "Algorithm names are compared to the letter.", named("eddsa")),
        unsupported(
            "alg-ed25519",
            "The other name of the algorithm (RFC 9864) is not ours.",
            named("Ed25519"),
        ),
        unsupported("alg-ed448", "The larger curve.", named("Ed448")),
    ]
}

fn extensions() -> Vec<Case> {
    let with = |name, description, field, value: &str| {
        let header = header(&usual_key()).add("crit", value).add(field, "false");
        Case::token(name, description, token_with_header(&header)).refuses("unsupported_algorithm")
    };
    vec![
        with("crit-unknown", "An extension that must be understood.", "urn:example", r#"["urn:example"]"#),
        with("crit-b64", "Unencoded claims (RFC 7797).", "b64", r#"["b64"]"#),
        with("crit-known-claim", "An extension that names a claim.", "exp", r#"["exp"]"#),
        with("crit-empty", "An empty list, which RFC 7515 forbids.", "b64", "[]"),
        with("crit-null", "Not even a list.", "b64", "null"),
    ]
}

fn key_ids() -> Vec<Case> {
    let unknown = |name, description, kid: &str| {
        let token = token_with_header(&header(&usual_key()).set("kid", quote(kid)));
        Case::token(name, description, token).refuses("unknown_key")
    };
    let usual_id = usual_key().key_id().to_owned();
    vec![
        unknown(
            "kid-of-no-key",
            "`kid` is the id of a key outside of the set; the signature is good.",
            second_key().key_id(),
        ),
        unknown("kid-empty", "An empty `kid` is a `kid`.", ""),
        unknown("kid-other-case", "Key ids are compared to the letter.", &usual_id.to_uppercase()),
        unknown("kid-shortened", "A part of a key id is no key id.", &usual_id[..42]),
        Case::token("kid-no-keys", "The set is empty.", token(&Fields::usual()))
            .keys(vec![])
            .refuses("unknown_key"),
        Case::token(
            "kid-of-foreign-key",
            "Rightly signed with a key outside of the set.",
            signed(header(&foreign_key()).text(), Fields::usual().text(), &foreign_key()),
        )
        .refuses("unknown_key"),
    ]
}

fn types() -> Vec<Case> {
    let malformed = |name, description, header: Fields| {
        Case::token(name, description, token_with_header(&header)).refuses("malformed")
    };
    let usual = || header(&usual_key());
    vec![
        malformed("alg-missing", "No `alg`.", usual().without("alg")),
        malformed("alg-number", "`alg` is a number.", usual().set("alg", "1")),
        malformed("alg-null", "`alg` is null.", usual().set("alg", "null")),
        malformed("kid-number", "`kid` is a number.", usual().set("kid", "1")),
        malformed("kid-null", "`kid` is null, which is not the same as absent.", usual().set("kid", "null")),
        malformed(
            "typ-list",
            "A revocation list is no token.",
            usual().set("typ", r#""license-revocations+jwt""#),
        ),
        malformed("typ-number", "`typ` is a number.", usual().set("typ", "1")),
    ]
}
