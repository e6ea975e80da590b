//! Making a link by which a user sets a password.

use grantry_model::id::{OrganizationId, UserId};
use grantry_store::one_time_link::OneTimeLink;
use grantry_store::store::Tx;
use uuid::Uuid;

use super::LINK_VALIDITY;
use crate::Ops;
use crate::error::Result;
use crate::hub_secret::{Secret, SecretKind};

/// Makes a link by which `user` sets a password. The one before it, for the same organization, stops working.
pub(crate) async fn make_link(
    ops: &Ops,
    tx: &mut Tx,
    user: Option<UserId>,
    organization: Option<OrganizationId>,
) -> Result<Secret> {
    let now = ops.clock().now();
    let secret = Secret::generate(SecretKind::Link)?;
    let link = OneTimeLink {
        id: ops.new_id::<Uuid>()?,
        user,
        organization,
        created_at: now,
        expires_at: now + LINK_VALIDITY,
    };
    tx.insert_link(&link, &secret.hash()).await?;
    Ok(secret)
}
