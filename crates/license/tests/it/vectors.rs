//! Every file under `vectors/` is one case with one outcome.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use grantry_license::{
    ExpectedOrganization, KeySet, ListCheck, ListError, RevocationList, Verified, Verifier, VerifyError,
};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    description: String,
    keys: Vec<Value>,
    token: Option<String>,
    list: Option<String>,
    now: i64,
    leeway: u32,
    issuer: Option<String>,
    organization: Option<String>,
    lowest_seq: Option<u64>,
    revocations: Option<String>,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    error: Option<String>,
    state: Option<String>,
    claims: Option<Box<RawValue>>,
}

/// What came out, in the words of the case.
#[derive(Debug, PartialEq)]
struct Outcome {
    error: Option<String>,
    state: Option<String>,
    claims: Option<String>,
}

impl Case {
    /// Keys that the library refuses count as absent, as the specification of the vectors says.
    fn key_set(&self) -> KeySet {
        let mut keys = KeySet::new();
        for jwk in &self.keys {
            if let Ok(one) = KeySet::from_jwks(&jwk.to_string()) {
                one.keys().iter().for_each(|key| keys.insert(key.clone()));
            }
        }
        keys
    }

    fn organization(&self) -> ExpectedOrganization {
        let organization = self.organization.as_ref();
        organization.map_or(ExpectedOrganization::Any, |id| {
            ExpectedOrganization::Exactly(id.parse().expect("an organization is a UUID"))
        })
    }

    fn expected(&self) -> Outcome {
        Outcome {
            error: self.expect.error.clone(),
            state: self.expect.state.clone(),
            claims: self.expect.claims.as_ref().map(|claims| claims.get().to_owned()),
        }
    }

    fn verify_token(&self) -> Outcome {
        let mut verifier = Verifier::new(self.key_set(), self.organization())
            .leeway(self.leeway)
            .lowest_seq(self.lowest_seq.unwrap_or(0).try_into().expect("`seq` of a token has 32 bits"));
        if let Some(issuer) = &self.issuer {
            verifier = verifier.issuer(issuer);
        }
        if let Some(list) = &self.revocations {
            let keys = self.key_set();
            let list = RevocationList::verify(list, &ListCheck::new(&keys, self.organization()), self.now);
            verifier = verifier.revocations(&list.expect("lists of token cases are sound"));
        }
        match verifier.verify(self.token.as_deref().expect("a case has a token"), self.now) {
            Ok(Verified { claims, state, .. }) => Outcome {
                error: None,
                state: Some(state.name().to_owned()),
                claims: Some(claims.as_str().to_owned()),
            },
            Err(VerifyError::Expired(claims)) => Outcome {
                error: Some("expired".to_owned()),
                state: None,
                claims: Some(claims.as_str().to_owned()),
            },
            Err(error) => Outcome { error: Some(error.name().to_owned()), state: None, claims: None },
        }
    }

    fn verify_list(&self) -> Result<RevocationList, ListError> {
        let keys = self.key_set();
        let mut check = ListCheck::new(&keys, self.organization())
            .leeway(self.leeway)
            .lowest_seq(self.lowest_seq.unwrap_or(0));
        if let Some(issuer) = &self.issuer {
            check = check.issuer(issuer);
        }
        RevocationList::verify(self.list.as_deref().expect("a case has a list"), &check, self.now)
    }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

/// Runs `check` on every case and names all files that fail.
fn run(folder: &str, at_least: usize, check: fn(&Case)) {
    let files = files(folder);
    assert!(files.len() >= at_least, "only {} cases in {folder}", files.len());
    let failed: Vec<_> = files.iter().filter(|path| catch_unwind(|| check(&read(path))).is_err()).collect();
    assert!(failed.is_empty(), "these cases fail: {failed:#?}");
}

fn read(path: &Path) -> Case {
    let text = fs::read_to_string(path).expect("the file can be read");
    let case: Case =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(!case.description.is_empty());
    case
}

#[test]
fn every_token_vector_has_its_outcome() {
    run("license-token", 60, |case| assert_eq!(case.verify_token(), case.expected(), "{}", case.description));
}

#[test]
fn every_list_vector_has_its_outcome() {
    run("revocation-list", 20, |case| {
        let outcome = case.verify_list();
        assert_eq!(
            outcome.as_ref().err().map(ListError::name),
            case.expect.error.as_deref(),
            "{}",
            case.description
        );
        let Ok(list) = outcome else { return };
        let claims: Value = serde_json::from_str(case.expect.claims.as_ref().unwrap().get()).unwrap();
        assert_eq!(Some(list.seq()), claims["seq"].as_u64());
        assert_eq!(Some(list.expires_at()), claims["exp"].as_i64());
        assert_eq!(Some(list.issued_at()), claims["iat"].as_i64());
        assert_eq!(list.organization().to_string(), claims["org"]);
        let entries = claims["revoked"].as_array().unwrap();
        assert_eq!(list.revoked().len(), entries.len());
        for (revocation, entry) in list.revoked().iter().zip(entries) {
            assert_eq!(revocation.license_key.to_string(), entry["sub"]);
            assert_eq!(revocation.revision.map(|id| id.to_string()).as_deref(), entry["jti"].as_str());
            assert_eq!(Some(revocation.at), entry["at"].as_i64());
        }
    });
}

#[test]
fn every_error_has_a_vector() {
    let mut seen: Vec<_> = files("license-token").iter().filter_map(|path| read(path).expect.error).collect();
    seen.sort();
    seen.dedup();
    let names = [
        "bad_signature",
        "expired",
        "malformed",
        "not_yet_valid",
        "revoked",
        "superseded",
        "unknown_key",
        "unsupported_algorithm",
        "wrong_audience",
        "wrong_issuer",
        "wrong_organization",
    ];
    assert_eq!(seen, names);
}
