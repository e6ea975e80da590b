//! The permission policy: who may do what, in one table.
//!
//! [`authorize`] and [`authorize_agent`] are the only makers of a [`Permit`], and every query on an organization's data takes one. So a query
//! without a check can't be written. The table as a whole is a reviewed snapshot, `tests/it/policy.rs`.

use chrono::{DateTime, Utc};

use crate::actor::{Actor, Side};
use crate::agent::{Agent, AgentAction};
use crate::customer::Feature;
use crate::id::{CustomerId, OrganizationId, UserId};
use crate::role::Role;

/// Something an actor wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// See the overview of all customers' licenses.
    ViewLicensesOverview,
    /// See license keys and their revisions.
    ViewLicenseKeys,
    /// See a license token.
    ViewLicenseToken,
    /// Create a license key.
    CreateLicenseKey,
    /// Change a license key's description, or add a revision.
    EditLicenseKey,
    /// Delete a license key.
    DeleteLicenseKey,
    /// See customers.
    ViewCustomers,
    /// Create a customer.
    CreateCustomer,
    /// Change a customer's name and features.
    EditCustomer,
    /// Delete a customer with everything it has.
    DeleteCustomer,
    /// See members.
    ViewMembers,
    /// Invite, change and remove the vendor's staff.
    ManageStaff,
    /// Invite, change and remove members of customers.
    ManageCustomerMembers,
    /// See the organization's name, slug and plan.
    ViewOrganization,
    /// Change the organization's name and slug.
    EditOrganization,
    /// Read the audit log.
    ViewAuditLog,
    /// See artifacts, and pull what one is entitled to.
    ViewArtifacts,
    /// Push to artifacts; make an artifact that pulls through, and change its upstream.
    PushArtifacts,
    /// Delete artifacts, manifests, tags and blobs.
    DeleteArtifacts,
    /// See who pulled what.
    ViewPulls,
    /// See artifact entitlements, and why something is allowed or denied.
    ViewArtifactEntitlements,
    /// Create, change and delete artifact entitlements.
    EditArtifactEntitlements,
    /// Decide whether customers see all artifacts, or only what they are entitled to.
    RestrictArtifacts,
    /// See applications and their versions.
    ViewApplications,
    /// Create, change and delete applications, add versions.
    EditApplications,
    /// See application entitlements.
    ViewApplicationEntitlements,
    /// Create, change and delete application entitlements.
    EditApplicationEntitlements,
    /// Decide whether customers see all applications, or only what they are entitled to.
    RestrictApplications,
    /// See deployment targets, deployments, their status and logs.
    ViewDeployments,
    /// Create, connect, change and delete deployment targets; deploy and undeploy.
    EditDeployments,
    /// See which secrets there are, never their values.
    ViewSecrets,
    /// Create, change and delete secrets.
    EditSecrets,
    /// See an image by its id.
    ViewFiles,
    /// List, upload and delete images.
    EditFiles,
    /// List, make and delete one's own access tokens.
    ManageOwnAccessTokens,
    /// Change one's own name and password, see and end one's own sessions.
    ManageOwnAccount,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 36] = [
        Self::ViewLicensesOverview,
        Self::ViewLicenseKeys,
        Self::ViewLicenseToken,
        Self::CreateLicenseKey,
        Self::EditLicenseKey,
        Self::DeleteLicenseKey,
        Self::ViewCustomers,
        Self::CreateCustomer,
        Self::EditCustomer,
        Self::DeleteCustomer,
        Self::ViewMembers,
        Self::ManageStaff,
        Self::ManageCustomerMembers,
        Self::ViewOrganization,
        Self::EditOrganization,
        Self::ViewAuditLog,
        Self::ViewArtifacts,
        Self::PushArtifacts,
        Self::DeleteArtifacts,
        Self::ViewPulls,
        Self::ViewArtifactEntitlements,
        Self::EditArtifactEntitlements,
        Self::RestrictArtifacts,
        Self::ViewApplications,
        Self::EditApplications,
        Self::ViewApplicationEntitlements,
        Self::EditApplicationEntitlements,
        Self::RestrictApplications,
        Self::ViewDeployments,
        Self::EditDeployments,
        Self::ViewSecrets,
        Self::EditSecrets,
        Self::ViewFiles,
        Self::EditFiles,
        Self::ManageOwnAccessTokens,
        Self::ManageOwnAccount,
    ];

    fn needs_license_management(self) -> bool {
        matches!(
            self,
            Self::ViewLicensesOverview
                | Self::ViewLicenseKeys
                | Self::ViewLicenseToken
                | Self::CreateLicenseKey
                | Self::EditLicenseKey
                | Self::DeleteLicenseKey
                | Self::ViewArtifactEntitlements
                | Self::EditArtifactEntitlements
                | Self::ViewApplicationEntitlements
                | Self::EditApplicationEntitlements
        )
    }

    /// The section of the Customer Portal that this belongs to, if it can be switched off for a customer.
    fn feature(self) -> Option<Feature> {
        match self {
            Self::ViewArtifacts => Some(Feature::Artifacts),
            Self::ViewApplications
            | Self::ViewApplicationEntitlements
            | Self::ViewDeployments
            | Self::EditDeployments
            | Self::ViewSecrets
            | Self::EditSecrets => Some(Feature::DeploymentTargets),
            _ => None,
        }
    }

    /// The weakest role that may do this on a side of the trade; `None`: nobody there.
    fn weakest_role(self, side: Side) -> Option<Role> {
        use Role::{Admin, ReadOnly, ReadWrite};
        let (vendor, customer) = match self {
            Self::ViewLicenseKeys | Self::ViewLicenseToken => (Some(ReadOnly), Some(ReadOnly)),
            Self::ViewLicensesOverview => (Some(ReadOnly), None),
            Self::CreateLicenseKey | Self::EditLicenseKey | Self::DeleteLicenseKey => (Some(ReadWrite), None),
            Self::ViewCustomers => (Some(ReadOnly), None),
            Self::CreateCustomer | Self::EditCustomer => (Some(ReadWrite), None),
            Self::DeleteCustomer => (Some(Admin), None),
            Self::ViewMembers => (Some(ReadOnly), Some(ReadOnly)),
            Self::ManageStaff => (Some(Admin), None),
            Self::ManageCustomerMembers => (Some(ReadWrite), Some(Admin)),
            Self::ViewOrganization => (Some(ReadOnly), Some(ReadOnly)),
            Self::EditOrganization => (Some(Admin), None),
            Self::ViewAuditLog => (Some(ReadOnly), None),
            Self::ViewArtifacts => (Some(ReadOnly), Some(ReadOnly)),
            Self::PushArtifacts | Self::DeleteArtifacts => (Some(ReadWrite), None),
            Self::ViewPulls | Self::ViewArtifactEntitlements => (Some(ReadOnly), None),
            Self::EditArtifactEntitlements => (Some(ReadWrite), None),
            Self::RestrictArtifacts | Self::RestrictApplications => (Some(Admin), None),
            Self::ViewApplications | Self::ViewApplicationEntitlements => (Some(ReadOnly), Some(ReadOnly)),
            Self::EditApplications | Self::EditApplicationEntitlements => (Some(ReadWrite), None),
            Self::ViewDeployments | Self::ViewSecrets => (Some(ReadOnly), Some(ReadOnly)),
            Self::EditDeployments | Self::EditSecrets => (Some(ReadWrite), Some(ReadWrite)),
            Self::ViewFiles => (Some(ReadOnly), Some(ReadOnly)),
            Self::EditFiles => (Some(ReadWrite), None),
            Self::ManageOwnAccessTokens | Self::ManageOwnAccount => (Some(ReadOnly), Some(ReadOnly)),
        };
        match side {
            Side::Vendor => vendor,
            Side::Customer => customer,
        }
    }
}

