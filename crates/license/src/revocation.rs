//! The revocation list: a signed document that names the tokens that must no longer be accepted.

mod error;
mod sign;

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use crate::claims::Claims;
use crate::json::{Member, Node};
use crate::jws::Compact;
use crate::key::KeySet;
use crate::member::{Malformed, audience, integer, members, object, optional, required, string, time, uuid};
use crate::verify::{DEFAULT_LEEWAY, ExpectedOrganization};
pub use error::ListError;
pub use sign::{RevocationListContent, sign_revocation_list};

/// How large a revocation list may be, in bytes: 16 MiB, enough for more than 70,000 entries.
pub const MAX_LIST_BYTES: usize = 16 * 1024 * 1024;
/// The `typ` of a revocation list. It keeps a list from passing as a token.
const LIST_TYPE: &str = "license-revocations+jwt";
/// The audience of a revocation list.
const LIST_AUDIENCE: &str = "license-revocations";

/// One entry of a revocation list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The revision whose token is revoked, or `None` if all tokens of the license key are.
    pub revision: Option<Uuid>,
    /// The license key.
    pub license_key: Uuid,
    /// When it was revoked, in seconds since 1970.
    pub at: i64,
}

/// A revocation list that has been verified. Cloning it is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    content: Arc<Content>,
}

#[derive(Debug, PartialEq, Eq)]
struct Content {
    issuer: String,
    organization: Uuid,
    audience: Vec<String>,
    issued_at: i64,
    expires_at: i64,
    seq: u64,
    revoked: Vec<Revocation>,
    revisions: BTreeSet<Uuid>,
    whole_keys: BTreeSet<Uuid>,
    keys: BTreeSet<Uuid>,
}

/// What a revocation list is checked against.
#[derive(Clone, Copy, Debug)]
pub struct ListCheck<'a> {
    keys: &'a KeySet,
    organization: ExpectedOrganization,
    issuer: Option<&'a str>,
    leeway: u32,
    lowest_seq: u64,
}

impl<'a> ListCheck<'a> {
    /// A check that accepts lists of this organization under these keys, with a leeway of 60 seconds.
    #[must_use]
    pub const fn new(keys: &'a KeySet, organization: ExpectedOrganization) -> Self {
        Self { keys, organization, issuer: None, leeway: DEFAULT_LEEWAY, lowest_seq: 0 }
    }

    /// Accepts only lists of this issuer: the hub's public base URL, compared to the letter.
    #[must_use]
    pub const fn issuer(mut self, issuer: &'a str) -> Self {
        self.issuer = Some(issuer);
        self
    }

    /// By how many seconds this clock and the hub's may differ.
    #[must_use]
    pub const fn leeway(mut self, seconds: u32) -> Self {
        self.leeway = seconds;
        self
    }

    /// The highest number of a list accepted so far; a list with a lower one is refused.
    #[must_use]
    pub const fn lowest_seq(mut self, seq: u64) -> Self {
        self.lowest_seq = seq;
        self
    }
}

impl RevocationList {
    /// Checks a revocation list at the time `now`, in seconds since 1970.
    ///
    /// The checks run in the order of the variants of [`ListError`], and the first that fails decides.
    ///
    /// # Errors
    /// The check that failed.
    pub fn verify(list: &str, check: &ListCheck<'_>, now: i64) -> Result<Self, ListError> {
        let jws = Compact::parse(list, MAX_LIST_BYTES, LIST_TYPE)?;
        let content = Content::parse(&jws.claims)?;
        jws.prove(check.keys)?;
        if !content.audience.iter().any(|audience| audience == LIST_AUDIENCE) {
            return Err(ListError::WrongAudience);
        }
        if check.issuer.is_some_and(|issuer| issuer != content.issuer) {
            return Err(ListError::WrongIssuer);
        }
        if !check.organization.accepts(content.organization) {
            return Err(ListError::WrongOrganization);
        }
        if now.saturating_sub(i64::from(check.leeway)) >= content.expires_at {
            return Err(ListError::Expired);
        }
        if content.seq < check.lowest_seq {
            return Err(ListError::Superseded);
        }
        Ok(Self { content: Arc::new(content) })
    }

    /// The vendor's organization.
    #[must_use]
    pub fn organization(&self) -> Uuid {
        self.content.organization
    }

    /// When the list was made, in seconds since 1970.
    #[must_use]
    pub fn issued_at(&self) -> i64 {
        self.content.issued_at
    }

    /// Until when the list is accepted, in seconds since 1970.
    #[must_use]
    pub fn expires_at(&self) -> i64 {
        self.content.expires_at
    }

    /// The number of the list, to be kept for [`ListCheck::lowest_seq`].
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.content.seq
    }

    /// The entries, in the order of the list.
    #[must_use]
    pub fn revoked(&self) -> &[Revocation] {
        &self.content.revoked
    }

    /// Whether the list names the token with these claims.
    ///
    /// A token that doesn't say which revision it is (older issuers) is revoked by any entry for its license key: it
    /// can't be told apart from the one that is meant.
    #[must_use]
    pub fn revokes(&self, claims: &Claims) -> bool {
        let content = &*self.content;
        content.organization == claims.organization
            && match claims.revision {
                Some(revision) => {
                    content.revisions.contains(&revision) || content.whole_keys.contains(&claims.license_key)
                }
                None => content.keys.contains(&claims.license_key),
            }
    }
}

impl Content {
    fn parse(text: &str) -> Result<Self, Malformed> {
        let all = object(text)?;
        let revoked = required(&all, "revoked", entries)?;
        let whole = revoked.iter().filter(|entry| entry.revision.is_none());
        Ok(Self {
            issuer: required(&all, "iss", string)?.into_owned(),
            organization: required(&all, "org", uuid)?,
            audience: required(&all, "aud", audience)?.into_iter().map(Into::into).collect(),
            issued_at: required(&all, "iat", time)?,
            expires_at: required(&all, "exp", time)?,
            seq: required(&all, "seq", integer)?.try_into().map_err(|_| Malformed)?,
            revisions: revoked.iter().filter_map(|entry| entry.revision).collect(),
            whole_keys: whole.map(|entry| entry.license_key).collect(),
            keys: revoked.iter().map(|entry| entry.license_key).collect(),
            revoked,
        })
    }
}

fn entries(node: &Node<'_>) -> Result<Vec<Revocation>, Malformed> {
    match node {
        Node::Array(items) => items.iter().map(entry).collect(),
        _ => Err(Malformed),
    }
}

fn entry(node: &Node<'_>) -> Result<Revocation, Malformed> {
    let all: &[Member<'_>] = members(node)?;
    Ok(Revocation {
        revision: optional(all, "jti", uuid)?,
        license_key: required(all, "sub", uuid)?,
        at: required(all, "at", time)?,
    })
}
