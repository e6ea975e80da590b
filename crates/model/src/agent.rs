//! Agents: our processes beside what is deployed. An agent acts for one deployment target.

use crate::customer::Feature;
use crate::id::{CustomerId, DeploymentTargetId, OrganizationId};
use crate::name::Name;

/// An agent that has signed in with the secret of its deployment target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The deployment target that it acts for.
    pub target: DeploymentTargetId,
    /// What the target is called.
    pub name: Name,
    /// The organization.
    pub organization: OrganizationId,
    /// The customer whose target it is; `None` for the vendor's own.
    pub customer: Option<CustomerId>,
    /// The sections that are open to the customer; all for the vendor's own target.
    pub features: Vec<Feature>,
    /// Which of the target's secrets it signed in with, counted from 1: only the last one is good.
    pub credential: u64,
}

/// Something an agent wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentAction {
    /// Ask what to run, and report on it.
    Run,
    /// Pull from the registry.
    Pull,
}

impl AgentAction {
    /// All actions.
    pub const ALL: [Self; 2] = [Self::Run, Self::Pull];

    /// The section of the Customer Portal that has to be open to the agent's customer. What runs goes on when the vendor
    /// switches deployments off for a customer; nothing new is fetched then. Whether the section of artifacts is open says
    /// nothing here: that is about people who pull by hand.
    pub(crate) fn feature(self) -> Option<Feature> {
        match self {
            Self::Run => None,
            Self::Pull => Some(Feature::DeploymentTargets),
        }
    }
}
