//! Secrets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;
use crate::deployment::AffectedDeployment;

/// What is known of a secret. Its value is never shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// When its value was last set.
    pub updated_at: Time,
    /// Who set it; absent if that was the hub's operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<SecretAuthor>,
    /// Whose deployments read it; absent: those at the vendor's own targets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_id: Option<Uuid>,
    /// How templates name it.
    pub key: String,
    /// The key as it stands in a template.
    #[schema(example = "{{ .Secrets.DB_PASSWORD }}")]
    pub reference: String,
}

/// Who set a secret's value.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretAuthor {
    /// The user.
    pub id: Uuid,
    /// What they were called at the time.
    pub name: String,
}

/// A secret to be created.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateSecretRequest {
    /// A letter, then letters, digits and underscores.
    pub key: String,
    /// Its value, at most 64 KiB.
    pub value: String,
    /// Whose deployments read it; without, those at the vendor's own targets. A customer's member always creates their customer's.
    #[serde(default)]
    pub customer_organization_id: Option<Uuid>,
}

/// Another value of a secret.
#[derive(Deserialize, ToSchema)]
pub struct UpdateSecretRequest {
    /// The value.
    pub value: String,
}

/// A changed secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateSecretResponse {
    /// The secret.
    #[serde(flatten)]
    pub secret: Secret,
    /// The deployments that read it: they were redeployed, but for those that say why not.
    pub affected_deployments: Vec<AffectedDeployment>,
}
