//! Customers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Time, present};

/// A customer of the vendor.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerOrganization {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Its name, unique in the organization without regard to case.
    pub name: String,
    /// The image shown with its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<Uuid>,
    /// Where that image is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// What the Customer Portal offers it: `deployment_targets`, `artifacts`, `alerts`.
    pub features: Vec<String>,
}

/// A customer with what it has.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerOrganizationWithUsage {
    /// The customer.
    #[serde(flatten)]
    pub customer: CustomerOrganization,
    /// How many members it has.
    pub user_count: u64,
    /// How many deployment targets it has; they go with it when it is deleted.
    pub deployment_target_count: u64,
    /// How many secrets it has; they go with it, too.
    pub secret_count: u64,
    /// How many license keys it has; they go with it when it is deleted.
    pub license_key_count: u64,
    /// How many artifact entitlements it has; they go with it, too.
    pub artifact_entitlement_count: u64,
    /// How many application entitlements it has; they go with it, too.
    pub application_entitlement_count: u64,
}

/// Name, features and image of a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerOrganizationRequest {
    /// The name.
    pub name: String,
    /// The features; `deployment_targets` and `artifacts` if absent.
    #[serde(default)]
    pub features: Option<Vec<String>>,
    /// The file that is shown with the name; null: none. Absent: as it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub image_id: Option<Option<Uuid>>,
}
