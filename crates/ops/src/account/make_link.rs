//! Making a link by which a user sets a password.

use chrono::TimeDelta;
use grantry_model::audit::{Author, Event, EventKind, Subject};
use grantry_model::id::{OrganizationId, UserId};
use grantry_store::audit::HUB;
use grantry_store::one_time_link::OneTimeLink;
use grantry_store::store::Tx;
use uuid::Uuid;

use crate::Ops;
use crate::error::{Error, Kind, Result};
use crate::secret::{Secret, SecretKind};

/// How long a link works.
pub const LINK_VALIDITY: TimeDelta = TimeDelta::days(7);

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

/// Makes a link by which the user of an address sets a new password; for the operator.
///
/// # Errors
/// There is no such user.
pub async fn reset_password(ops: &Ops, email: &str) -> Result<Secret> {
    let mut tx = ops.store().write().await?;
    let user = tx.find_user_by_email(email).await?.ok_or(Error::NotFound(Kind::Member))?;
    let secret = make_link(ops, &mut tx, Some(user.id), None).await?;
    let subject = Subject::new("user", user.id, user.email.as_str());
    let event = Event::new(EventKind::PasswordLinkMade, subject);
    let memberships = tx.list_memberships(user.id).await?;
    let organization = memberships.first().map_or(HUB, |membership| membership.organization);
    tx.record(organization, ops.stamp()?, &Author::operator(), &event).await?;
    tx.commit().await?;
    Ok(secret)
}
