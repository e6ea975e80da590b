//! The audit log.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// Its id.
    pub id: Uuid,
    /// Its place in the organization's log, from 1 without gaps.
    pub seq: u64,
    /// When it happened.
    pub at: Time,
    /// What happened.
    #[schema(example = "license_key.revised")]
    pub kind: String,
    /// It as a sentence.
    pub sentence: String,
    /// Who did it.
    pub actor: AuditActor,
    /// What it was done to.
    pub subject: AuditSubject,
    /// The customer it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_id: Option<Uuid>,
    /// Further facts, such as values before and after.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub details: Option<Value>,
    /// SHA-256 over the entry and the hash of the one before, in hexadecimal.
    pub hash: String,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditActor {
    /// The user; absent for the operator and for people who are not signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
    /// What they were called.
    pub name: String,
    /// `session`, `access_token`, `operator` or `anonymous`.
    pub credential: String,
    /// Where the request came from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
}

/// What something was done to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditSubject {
    /// What kind of thing.
    #[schema(example = "license_key")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What it was called.
    pub name: String,
}
