//! Verifies license tokens.

mod error;

use uuid::Uuid;

use crate::claims::Claims;
use crate::jws::Compact;
use crate::key::KeySet;
use crate::revocation::RevocationList;
use crate::sign::{MAX_TOKEN_BYTES, TOKEN_AUDIENCE, TOKEN_TYPE};
pub use error::VerifyError;

/// By how many seconds clocks may differ, unless the caller says otherwise.
pub(crate) const DEFAULT_LEEWAY: u32 = 60;

/// Whose tokens are accepted. A hub may sign for several vendors, and the token of another one must not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedOrganization {
    /// Those of this organization.
    Exactly(Uuid),
    /// Those of any organization of the hub. An application of one vendor never wants this.
    Any,
}

impl ExpectedOrganization {
    pub(crate) fn accepts(self, organization: Uuid) -> bool {
        match self {
            Self::Exactly(expected) => expected == organization,
            Self::Any => true,
        }
    }
}

/// Whether a verified license is in its validity or in its grace period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The license holds.
    Valid,
    /// The license has expired, but the application should go on for now and warn.
    Grace,
}

impl State {
    /// The name of this state in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Grace => "grace",
        }
    }
}

/// A license token whose every check has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// What the token says.
    pub claims: Claims,
    /// Whether the license is in its validity or in its grace period.
    pub state: State,
}

/// What a token is checked against. Make one and keep it; it holds the keys ready for use.
#[derive(Clone, Debug)]
pub struct Verifier {
    keys: KeySet,
    organization: ExpectedOrganization,
    issuer: Option<String>,
    leeway: u32,
    lowest_seq: u32,
    revocations: Option<RevocationList>,
}

impl Verifier {
    /// A verifier that accepts tokens of this organization under these keys, with a leeway of 60 seconds.
    #[must_use]
    pub const fn new(keys: KeySet, organization: ExpectedOrganization) -> Self {
        Self { keys, organization, issuer: None, leeway: DEFAULT_LEEWAY, lowest_seq: 0, revocations: None }
    }

    /// Accepts only tokens of this issuer: the hub's public base URL, compared to the letter.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// By how many seconds this clock and the hub's may differ.
    #[must_use]
    pub const fn leeway(mut self, seconds: u32) -> Self {
        self.leeway = seconds;
        self
    }

    /// The lowest number of a revision that is still accepted: the highest one seen so far for this license key.
    #[must_use]
    pub const fn lowest_seq(mut self, seq: u32) -> Self {
        self.lowest_seq = seq;
        self
    }

    /// Refuses tokens that are on this list.
    ///
    /// A list goes on counting after it has expired: what was revoked stays revoked. Ask the list when it
    /// [expires](RevocationList::expires_at) to know that a newer one is due.
    #[must_use]
    pub fn revocations(mut self, list: &RevocationList) -> Self {
        self.revocations = Some(list.clone());
        self
    }

    /// Checks a token at the time `now`, in seconds since 1970.
    ///
    /// The checks run in the order of the variants of [`VerifyError`], and the first that fails decides.
    ///
    /// # Errors
    /// The check that failed.
    pub fn verify(&self, token: &str, now: i64) -> Result<Verified, VerifyError> {
        let jws = Compact::parse(token, MAX_TOKEN_BYTES, TOKEN_TYPE)?;
        let claims = Claims::parse(&jws.claims)?;
        jws.prove(&self.keys)?;
        // From here on the claims are the hub's words.
        self.check_origin(&claims)?;
        let Some(state) = self.check_time(&claims, now)? else {
            return Err(VerifyError::Expired(Box::new(claims)));
        };
        self.check_currency(&claims)?;
        Ok(Verified { claims, state })
    }

    fn check_origin(&self, claims: &Claims) -> Result<(), VerifyError> {
        if !claims.audience.iter().any(|audience| audience == TOKEN_AUDIENCE) {
            return Err(VerifyError::WrongAudience);
        }
        if self.issuer.as_ref().is_some_and(|issuer| *issuer != claims.issuer) {
            return Err(VerifyError::WrongIssuer);
        }
        if !self.organization.accepts(claims.organization) {
            return Err(VerifyError::WrongOrganization);
        }
        Ok(())
    }

    /// The state at `now`, or nothing if the license has expired.
    ///
    /// The leeway works for the license at both ends: it may start so much earlier, and expiry and the end of the grace
    /// period come so much later.
    fn check_time(&self, claims: &Claims, now: i64) -> Result<Option<State>, VerifyError> {
        let leeway = i64::from(self.leeway);
        if now.saturating_add(leeway) < claims.not_before {
            return Err(VerifyError::NotYetValid);
        }
        let at_least = now.saturating_sub(leeway);
        // Times of a token are small enough that adding a grace can't overflow.
        Ok(if at_least < claims.expires_at {
            Some(State::Valid)
        } else if at_least < claims.expires_at + i64::from(claims.grace()) {
            Some(State::Grace)
        } else {
            None
        })
    }

    fn check_currency(&self, claims: &Claims) -> Result<(), VerifyError> {
        if claims.seq() < self.lowest_seq {
            return Err(VerifyError::Superseded);
        }
        if self.revocations.as_ref().is_some_and(|list| list.revokes(claims)) {
            return Err(VerifyError::Revoked);
        }
        Ok(())
    }
}
