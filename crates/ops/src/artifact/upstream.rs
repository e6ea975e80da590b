//! Artifacts that are pulled through from another registry: where from, and by which credentials.

use grantry_model::artifact::{Artifact, ArtifactName, Upkeep, Upstream};
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::field::{Check, FieldError, Invalid};
use grantry_model::id::ArtifactId;
use grantry_model::policy::{Action, Permit};
use grantry_store::artifact::{NAME_UNIQUE, UpstreamCredentials};
use grantry_store::store::Tx;
use grantry_upstream::address::Address;
use grantry_upstream::error::Error as Outage;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, OnConflict, Result};
use crate::once::{Once, Outcome};
use crate::registry::through::{UpstreamFailure, ping};

/// Most characters of a user name or a password.
const MAX_CREDENTIAL: usize = 4_096;

/// Credentials as they came in.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The user name.
    pub username: &'a str,
    /// The password.
    pub password: &'a str,
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// An artifact to be made.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is pulled through from, `host[:port]/repository`; `None` for one that is pushed to.
    pub url: Option<&'a str>,
    /// By which credentials.
    pub credentials: Option<Credentials<'a>>,
    /// How it looks after what it keeps.
    pub upkeep: Upkeep,
}

/// Changes to an upstream; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Changes<'a> {
    /// Where from.
    pub url: Option<&'a str>,
    /// By which credentials; `Some(None)`: without any.
    pub credentials: Option<Option<Credentials<'a>>>,
    /// Bytes that are kept at most; `Some(None)`: without a limit, here and below.
    pub cache_limit: Option<Option<u64>>,
    /// Days without a pull after which a blob goes.
    pub cache_days: Option<Option<u32>>,
    /// Hours between two comparisons of all tags.
    pub sync_hours: Option<Option<u32>>,
}

impl Changes<'_> {
    fn upkeep(&self, before: Upkeep) -> Upkeep {
        Upkeep {
            cache_limit: self.cache_limit.unwrap_or(before.cache_limit),
            cache_days: self.cache_days.unwrap_or(before.cache_days),
            sync_hours: self.sync_hours.unwrap_or(before.sync_hours),
        }
    }
}

