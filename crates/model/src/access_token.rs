//! Access tokens: credentials that members make for scripts and clients.

use chrono::{DateTime, Utc};

use crate::field::{Check, FieldError, Invalid};
use crate::id::AccessTokenId;
use crate::name::Name;
use crate::role::Role;

/// A credential of a member for scripts. Its secret is shown once and kept as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Its id.
    pub id: AccessTokenId,
    /// What its owner calls it; may be empty.
    pub label: String,
    /// A ceiling for what it may do; `None` follows its owner's role.
    pub role: Option<Role>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it is refused; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// An access token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessTokenDraft {
    /// See [`AccessToken::label`].
    pub label: String,
    /// See [`AccessToken::role`].
    pub role: Option<Role>,
    /// See [`AccessToken::expires_at`].
    pub expires_at: Option<DateTime<Utc>>,
}

/// Who asks for an access token: it can never do more than they can.
#[derive(Debug, Clone, Copy)]
pub struct Maker {
    /// What they may do now.
    pub role: Role,
    /// Whether they came with a credential that has a ceiling of its own, so that “follow the owner's role” would
    /// be more than they have.
    pub limited: bool,
    /// When the credential that they came with ends: what it makes ends no later.
    pub expires_at: Option<DateTime<Utc>>,
}

impl AccessTokenDraft {
    /// Reads an access token from input.
    ///
    /// # Errors
    /// All fields that are not valid: an unknown role, one above the maker's, an expiry that has passed or lies after the
    /// maker's.
    pub fn parse(
        label: &str,
        role: Option<&str>,
        expires_at: Option<DateTime<Utc>>,
        maker: Maker,
        now: DateTime<Utc>,
    ) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let label = check.take(parse_label(label));
        let role = check.take(parse_ceiling(role, maker));
        let expires_at = check.take(parse_expiry(expires_at, maker, now));
        let all = label.zip(role).zip(expires_at);
        check.finish(all.map(|((label, role), expires_at)| Self { label, role, expires_at }))
    }
}

fn parse_label(label: &str) -> Result<String, FieldError> {
    if label.trim().is_empty() {
        return Ok(String::new());
    }
    Name::parse("label", label).map(|name| name.as_str().to_owned())
}

fn parse_ceiling(role: Option<&str>, maker: Maker) -> Result<Option<Role>, FieldError> {
    let Some(text) = role.filter(|text| !text.is_empty()) else {
        return Ok(maker.limited.then_some(maker.role));
    };
    let role = crate::user::parse_role(text)?;
    if role > maker.role {
        let message = format!("A token can't do more than you: choose {} or less.", maker.role.label());
        return Err(FieldError::new("userRole", "role_above_own", message));
    }
    Ok(Some(role))
}

fn parse_expiry(
    expires_at: Option<DateTime<Utc>>,
    maker: Maker,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, FieldError> {
    let Some(at) = expires_at else { return Ok(maker.expires_at) };
    if at <= now {
        let message = "The expiry has already passed. Choose a later one, or none.";
        return Err(FieldError::new("expiresAt", "expiry_passed", message));
    }
    if let Some(end) = maker.expires_at.filter(|end| at > *end) {
        let message = format!("A token can't outlast the one that makes it: choose an expiry up to {end:?}.");
        return Err(FieldError::new("expiresAt", "expiry_after_own", message));
    }
    Ok(Some(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ceiling(role: Option<&str>, maker_role: Role, limited: bool) -> Result<Option<Role>, &'static str> {
        let now = DateTime::from_timestamp(1000, 0).unwrap();
        AccessTokenDraft::parse("ci", role, None, Maker { role: maker_role, limited, expires_at: None }, now)
            .map(|draft| draft.role)
            .map_err(|Invalid(errors)| errors[0].code)
    }

    #[test]
    fn a_token_never_does_more_than_its_maker() {
        assert_eq!(ceiling(None, Role::Admin, false), Ok(None));
        assert_eq!(ceiling(Some("read_only"), Role::Admin, false), Ok(Some(Role::ReadOnly)));
        assert_eq!(ceiling(Some("admin"), Role::ReadWrite, false), Err("role_above_own"));
        assert_eq!(ceiling(None, Role::ReadOnly, true), Ok(Some(Role::ReadOnly)), "made with a weak token");
        assert_eq!(ceiling(Some("root"), Role::Admin, false), Err("role_unknown"));
    }

    #[test]
    fn an_expiry_lies_ahead() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let maker = Maker { role: Role::Admin, limited: false, expires_at: None };
        assert!(AccessTokenDraft::parse("", None, Some(at(1001)), maker, at(1000)).is_ok());
        let Invalid(errors) = AccessTokenDraft::parse("", None, Some(at(1000)), maker, at(1000)).unwrap_err();
        assert_eq!(errors[0].code, "expiry_passed");
    }

    #[test]
    fn a_token_never_outlasts_the_one_that_makes_it() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let maker = Maker { role: Role::Admin, limited: false, expires_at: Some(at(2000)) };
        let expiry = |wanted: Option<i64>| {
            AccessTokenDraft::parse("", None, wanted.map(at), maker, at(1000))
                .map(|draft| draft.expires_at)
                .map_err(|Invalid(errors)| errors[0].code)
        };
        assert_eq!(expiry(None), Ok(Some(at(2000))));
        assert_eq!(expiry(Some(2000)), Ok(Some(at(2000))));
        assert_eq!(expiry(Some(2001)), Err("expiry_after_own"));
    }
}
