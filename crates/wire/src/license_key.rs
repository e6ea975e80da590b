//! License keys.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::deployment::AffectedDeployment;
use crate::{Time, present};

/// A license key with its content in force.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LicenseKey {
    /// Its id, the token's `sub`.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Its name: unique in the organization without regard to case, never changed.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The vendor's own claims.
    #[schema(value_type = Object)]
    pub payload: Box<RawValue>,
    /// Start of the validity.
    pub not_before: Time,
    /// End of the validity.
    pub expires_at: Time,
    /// How long after the end the application should go on and warn, in seconds; absent if not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_seconds: Option<u32>,
    /// When the revision in force was made.
    pub last_revised_at: Time,
    /// The number of the revision in force, from 1.
    pub revision: u32,
    /// Whom it is issued to; absent: organization-wide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_id: Option<Uuid>,
    /// How a deployment's templates name the token.
    #[schema(example = "{{ .LicenseKeys.FLEET_MAIN }}")]
    pub reference: String,
}

/// A license key to be created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateLicenseKeyRequest {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The vendor's own claims: a JSON object of at most 64 KiB, without the claims that the token has by itself
    /// (`iss sub aud exp nbf iat jti org lic`). Order, numbers and strings reach the token as they are.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub payload: Option<Box<RawValue>>,
    /// Start of the validity, to the second.
    #[serde(default)]
    pub not_before: Option<Time>,
    /// End of the validity, to the second; after the start.
    #[serde(default)]
    pub expires_at: Option<Time>,
    /// How long after the end the application should go on and warn, in seconds.
    #[serde(default)]
    pub grace_seconds: Option<i64>,
    /// Whom it is issued to; organization-wide without.
    #[serde(default)]
    pub customer_organization_id: Option<Uuid>,
}

/// Changes to a license key; what is absent stays. Other content makes a revision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateLicenseKeyRequest {
    /// What it is for; null clears it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// The vendor's own claims.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub payload: Option<Box<RawValue>>,
    /// Start of the validity, to the second.
    #[serde(default)]
    pub not_before: Option<Time>,
    /// End of the validity, to the second; after the start.
    #[serde(default)]
    pub expires_at: Option<Time>,
    /// How long after the end the application should go on and warn, in seconds.
    #[serde(default)]
    pub grace_seconds: Option<i64>,
}

/// A changed license key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateLicenseKeyResponse {
    /// The key.
    #[serde(flatten)]
    pub key: LicenseKey,
    /// The deployments that use the key: they were redeployed, but for those that say why not.
    pub affected_deployments: Vec<AffectedDeployment>,
}

/// One immutable content of a license key, with its token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LicenseKeyRevision {
    /// Its id, the token's `jti`.
    pub id: Uuid,
    /// Its number in the key, from 1.
    pub revision: u32,
    /// When it was made.
    pub created_at: Time,
    /// Who made it.
    pub created_by: String,
    /// Start of the validity.
    pub not_before: Time,
    /// End of the validity.
    pub expires_at: Time,
    /// How long after the end the application should go on and warn, in seconds; absent if not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_seconds: Option<u32>,
    /// The vendor's own claims.
    #[schema(value_type = Object)]
    pub payload: Box<RawValue>,
    /// The signed token.
    pub token: String,
}

/// A license token.
#[derive(Debug, Serialize, ToSchema)]
pub struct LicenseToken {
    /// The signed token in force, a JWS in compact form.
    pub token: String,
}