/// Makes an artifact, usually one that is pulled through from another registry.
///
/// # Errors
/// Name, address or credentials are not valid; there is an artifact of this name.
pub async fn create(
    ops: &Ops,
    caller: &Caller,
    input: &Input<'_>,
    once: &Once<'_, Artifact>,
) -> Result<Outcome<Artifact>> {
    let permit = ops.authorize(caller, Action::PushArtifacts).await?;
    let organization = ops.store().read().await?.find_organization(&permit).await?;
    let organization = organization.ok_or(Error::NotFound(Kind::Organization))?;
    let mut check = Check::new();
    let name = check.take(parse_name(organization.slug.as_str(), input.name));
    let url = check.take(input.url.map(parse_address).transpose());
    let credentials = check.take(input.credentials.map(parse_credentials).transpose());
    let upkeep = take_upkeep(&mut check, input.upkeep);
    if input.url.is_none() && (input.credentials.is_some() || input.upkeep != Upkeep::default()) {
        let message = "Credentials, limits and a schedule need an address that they are for. Give it, or leave them out.";
        check.fail(FieldError::new("upstreamUrl", "upstream_missing", message));
    }
    let all = check.finish(name.zip(url).zip(credentials).zip(upkeep));
    let (((name, url), credentials), upkeep) = all?;
    if let Some(url) = &url {
        probe(ops, url, credentials.as_ref()).await?;
    }
    let mut tx = ops.store().write().await?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    let now = ops.clock().now();
    let upstream = url.as_ref().map(|url| Upstream {
        url: url.to_string(),
        username: credentials.as_ref().map(|one| one.username.clone()),
        synced_at: None,
        sync_error: None,
        upkeep,
    });
    let artifact =
        Artifact { id: ops.new_id()?, name, created_at: now, pushed_at: None, upstream, image: None };
    tx.lock_artifacts(&permit).await?;
    tx.insert_artifact(&permit, &artifact).await.on_conflict(NAME_UNIQUE, || {
        Error::conflict("name_taken", "There is an artifact of this name. Choose a different one.")
    })?;
    if let Some(upstream) = &artifact.upstream {
        tx.update_upstream(&permit, artifact.id, &upstream.url, credentials.as_ref()).await?;
        tx.update_upkeep(&permit, artifact.id, &upstream.upkeep, now).await?;
    }
    let subject = Subject::new("artifact", artifact.id, &artifact.name);
    let event = Event::new(EventKind::ArtifactCreated, subject).with(json!({ "after": facts(&artifact) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    once.remember(&mut tx, &permit, &artifact, now).await?;
    tx.commit().await?;
    Ok(Outcome::Created(artifact))
}

/// Changes where an artifact is pulled through from.
///
/// # Errors
/// There is no such artifact, or it is pushed to; address or credentials are not valid; another registry would get the
/// credentials of the one before.
pub async fn update(ops: &Ops, caller: &Caller, id: ArtifactId, changes: Changes<'_>) -> Result<Artifact> {
    let permit = ops.authorize(caller, Action::PushArtifacts).await?;
    let mut tx = ops.store().read().await?;
    let before = tx.find_artifact(&permit, id).await?.ok_or(Error::NotFound(Kind::Artifact))?;
    let Some(upstream) = before.upstream.clone() else {
        let message =
            "This artifact is pushed to, so it has no upstream. Make another one that pulls through.";
        return Err(FieldError::new("upstreamUrl", "artifact_not_pull_through", message).into());
    };
    let mut check = Check::new();
    let url = check.take(parse_address(changes.url.unwrap_or(&upstream.url)));
    let given = check.take(changes.credentials.flatten().map(parse_credentials).transpose());
    let upkeep = take_upkeep(&mut check, changes.upkeep(upstream.upkeep));
    let ((url, given), upkeep) = check.finish(url.zip(given).zip(upkeep))?;
    let credentials = match changes.credentials {
        Some(_) => given,
        None => kept(&mut tx, &permit, &before, &url).await?,
    };
    tx.commit().await?;
    let moves = changes.credentials.is_some() || url.to_string() != upstream.url;
    if moves {
        probe(ops, &url, credentials.as_ref()).await?;
    }
    let mut tx = ops.store().write().await?;
    tx.lock_artifact(id).await?;
    // Not what pulls and comparisons change of it meanwhile.
    let settings = |artifact: Artifact| artifact.upstream.map(|one| (one.url, one.username, one.upkeep));
    if tx.find_artifact(&permit, id).await?.map(settings) != Some(settings(before.clone())) {
        let message = "Somebody else changed the artifact at the same time. Look at it again.";
        return Err(Error::conflict("changed_meanwhile", message));
    }
    let mut changed = Upstream { upkeep, ..upstream };
    if moves {
        tx.update_upstream(&permit, id, &url.to_string(), credentials.as_ref()).await?;
        let username = credentials.map(|one| one.username);
        changed = Upstream { url: url.to_string(), username, synced_at: None, sync_error: None, upkeep };
    }
    // Also where it stays: what is due now shows whether it works.
    tx.update_upkeep(&permit, id, &upkeep, ops.clock().now()).await?;
    let after = Artifact { upstream: Some(changed), ..before.clone() };
    let subject = Subject::new("artifact", id, &after.name);
    let details = json!({
        "before": facts(&before), "after": facts(&after), "credentialsGiven": changes.credentials.is_some(),
    });
    let event = Event::new(EventKind::ArtifactUpdated, subject).with(details);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(after)
}

/// Refuses what the registry itself refuses: an address that is none of a registry or not allowed, and wrong credentials. One
/// that is away right now is taken: it may come back.
async fn probe(ops: &Ops, url: &Address, credentials: Option<&UpstreamCredentials>) -> Result<()> {
    let credentials = credentials.map(|one| grantry_upstream::credentials::Credentials {
        username: one.username.clone(),
        password: one.password.clone(),
    });
    let failure = match ping(ops, url, credentials).await {
        Ok(()) | Err(UpstreamFailure::Upstream(Outage::Unavailable { .. } | Outage::RateLimited { .. })) => {
            return Ok(());
        }
        Err(failure) => failure,
    };
    let message = format!("The registry can't be used: {failure}.");
    Err(FieldError::new("upstreamUrl", "upstream_refused", message).into())
}

/// The credentials that stay when none are given. They belong to their registry, so they don't follow to another one.
async fn kept(
    tx: &mut Tx,
    permit: &Permit,
    artifact: &Artifact,
    url: &Address,
) -> Result<Option<UpstreamCredentials>> {
    let credentials = tx.find_upstream_credentials(permit, artifact.id).await?;
    let before = artifact.upstream.as_ref().and_then(|upstream| Address::parse(&upstream.url).ok());
    let is_same = before.is_some_and(|before| before.registry() == url.registry());
    if credentials.is_some() && !is_same {
        let message = "The credentials are for another registry. Give those for this one, or none.";
        return Err(FieldError::new("upstreamAuth", "credentials_of_another_registry", message).into());
    }
    Ok(credentials)
}

fn parse_name(slug: &str, text: &str) -> std::result::Result<ArtifactName, FieldError> {
    let wrong = |error: &dyn std::fmt::Display| {
        FieldError::new("name", "artifact_name_malformed", format!("The name can't be used: {error}."))
    };
    if text.trim().is_empty() {
        return Err(FieldError::new("name", "name_blank", "Give the artifact a name."));
    }
    let name: ArtifactName = text.trim().parse().map_err(|error| wrong(&error))?;
    // With the slug it must be a name, too.
    format!("{slug}/{name}").parse::<grantry_oci::name::Name>().map_err(|error| wrong(&error))?;
    Ok(name)
}

fn parse_address(text: &str) -> std::result::Result<Address, FieldError> {
    if text.trim().is_empty() {
        let message = "Give the address of the artifact, for example ghcr.io/acme/ship.";
        return Err(FieldError::new("upstreamUrl", "upstream_blank", message));
    }
    Address::parse(text.trim()).map_err(|error| {
        FieldError::new("upstreamUrl", "upstream_malformed", format!("The address can't be used: {error}."))
    })
}

fn parse_credentials(given: Credentials<'_>) -> std::result::Result<UpstreamCredentials, FieldError> {
    let wrong = |message: &str| Err(FieldError::new("upstreamAuth", "credentials_malformed", message));
    let Credentials { username, password } = given;
    if username.is_empty() || password.is_empty() {
        return wrong("Give both a user name and a password, or no credentials.");
    }
    if username.contains(':') || [username, password].iter().any(|text| text.chars().any(char::is_control)) {
        return wrong("A user name has no colon, and neither it nor the password has control characters.");
    }
    if username.len().max(password.len()) > MAX_CREDENTIAL {
        return wrong("User name and password have at most 4096 bytes.");
    }
    Ok(UpstreamCredentials { username: username.to_owned(), password: Zeroizing::new(password.to_owned()) })
}

fn take_upkeep(check: &mut Check, upkeep: Upkeep) -> Option<Upkeep> {
    upkeep.check().map_err(|Invalid(errors)| errors.into_iter().for_each(|error| check.fail(error))).ok()
}

fn facts(artifact: &Artifact) -> Value {
    let upstream = artifact.upstream.as_ref();
    let upkeep = upstream.map(|upstream| upstream.upkeep);
    json!({
        "upstreamCacheLimit": upkeep.and_then(|upkeep| upkeep.cache_limit),
        "upstreamCacheDays": upkeep.and_then(|upkeep| upkeep.cache_days),
        "upstreamSyncHours": upkeep.and_then(|upkeep| upkeep.sync_hours),
        "upstreamUrl": upstream.map(|upstream| &upstream.url),
        "upstreamUsername": upstream.and_then(|upstream| upstream.username.as_ref()),
    })
}