/// Proof that an actor may act, and on whose data. Only [`authorize`] makes one for a member, only
/// [`authorize_agent`] for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    organization: OrganizationId,
    customer: Option<CustomerId>,
    user: Option<UserId>,
}

impl Permit {
    /// The organization whose data may be reached.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The only customer whose data may be reached; `None`: every customer's of the organization.
    pub fn customer(&self) -> Option<CustomerId> {
        self.customer
    }

    /// The person who acts; `None` for an agent and for the hub's operator.
    pub fn user(&self) -> Option<UserId> {
        self.user
    }

    /// The permit of the hub's operator, who works on the machine itself and may do everything in an organization.
    /// Only commands of the binary and the hub's own jobs use it.
    pub fn operator(organization: OrganizationId) -> Self {
        Self { organization, customer: None, user: None }
    }

    /// The same permit for what belongs to one of the organization's members, such as their access tokens.
    pub fn on_behalf_of(self, user: UserId) -> Self {
        Self { user: Some(user), ..self }
    }
}

/// Why an actor may not act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The organization's plan lacks license management.
    #[error("The organization's plan does not include license management.")]
    Plan,
    /// The actor's side of the trade never does this.
    #[error("Only the vendor's members may do this.")]
    Side,
    /// The vendor switched the section off for the actor's customer.
    #[error("Your vendor has switched this off for you.")]
    Feature,
    /// The actor's role is too weak.
    #[error("Your role does not allow this. It needs {}.", needed.label())]
    Role {
        /// The weakest role that would do.
        needed: Role,
    },
}

/// Decides whether the actor may do `action` in the organization they act in.
///
/// # Errors
/// [`Denied`], with the reason that they may know. Whether a single resource exists for them is not decided here: the
/// permit narrows every query, and what it leaves out is not found.
pub fn authorize(actor: &Actor, action: Action, now: DateTime<Utc>) -> Result<Permit, Denied> {
    let needed = action.weakest_role(actor.side()).ok_or(Denied::Side)?;
    if actor.role < needed {
        return Err(Denied::Role { needed });
    }
    if action.needs_license_management() && !actor.subscription.includes_license_management(now) {
        return Err(Denied::Plan);
    }
    if action.feature().is_some_and(|feature| !actor.features.contains(&feature)) {
        return Err(Denied::Feature);
    }
    Ok(Permit { organization: actor.organization, customer: actor.customer, user: Some(actor.user) })
}

/// Decides whether an agent may do `action`. Its permit reaches what its customer's members may reach, or, for a target of the
/// vendor's own, the whole organization; what belongs to targets is narrowed further to the agent's own.
///
/// # Errors
/// [`Denied::Feature`]: the vendor switched deployments off for the agent's customer.
pub fn authorize_agent(agent: &Agent, action: AgentAction) -> Result<Permit, Denied> {
    if action.feature().is_some_and(|feature| !agent.features.contains(&feature)) {
        return Err(Denied::Feature);
    }
    Ok(Permit { organization: agent.organization, customer: agent.customer, user: None })
}
