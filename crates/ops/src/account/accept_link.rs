//! Following a link to set a password: an invitation, or a reset.

use grantry_model::audit::{Author, Event, EventKind, Subject};
use grantry_model::field::{Check, Invalid};
use grantry_model::id::UserId;
use grantry_model::name::Name;
use grantry_model::policy::Permit;
use grantry_model::user::{User, check_password, parse_optional_name};
use grantry_store::audit::HUB;
use grantry_store::store::Tx;

use crate::Ops;
use crate::caller::Visitor;
use crate::error::{Error, Kind, Result};
use crate::hub_secret::Secret;
use crate::session::{Opened, open};

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Whose password it sets.
    pub user: User,
    /// The organization that they were invited to; `None`: they get a new password.
    pub invited_to: Option<Name>,
}

/// What a link is for.
///
/// # Errors
/// The link is not known, was used, or has expired.
pub async fn find_purpose(ops: &Ops, secret: &Secret) -> Result<Purpose> {
    let mut tx = ops.store().read().await?;
    let link = tx.find_link(&secret.hash(), ops.clock().now()).await?.ok_or(Error::NotFound(Kind::Link))?;
    let user = link.user.ok_or(Error::NotFound(Kind::Link))?;
    let user = tx.find_user(user).await?.ok_or(Error::NotFound(Kind::Link))?;
    let organization = match link.organization.filter(|_| !user.active) {
        Some(id) => tx.find_organization(&Permit::operator(id)).await?,
        None => None,
    };
    Ok(Purpose { user, invited_to: organization.map(|organization| organization.name) })
}

/// Sets the password, and the name if one is given, uses the link up, ends the user's sessions elsewhere and opens one
/// here.
///
/// # Errors
/// The link is not known, was used, or has expired; the password or name is not valid.
pub async fn accept_link(
    ops: &Ops,
    secret: &Secret,
    name: &str,
    password: &str,
    visitor: &Visitor,
) -> Result<Opened> {
    find_purpose(ops, secret).await?;
    let name = parse(name, password)?;
    let hash = ops.0.hasher.hash(password).await?;
    let mut tx = ops.store().write().await?;
    let link = tx.find_link(&secret.hash(), ops.clock().now()).await?.ok_or(Error::NotFound(Kind::Link))?;
    let user = link.user.ok_or(Error::NotFound(Kind::Link))?;
    if !tx.delete_link(link.id).await? {
        return Err(Error::NotFound(Kind::Link));
    }
    if !name.is_empty() {
        tx.update_user_name(user, &name).await?;
    }
    set_password(&mut tx, user, &hash).await?;
    let opened = open(ops, &mut tx, user, visitor).await?;
    record(ops, &mut tx, user, visitor).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Sets a password; whoever held the account by an older one, or by a link, no longer does.
async fn set_password(tx: &mut Tx, user: UserId, hash: &str) -> Result<()> {
    tx.update_password_hash(user, hash).await?;
    tx.delete_links_of(user).await?;
    tx.delete_other_sessions(user, None).await?;
    Ok(())
}

fn parse(name: &str, password: &str) -> std::result::Result<String, Invalid> {
    let mut check = Check::new();
    let name = check.take(parse_optional_name(name));
    check.take(check_password(password));
    check.finish(name)
}

async fn record(ops: &Ops, tx: &mut Tx, user: UserId, visitor: &Visitor) -> Result<()> {
    let user = tx.find_user(user).await?.ok_or(Error::NotFound(Kind::Link))?;
    let author = Author::anonymous(Some(user.id), user.display_name(), &visitor.address);
    let event = Event::new(EventKind::InvitationAccepted, Subject::new("user", user.id, user.email.as_str()));
    let memberships = tx.list_memberships(user.id).await?;
    let organization = memberships.first().map_or(HUB, |membership| membership.organization);
    Ok(tx.record(organization, ops.stamp()?, &author, &event).await?)
}
