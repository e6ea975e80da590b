//! The licenses overview.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;
use crate::application_entitlement::ApplicationEntitlement;
use crate::artifact_entitlement::ArtifactEntitlement;
use crate::customer::CustomerOrganization;
use crate::license_key::LicenseKey;

/// A customer with all that it is licensed for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerLicenses {
    /// The customer.
    pub customer_organization: CustomerOrganization,
    /// Its application entitlements.
    pub application_entitlements: Vec<ApplicationEntitlement>,
    /// Its artifact entitlements.
    pub artifact_entitlements: Vec<ArtifactEntitlement>,
    /// Its license keys.
    pub license_keys: Vec<LicenseKey>,
}

/// What to copy from another customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CopyLicensesRequest {
    /// The customer to copy from.
    pub from: Uuid,
    /// `application_entitlements`, `artifact_entitlements` and `license_keys`, one or several of them.
    pub kinds: Vec<String>,
    /// When the copies end. License keys need an end.
    #[serde(default)]
    pub expires_at: Option<Time>,
}

/// What was copied.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CopiedLicenses {
    /// The ids of the new application entitlements.
    pub application_entitlement_ids: Vec<Uuid>,
    /// The ids of the new artifact entitlements.
    pub artifact_entitlement_ids: Vec<Uuid>,
    /// The ids of the new license keys.
    pub license_key_ids: Vec<Uuid>,
}
