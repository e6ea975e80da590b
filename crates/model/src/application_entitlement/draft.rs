//! Application entitlements as they come in, read with every error at once.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Datelike, SubsecRound, Utc};

use super::{Registry, Scope, ScopeKind, UnknownScope};
use crate::field::{Check, FieldError, Invalid};
use crate::id::{ApplicationId, ApplicationVersionId, CustomerId};
use crate::name::Name;

/// Most characters of a registry's host, user name and password, each.
pub const MAX_REGISTRY_TEXT: usize = 4096;

/// An application entitlement as it came in, nothing checked.
#[derive(Debug, Clone, Default)]
pub struct EntitlementInput<'a> {
    /// Its name.
    pub name: &'a str,
    /// The customer; an entitlement without one is refused.
    pub customer: Option<CustomerId>,
    /// The application; required.
    pub application: Option<ApplicationId>,
    /// Its expiry, if it has one.
    pub expires_at: Option<DateTime<Utc>>,
    /// What it grants.
    pub scope: ScopeInput,
    /// Credentials for a private registry.
    pub registry: RegistryInput<'a>,
}

/// A scope as it came in. What its kind has no use for must be absent: what somebody chose is never left out silently.
#[derive(Debug, Clone, Default)]
pub struct ScopeInput {
    /// A [`ScopeKind`].
    pub kind: String,
    /// Versions of the application, which exist, for `chosen`; for `current` those that exist, filled in by the hub.
    pub versions: Vec<ApplicationVersionId>,
    /// The range.
    pub expression: String,
    /// The last moment, for `published_until`.
    pub published_until: Option<DateTime<Utc>>,
}

/// Credentials as they came in. An empty text is as if it were absent.
#[derive(Clone, Copy, Default)]
pub struct RegistryInput<'a> {
    /// `host[:port]`.
    pub host: Option<&'a str>,
    /// The user name.
    pub username: Option<&'a str>,
    /// The password.
    pub password: Option<&'a str>,
}

/// The password is not in it.
impl fmt::Debug for RegistryInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let password = self.password.map(|_| "…");
        let mut text = f.debug_struct("RegistryInput");
        text.field("host", &self.host).field("username", &self.username).field("password", &password).finish()
    }
}

/// An application entitlement to be created, or what one is to be from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntitlementDraft {
    /// See [`super::ApplicationEntitlement::customer`].
    pub customer: CustomerId,
    /// See [`super::ApplicationEntitlement::application`].
    pub application: ApplicationId,
    /// See [`super::ApplicationEntitlement::name`].
    pub name: Name,
    /// See [`super::ApplicationEntitlement::expires_at`].
    pub expires_at: Option<DateTime<Utc>>,
    /// See [`super::ApplicationEntitlement::scope`].
    pub scope: Scope,
    /// See [`super::ApplicationEntitlement::registry`].
    pub registry: Option<Registry>,
}

impl EntitlementDraft {
    /// Reads an application entitlement from input. An expiry in the past is allowed: that is how one is ended. `kept` is the
    /// registry that a password is kept for already, so that it need not be given again.
    ///
    /// # Errors
    /// All fields that are missing or not valid.
    pub fn parse(input: &EntitlementInput<'_>, kept: Option<&Registry>) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let name = check.take(Name::parse("name", input.name));
        let customer = check.take(input.customer.ok_or_else(|| {
            let message = "Choose the customer that is entitled.";
            FieldError::new("customerOrganizationId", "customer_missing", message)
        }));
        let application = check.take(input.application.ok_or_else(|| {
            FieldError::new("applicationId", "application_missing", "Choose the application that is granted.")
        }));
        let expires_at = check.take(input.expires_at.map(|at| parse_time("expiresAt", at)).transpose());
        let scope = check.take(parse_scope(&input.scope));
        let registry = check.take(parse_registry(input.registry, kept));
        let all = name.zip(customer).zip(application).zip(expires_at).zip(scope).zip(registry);
        check.finish(all.map(|(((((name, customer), application), expires_at), scope), registry)| Self {
            customer,
            application,
            name,
            expires_at,
            scope,
            registry,
        }))
    }
}

/// Both databases keep microseconds; cut before it is used, a moment means the same before and after it was stored.
fn parse_time(field: &'static str, at: DateTime<Utc>) -> Result<DateTime<Utc>, FieldError> {
    if (1970..=9999).contains(&at.year()) {
        return Ok(at.trunc_subsecs(6));
    }
    Err(FieldError::new(field, "time_out_of_range", "Choose a time from 1970 to the year 9999."))
}

