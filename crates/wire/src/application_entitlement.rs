//! Application entitlements.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;
use crate::application::{Application, ApplicationVersion};
use crate::customer::CustomerOrganization;

/// Which versions of an application a customer may deploy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationEntitlement {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Its name, unique for the customer without regard to case.
    pub name: String,
    /// It grants nothing from then on; absent: it does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// The application.
    pub application_id: Uuid,
    /// The customer that it entitles.
    pub customer_organization_id: Uuid,
    /// The host of a private registry that agents get credentials for; absent for a customer's member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_url: Option<String>,
    /// The user name there. The password is never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_username: Option<String>,
    /// The versions that it covers now, the first one first; empty for all versions, present and future.
    pub versions: Vec<ApplicationVersion>,
    /// Which versions it covers.
    pub scope: ApplicationScope,
    /// The application, without its versions.
    pub application: Application,
    /// The customer.
    pub customer_organization: CustomerOrganization,
}

/// Which versions of an application are granted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationScope {
    /// `chosen`: the versions listed; `current`: the versions that there were when it was saved; `all`: all versions, present and
    /// future; `range`: those whose name is in the range; `published_until`: those created up to a moment.
    pub kind: String,
    /// The range of versions (`>=2, <3`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// The last moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_until: Option<Time>,
}

/// An application entitlement to be created, or what one is to be from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationEntitlementRequest {
    /// In a change the id, as in the address, if it is given.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// When it ends; never, if it is absent. A time in the past ends it now.
    #[serde(default)]
    pub expires_at: Option<Time>,
    /// The application; required, and never changes.
    #[serde(default)]
    pub application_id: Option<Uuid>,
    /// The customer that it entitles; required, and never changes.
    #[serde(default)]
    pub customer_organization_id: Option<Uuid>,
    /// The host of a private registry that agents get credentials for. Host, user name and password are given all three or none.
    #[serde(default)]
    pub registry_url: Option<String>,
    /// The user name there.
    #[serde(default)]
    pub registry_username: Option<String>,
    /// The password there. In a change it stays if it is absent and host and user name are as before.
    #[serde(default)]
    pub registry_password: Option<String>,
    /// Versions of the application; without a scope, none stand for all, present and future.
    #[serde(default)]
    pub versions: Option<Vec<VersionReference>>,
    /// Which versions are granted. Without: the `versions`. A change without it leaves the scope as it is if the versions are
    /// those that the entitlement shows.
    #[serde(default)]
    pub scope: Option<ApplicationScopeRequest>,
}

/// A version that is named.
#[derive(Debug, Deserialize, ToSchema)]
pub struct VersionReference {
    /// Its id.
    pub id: Uuid,
}

/// Which versions of an application are to be granted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationScopeRequest {
    /// `chosen`, `current`, `all`, `range` or `published_until`.
    pub kind: String,
    /// The range of versions (`>=2, <3`).
    #[serde(default)]
    pub expression: Option<String>,
    /// The last moment.
    #[serde(default)]
    pub published_until: Option<Time>,
}
