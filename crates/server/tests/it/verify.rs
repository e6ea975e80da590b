//! `grantry verify` with keys from files: transcripts of the real binary.

use std::fs;

use grantry_license::{
    Payload, Revocation, RevocationListContent, SigningKey, TokenContent, sign, sign_revocation_list,
};
use uuid::Uuid;

use super::program::Program;

const ORGANIZATION: Uuid = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0003);
const LICENSE_KEY: Uuid = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001);
const REVISION: Uuid = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0002);
const ISSUER: &str = "https://licenses.example.com";
/// 2027-01-01T00:00:00Z
const START: i64 = 1_798_761_600;
/// A year of 365 days.
const YEAR: i64 = 31_536_000;

/// The key of the hub in these tests.
pub(crate) fn signing_key() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

/// A token that holds during 2027 and has ten days of grace.
pub(crate) fn token() -> String {
    let payload = Payload::parse(r#"{"plan":"gold","price":1.10,"seats":9007199254740993}"#).unwrap();
    let content = TokenContent {
        issuer: ISSUER,
        license_key: LICENSE_KEY,
        revision: REVISION,
        organization: ORGANIZATION,
        customer: None,
        name: "Ship",
        seq: 3,
        grace: 864_000,
        issued_at: START,
        not_before: START,
        expires_at: START + YEAR,
        payload: &payload,
    };
    sign(&content, &signing_key()).unwrap()
}

/// A folder with the public key in `key.pem` and `jwks.json`, and the token in `token.jwt`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let public = signing_key().public_key();
    fs::write(folder.path().join("key.pem"), public.to_spki_pem()).unwrap();
    fs::write(folder.path().join("key.raw"), public.to_bytes()).unwrap();
    fs::write(folder.path().join("jwks.json"), format!(r#"{{"keys":[{}]}}"#, public.to_jwk())).unwrap();
    fs::write(folder.path().join("token.jwt"), token() + "\n").unwrap();
    folder
}

/// The transcript of `grantry verify` with these arguments after those that are right in 2027.
fn verify(arguments: &[&str]) -> String {
    let folder = folder();
    let organization = ORGANIZATION.to_string();
    let mut all = vec!["verify", "@token.jwt", "--key", "key.pem", "--organization", &organization];
    if !arguments.contains(&"--now") {
        all.extend(["--now", "2027-06-01T00:00:00Z"]);
    }
    all.extend(arguments);
    Program::new(folder.path(), &all).transcript()
}

/// The transcript of exactly these arguments.
fn run(arguments: &[&str]) -> String {
    Program::new(folder().path(), arguments).transcript()
}

#[test]
fn a_license_that_holds_prints_its_claims() {
    insta::assert_snapshot!(verify(&["--issuer", ISSUER]));
}

#[test]
fn a_license_in_grace_says_so() {
    insta::assert_snapshot!(verify(&["--json", "--now", "2028-01-05T00:00:00Z"]));
    assert!(verify(&["--now", "2028-01-05T00:00:00Z"]).contains(
        "--- stderr\ngrace: the license expired on 2028-01-01T00:00:00Z; its grace period ends on \
         2028-01-11T00:00:00Z\n--- exit 0"
    ));
}

#[test]
fn a_refused_token_is_answered_with_the_name_of_the_error() {
    let other = Uuid::from_u128(9).to_string();
    let refusals = [
        verify(&["--now", "2028-02-01T00:00:00Z"]),
        verify(&["--now", "2026-12-31T23:58:59Z"]),
        verify(&["--issuer", "https://licenses.example.com/"]),
        verify(&["--lowest-seq", "4"]),
        run(&["verify", "@token.jwt", "--key", "key.pem", "--organization", &other]),
        run(&["verify", "no.token", "--key", "key.pem", "--any-organization"]),
        run(&["verify", "@key.raw", "--key", "key.pem", "--any-organization"]),
    ];
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn refusals_are_json_if_asked() {
    let refusals =
        [verify(&["--json", "--now", "2028-02-01T00:00:00Z"]), verify(&["--json", "--lowest-seq", "4"])];
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn leeway_moves_both_ends() {
    let holds = |now: &str, leeway: &str| verify(&["--now", now, "--leeway", leeway]).ends_with("exit 0\n");
    assert!(holds("2026-12-31T23:59:00Z", "60"));
    assert!(!holds("2026-12-31T23:58:59Z", "60"));
    assert!(!holds("2026-12-31T23:59:59Z", "0"));
    assert!(holds("2027-01-01T02:00:00+02:00", "0"));
    assert!(holds("2028-01-11T00:00:59Z", "60"));
    assert!(!holds("2028-01-11T00:01:00Z", "60"));
}

#[test]
fn token_comes_from_argument_file_or_standard_input() {
    let folder = folder();
    let token = token();
    let rest = ["--key", "key.pem", "--any-organization", "--now", "2027-06-01T00:00:00Z"];
    let exit = |token: &str, stdin: &str| {
        let arguments: Vec<&str> = ["verify", token].into_iter().chain(rest).collect();
        Program::new(folder.path(), &arguments).stdin(stdin).output().status.code()
    };
    assert_eq!(exit(&token, ""), Some(0));
    assert_eq!(exit("@token.jwt", ""), Some(0));
    assert_eq!(exit("-", &format!("\n{token}\r\n")), Some(0));
    assert_eq!(exit("-", ""), Some(1));
    assert_eq!(exit("-", &"a".repeat(1 << 20)), Some(1));
}

#[test]
fn every_form_of_key_is_read() {
    for key in ["key.pem", "key.raw", "jwks.json"] {
        let arguments =
            ["verify", "@token.jwt", "--any-organization", "--now", "2027-06-01T00:00:00Z", "--key", key];
        assert!(run(&arguments).ends_with("--- exit 0\n"), "{key}");
    }
}

#[test]
fn a_token_of_another_key_is_unknown() {
    let folder = folder();
    let stranger = SigningKey::from_seed([8; 32]).public_key().to_spki_pem();
    fs::write(folder.path().join("key.pem"), stranger).unwrap();
    let arguments = ["verify", "@token.jwt", "--key", "key.pem", "--any-organization"];
    let transcript = Program::new(folder.path(), &arguments).transcript();
    assert!(transcript.contains("--- stderr\nunknown_key: "), "{transcript}");
    assert!(transcript.ends_with("--- exit 1\n"), "{transcript}");
}

#[test]
fn revoked_tokens_are_refused_and_bad_lists_give_no_verdict() {
    let folder = folder();
    let list = |revoked: &[Revocation], expires_at| {
        let content = RevocationListContent {
            issuer: ISSUER,
            organization: ORGANIZATION,
            issued_at: START,
            expires_at,
            seq: 1,
            revoked,
        };
        sign_revocation_list(&content, &signing_key()).unwrap()
    };
    let entry = Revocation { revision: Some(REVISION), license_key: LICENSE_KEY, at: START };
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("empty.jwt", &list(&[], START + YEAR));
    write("revoked.jwt", &list(&[entry], START + YEAR));
    write("old.jwt", &list(&[entry], START + 1));
    let organization = ORGANIZATION.to_string();
    let check = |file: &str| {
        let start = ["verify", "@token.jwt", "--key", "key.pem", "--organization", &organization];
        let rest = ["--now", "2027-06-01T00:00:00Z", "--revocations", file];
        let transcript = Program::new(folder.path(), &[&start[..], &rest].concat()).transcript();
        transcript.split_once("--- stderr\n").unwrap().1.to_owned()
    };
    let endings = ["empty.jwt", "revoked.jwt", "old.jwt", "token.jwt", "missing.jwt"].map(check);
    insta::assert_snapshot!(endings.join("\n"));
}

#[test]
fn calls_that_give_no_verdict_exit_with_2() {
    let calls = [
        run(&["verify"]),
        run(&["verify", "x", "--key", "key.pem"]),
        run(&[
            "verify",
            "x",
            "--key",
            "key.pem",
            "--any-organization",
            "--organization",
            &ORGANIZATION.to_string(),
        ]),
        run(&["verify", "x", "--key", "key.pem", "--organization", "acme"]),
        run(&["verify", "x", "--key", "key.pem", "--any-organization", "--now", "tomorrow"]),
        run(&["verify", "x", "--key", "key.pem", "--any-organization", "--leeway", "-1"]),
        run(&["verify", "x", "--key", "missing.pem", "--any-organization"]),
        run(&["verify", "x", "--key", "token.jwt", "--any-organization"]),
        run(&["verify", "@missing", "--key", "key.pem", "--any-organization"]),
    ];
    insta::assert_snapshot!(calls.join("\n"));
}

#[test]
fn a_private_key_is_refused_without_being_shown() {
    let folder = folder();
    let private = signing_key().to_pkcs8_pem();
    fs::write(folder.path().join("private.pem"), private.as_bytes()).unwrap();
    let arguments = ["verify", "@token.jwt", "--key", "private.pem", "--any-organization"];
    let transcript = Program::new(folder.path(), &arguments).transcript();
    assert!(transcript.ends_with("--- exit 2\n") && transcript.contains("private key"), "{transcript}");
    assert!(private.lines().filter(|line| !line.starts_with('-')).all(|line| !transcript.contains(line)));
}
