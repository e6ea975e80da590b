//! Who is behind an agent's credential, and what is known of agents.

use chrono::{DateTime, Utc};
use grantry_model::agent::Agent;
use grantry_model::customer::Feature;
use grantry_model::id::{DeploymentTargetId, OrganizationId};

use crate::column::{corrupt, count, id, name, optional_id};
use crate::customer::split;
use crate::db::{Row, params};
use crate::error::Error;
use crate::session::SecretHash;
use crate::store::Tx;

/// Numbers of the last entries that concern an agent; what was worked out for them holds until one of them moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// Of the last that changes what templates read at its target and at all others of the same owner.
    pub read: Read,
    /// Of the last that concerns its target alone.
    pub target: u64,
}

/// Numbers of the last entries that concern all agents of an owner: a customer, or the vendor for its own targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Read {
    /// Of the last that concerns all agents of the organization.
    pub everybody: u64,
    /// Of the last that concerns the owner's.
    pub owner: u64,
}

/// The numbers of the agent of the target `$2`, if it is one of the organization `$1`.
macro_rules! numbers {
    () => {
        "select coalesce(h.desired_seq, 0), coalesce(o.seq, 0), coalesce(n.seq, 0)
         from deployment_target t
         left join audit_head h on h.organization_id = t.organization_id
         left join desired_number o on o.id = coalesce(t.customer_id, t.organization_id)
         left join desired_number n on n.id = t.id
         where t.id = $2 and t.organization_id = $1"
    };
}
#[cfg(test)]
pub(crate) use numbers;

macro_rules! agents {
    () => {
        "select t.id, t.name, t.organization_id, t.customer_id, c.features, t.credential
         from deployment_target t left join customer c on c.id = t.customer_id "
    };
}

fn agent(row: &Row) -> Result<Agent, Error> {
    let target: DeploymentTargetId = id(row, 0)?;
    let features: Option<String> = row.get(4)?;
    Ok(Agent {
        target,
        name: name(row, 1, "deployment_target", target)?,
        organization: id(row, 2)?,
        customer: optional_id(row, 3)?,
        features: match features {
            Some(features) => split(&features).ok_or_else(|| corrupt("customer", "features", target.0))?,
            None => Feature::ALL.to_vec(),
        },
        credential: count(row, 5)?,
    })
}

impl Tx {
    /// The agent of a deployment target, if this is the hash of the target's secret.
    pub async fn find_agent_by_secret(
        &mut self,
        target: DeploymentTargetId,
        secret: &SecretHash,
    ) -> Result<Option<Agent>, Error> {
        let sql = concat!(agents!(), "where t.id = $1 and t.secret_hash = $2");
        self.db.query_opt(sql, params![target, secret.as_slice()]).await?.as_ref().map(agent).transpose()
    }

    /// The agent of a deployment target, if it signed in with the target's last secret, by that secret's number.
    pub async fn find_agent(
        &mut self,
        target: DeploymentTargetId,
        credential: u64,
    ) -> Result<Option<Agent>, Error> {
        let sql = concat!(agents!(), "where t.id = $1 and t.credential = $2 and t.secret_hash is not null");
        let credential = i64::try_from(credential).unwrap_or(i64::MAX);
        self.db.query_opt(sql, params![target, credential]).await?.as_ref().map(agent).transpose()
    }

    /// The agent of a deployment target, whatever it can show; to say whose it is.
    pub async fn find_target_agent(&mut self, target: DeploymentTargetId) -> Result<Option<Agent>, Error> {
        let sql = concat!(agents!(), "where t.id = $1");
        self.db.query_opt(sql, params![target]).await?.as_ref().map(agent).transpose()
    }

    /// The numbers of a target's agent; `None` if there is no such target in the organization.
    pub async fn find_numbers(
        &mut self,
        organization: OrganizationId,
        target: DeploymentTargetId,
    ) -> Result<Option<Numbers>, Error> {
        let Some(row) = self.db.query_opt(numbers!(), params![organization, target]).await? else {
            return Ok(None);
        };
        let read = Read { everybody: count(&row, 0)?, owner: count(&row, 1)? };
        Ok(Some(Numbers { read, target: count(&row, 2)? }))
    }

    /// Notes when the agent of a target was last heard of, and which version it said it is. That needs no permit: the agent
    /// had one.
    pub async fn touch_agent(
        &mut self,
        target: DeploymentTargetId,
        seen_at: DateTime<Utc>,
        version: Option<&str>,
    ) -> Result<(), Error> {
        // Two processes may have heard of it; the later word counts.
        let sql = "update deployment_target set seen_at = $2, agent_version = coalesce($3, agent_version)
                   where id = $1 and (seen_at < $2 or seen_at is null)";
        self.db.execute(sql, params![target, seen_at, version]).await?;
        Ok(())
    }
}