fn parse_scope(input: &ScopeInput) -> Result<Scope, FieldError> {
    let kind: ScopeKind = input.kind.parse().map_err(|UnknownScope| {
        let message = format!("There is no scope “{}”: {UnknownScope}.", input.kind);
        FieldError::new("scope", "scope_unknown", message)
    })?;
    let expression = input.expression.trim();
    refuse_mixed(kind, input, expression)?;
    match kind {
        ScopeKind::Chosen if input.versions.is_empty() => {
            let message =
                "No version is chosen. Choose at least one, or grant all versions, present and future.";
            Err(FieldError::new("versions", "scope_empty", message))
        }
        ScopeKind::Chosen => parse_versions(&input.versions).map(Scope::Chosen),
        ScopeKind::Current if input.versions.is_empty() => {
            let message = "The application has no versions yet, so there is nothing to grant. Grant all versions, \
                           present and future.";
            Err(FieldError::new("scope", "scope_empty", message))
        }
        ScopeKind::Current => parse_versions(&input.versions).map(Scope::Current),
        ScopeKind::All => Ok(Scope::All),
        ScopeKind::Range => expression.parse().map(Scope::Range).map_err(|error| {
            let message = format!("The range is not valid: {error}. Write for example “>=2, <3” or “^1.4”.");
            FieldError::new("scope", "range_malformed", message)
        }),
        ScopeKind::PublishedUntil => match input.published_until {
            Some(until) => parse_time("scope", until).map(Scope::PublishedUntil),
            None => {
                let message = "Say up to when versions have to be published.";
                Err(FieldError::new("scope", "published_until_missing", message))
            }
        },
    }
}

fn refuse_mixed(kind: ScopeKind, input: &ScopeInput, expression: &str) -> Result<(), FieldError> {
    let takes_versions = matches!(kind, ScopeKind::Chosen | ScopeKind::Current);
    let wrong = [
        (!takes_versions && !input.versions.is_empty(), "versions"),
        (kind != ScopeKind::Range && !expression.is_empty(), "expression"),
        (kind != ScopeKind::PublishedUntil && input.published_until.is_some(), "publishedUntil"),
    ];
    let Some((_, other)) = wrong.into_iter().find(|(given, _)| *given) else { return Ok(()) };
    let message = format!(
        "A scope of kind “{}” takes no {other}. Leave them out or choose another scope.",
        kind.as_str()
    );
    Err(FieldError::new("scope", "scope_mixed", message))
}

fn parse_versions(ids: &[ApplicationVersionId]) -> Result<BTreeSet<ApplicationVersionId>, FieldError> {
    let mut versions = BTreeSet::new();
    match ids.iter().find(|id| !versions.insert(**id)) {
        Some(twice) => {
            let message = format!("The version {twice} is chosen twice. Choose it once.");
            Err(FieldError::new("versions", "version_twice", message))
        }
        None => Ok(versions),
    }
}

/// Host, user name and password are given all three or none. A kept password serves on for the same host and user name only: for
/// another host it would be sent to whoever that belongs to.
fn parse_registry(input: RegistryInput<'_>, kept: Option<&Registry>) -> Result<Option<Registry>, FieldError> {
    let given = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let password = input.password.filter(|password| !password.is_empty());
    let (host, username) = match (given(input.host), given(input.username)) {
        (Some(host), Some(username)) => (parse_host(&host)?, username),
        (None, None) if password.is_none() => return Ok(None),
        (host, _) => {
            let field = if host.is_none() { "registryUrl" } else { "registryUsername" };
            let message = "Give the registry's host, user name and password, all three or none.";
            return Err(FieldError::new(field, "registry_incomplete", message));
        }
    };
    let registry = Registry { host, username };
    let is_kept = password.is_none() && kept == Some(&registry);
    if password.is_none() && !is_kept {
        let message = if kept.is_some() {
            "The password that is kept is for the host and user name of before. Give the password of these."
        } else {
            "Give the registry's host, user name and password, all three or none."
        };
        return Err(FieldError::new("registryPassword", "registry_incomplete", message));
    }
    for (field, text) in
        [("registryUsername", registry.username.as_str()), ("registryPassword", password.unwrap_or_default())]
    {
        if text.len() > MAX_REGISTRY_TEXT || text.chars().any(char::is_control) {
            let message = "This is too long, or holds a line break or another control character.";
            return Err(FieldError::new(field, "registry_malformed", message));
        }
    }
    Ok(Some(registry))
}

/// A registry's host as agents log in to: without scheme and path. `https://` in front is taken off.
fn parse_host(text: &str) -> Result<String, FieldError> {
    let host = text.strip_prefix("https://").unwrap_or(text).trim_end_matches('/');
    let (name, port) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
        && !name.starts_with('-');
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    if is_name && is_port && host.len() <= 255 {
        return Ok(host.to_owned());
    }
    let message = "Enter the registry's host, and its port if needed, for example “registry.example.com”.";
    Err(FieldError::new("registryUrl", "registry_malformed", message))
}
