//! The token that an agent gets for its target's secret.
//!
//! It has the form of a JWT (RFC 7519) because agents read its `exp` to know when to sign in again. Nobody but the hub checks its
//! code, so it is HS256 with a key derived from the master key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use grantry_model::agent::Agent;
use grantry_model::id::{DeploymentTargetId, OrganizationId};
use serde::{Deserialize, Serialize};

use crate::Ops;
use crate::error::{Error, Result};

/// How long a token is good, by the hub's clock.
pub const LIFETIME: TimeDelta = TimeDelta::hours(24);
/// Binds the code to what it is for.
const CONTEXT: &str = "agent token";
/// No token is longer; so nothing long is decoded.
const MAX_TOKEN: usize = 1024;

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: DeploymentTargetId,
    org: OrganizationId,
    aud: Vec<String>,
    iat: i64,
    nbf: i64,
    exp: i64,
    /// The number of the secret that it was given for.
    crd: u64,
}

/// What a token says that the hub has given and that has not expired. Whether the target is still there, and the secret still its
/// last one, is asked with every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Presented {
    pub(crate) target: DeploymentTargetId,
    pub(crate) organization: OrganizationId,
    pub(crate) credential: u64,
}

/// Gives a token to an agent.
pub(super) fn issue(ops: &Ops, agent: &Agent) -> Result<String> {
    let now = ops.clock().now();
    let header = Header { alg: "HS256".to_owned(), typ: "JWT".to_owned() };
    let claims = Claims {
        sub: agent.target,
        org: agent.organization,
        aud: vec!["agent".to_owned()],
        iat: now.timestamp(),
        nbf: now.timestamp(),
        exp: (now + LIFETIME).timestamp(),
        crd: agent.credential,
    };
    let header = serde_json::to_vec(&header).map_err(Error::internal)?;
    let claims = serde_json::to_vec(&claims).map_err(Error::internal)?;
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let code = ops.store().mac(CONTEXT, signed.as_bytes())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(code)))
}

/// Reads a token; `None` if the hub did not give it, or not for now.
pub(crate) fn read(ops: &Ops, token: &str) -> Option<Presented> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let (signed, code) = token.rsplit_once('.')?;
    let code = URL_SAFE_NO_PAD.decode(code).ok()?;
    if !ops.store().verify_mac(CONTEXT, signed.as_bytes(), &code).ok()? {
        return None;
    }
    // Only the hub can have written what follows.
    let (_, claims) = signed.split_once('.')?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let is_current = claims.exp > ops.clock().now().timestamp();
    is_current.then_some(Presented { target: claims.sub, organization: claims.org, credential: claims.crd })
}
