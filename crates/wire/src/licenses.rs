//! The licenses overview.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::customer::CustomerOrganization;
use crate::license_key::LicenseKey;

/// A customer with all that it is licensed for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerLicenses {
    /// The customer.
    pub customer_organization: CustomerOrganization,
    /// Its application entitlements; this release has none.
    #[schema(value_type = Vec<Object>)]
    pub application_entitlements: Vec<Value>,
    /// Its artifact entitlements; this release has none.
    #[schema(value_type = Vec<Object>)]
    pub artifact_entitlements: Vec<Value>,
    /// Its license keys.
    pub license_keys: Vec<LicenseKey>,
}
