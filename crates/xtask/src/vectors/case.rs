//! One case: what goes in, and the one outcome.

use grantry_license::SigningKey;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// 2025-10-09: a time within the validity of the usual claims.
pub(super) const NOW: i64 = 1_760_000_000;
/// The organization of the usual claims.
pub(super) const ORGANIZATION: &str = "0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0a01";
/// The hub of the usual claims.
pub(super) const ISSUER: &str = "https://hub.example.com";

/// A case, in the form in which it is written to its file.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Case {
    #[serde(skip)]
    pub(super) name: &'static str,
    description: &'static str,
    keys: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<String>,
    now: i64,
    leeway: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<&'static str>,
    #[serde(rename = "lowestSeq", skip_serializing_if = "Option::is_none")]
    lowest_seq: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocations: Option<String>,
    expect: Expect,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Expect {
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    /// Verbatim, so that numbers and escapes can be compared to the letter by those who keep them.
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<Box<RawValue>>,
}

impl Case {
    /// A case about a token, with the usual key, time, leeway and organization, and no outcome yet.
    pub(super) fn token(name: &'static str, description: &'static str, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..Self::bare(name, description) }
    }

    /// A case about a revocation list.
    pub(super) fn list(name: &'static str, description: &'static str, list: impl Into<String>) -> Self {
        Self { list: Some(list.into()), ..Self::bare(name, description) }
    }

    fn bare(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            keys: vec![usual_key().public_key().to_jwk()],
            token: None,
            list: None,
            now: NOW,
            leeway: 60,
            issuer: None,
            organization: Some(ORGANIZATION),
            lowest_seq: None,
            revocations: None,
            expect: Expect::default(),
        }
    }

    pub(super) fn keys(self, keys: Vec<Value>) -> Self {
        Self { keys, ..self }
    }

    pub(super) fn at(self, now: i64) -> Self {
        Self { now, ..self }
    }

    pub(super) fn leeway(self, leeway: u32) -> Self {
        Self { leeway, ..self }
    }

    pub(super) fn issuer(self, issuer: &'static str) -> Self {
        Self { issuer: Some(issuer), ..self }
    }

    pub(super) fn organization(self, organization: Option<&'static str>) -> Self {
        Self { organization, ..self }
    }

    pub(super) fn lowest_seq(self, seq: u64) -> Self {
        Self { lowest_seq: Some(seq), ..self }
    }

    pub(super) fn revocations(self, list: String) -> Self {
        Self { revocations: Some(list), ..self }
    }

    /// The outcome: accepted with this state (tokens) and these claims.
    pub(super) fn accepts(self, state: &'static str, claims: &str) -> Self {
        let state = (!state.is_empty()).then_some(state);
        Self { expect: Expect { state, claims: Some(verbatim(claims)), error: None }, ..self }
    }

    /// The outcome: refused with this error.
    pub(super) fn refuses(self, error: &'static str) -> Self {
        Self { expect: Expect { error: Some(error), ..Expect::default() }, ..self }
    }

    /// The outcome: expired, with claims that can still be read.
    pub(super) fn expires(self, claims: &str) -> Self {
        Self {
            expect: Expect { error: Some("expired"), claims: Some(verbatim(claims)), state: None },
            ..self
        }
    }
}

fn verbatim(claims: &str) -> Box<RawValue> {
    RawValue::from_string(claims.to_owned()).expect("expected claims are JSON")
}

/// The key that signs unless a case says otherwise.
pub(super) fn usual_key() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

/// A second key of the same hub.
pub(super) fn second_key() -> SigningKey {
    SigningKey::from_seed([2; 32])
}

/// A key that nobody should trust.
pub(super) fn foreign_key() -> SigningKey {
    SigningKey::from_seed([9; 32])
}
