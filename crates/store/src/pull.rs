//! Pulls.

use chrono::{DateTime, Utc};
use grantry_model::id::{ArtifactId, CustomerId, ManifestId, OrganizationId, PullId, UserId};

use crate::db::params;
use crate::error::Error;
use crate::store::Tx;

/// A pull that is to be kept, with the names of its time.
#[derive(Debug, Clone)]
pub struct NewPull {
    /// Its id.
    pub id: PullId,
    /// When.
    pub at: DateTime<Utc>,
    /// Of which artifact.
    pub artifact: ArtifactId,
    /// What it was called.
    pub artifact_name: String,
    /// The manifest.
    pub manifest: ManifestId,
    /// By what it was asked for: a tag or a digest.
    pub reference: String,
    /// Its digest.
    pub digest: String,
    /// Its media type.
    pub media_type: String,
    /// The customer whose member pulled; `None` for the vendor's staff.
    pub customer: Option<CustomerId>,
    /// Who pulled.
    pub user: UserId,
    /// What they were called.
    pub user_name: String,
    /// Their address.
    pub user_email: String,
    /// The network address.
    pub address: String,
    /// The client, as it names itself.
    pub user_agent: String,
}

impl Tx {
    /// Keeps a pull that was served in an organization. It was permitted then; so there is no permit.
    pub async fn insert_pull(&mut self, organization: OrganizationId, pull: &NewPull) -> Result<(), Error> {
        self.db
            .execute(
                "insert into artifact_pull (id, organization_id, at, artifact_id, artifact_name, manifest_id, reference,
                   digest, media_type, customer_id, customer_name, user_id, user_name, user_email, address, user_agent)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                   (select c.name from customer c where c.id = $10), $11, $12, $13, $14, $15)",
                params![
                    pull.id,
                    organization,
                    pull.at,
                    pull.artifact,
                    pull.artifact_name.as_str(),
                    pull.manifest,
                    pull.reference.as_str(),
                    pull.digest.as_str(),
                    pull.media_type.as_str(),
                    pull.customer,
                    pull.user,
                    pull.user_name.as_str(),
                    pull.user_email.as_str(),
                    pull.address.as_str(),
                    pull.user_agent.as_str()
                ],
            )
            .await?;
        Ok(())
    }
}
