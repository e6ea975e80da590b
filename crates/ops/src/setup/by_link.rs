//! Setting up a new hub in the browser, by its one-time link.

use grantry_model::audit::Author;
use grantry_model::field::{Check, Invalid};
use grantry_model::name::Email;
use grantry_model::organization::OrganizationDraft;
use grantry_model::user::{User, check_password, parse_optional_name};
use grantry_store::user::EMAIL_UNIQUE;

use super::found;
use crate::Ops;
use crate::account::make_link::make_link;
use crate::caller::Visitor;
use crate::error::{Error, Kind, OnConflict, Result};
use crate::hub_secret::Secret;
use crate::session::{Opened, open};

/// What the set-up form asks for.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The organization's name.
    pub organization: &'a str,
    /// The organization's slug.
    pub slug: &'a str,
    /// The first administrator's name.
    pub name: &'a str,
    /// The first administrator's address.
    pub email: &'a str,
    /// The first administrator's password.
    pub password: &'a str,
}

struct Draft {
    organization: OrganizationDraft,
    name: String,
    email: Email,
}

/// Makes the link by which a hub without organization is set up; `None` once it has one.
///
/// # Errors
/// The database can't be written.
pub async fn make_setup_link(ops: &Ops) -> Result<Option<Secret>> {
    let mut tx = ops.store().write().await?;
    if tx.has_organizations().await? {
        return Ok(None);
    }
    let secret = make_link(ops, &mut tx, None, None).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// Whether a set-up link works.
///
/// # Errors
/// It is not known, was used, has expired, or the hub has been set up otherwise meanwhile.
pub async fn check_setup_link(ops: &Ops, secret: &Secret) -> Result<()> {
    let mut tx = ops.store().read().await?;
    let link = tx.find_link(&secret.hash(), ops.clock().now()).await?;
    if link.is_none_or(|link| link.user.is_some()) || tx.has_organizations().await? {
        return Err(Error::NotFound(Kind::Link));
    }
    Ok(())
}

/// Sets up the hub: organization, first administrator, and a session for them.
///
/// # Errors
/// The link does not work; a field is not valid.
pub async fn set_up(ops: &Ops, secret: &Secret, input: Input<'_>, visitor: &Visitor) -> Result<Opened> {
    check_setup_link(ops, secret).await?;
    let draft = parse(input)?;
    let hash = ops.0.hasher.hash(input.password).await?;
    let now = ops.clock().now();
    let mut tx = ops.store().write().await?;
    let link = tx.find_link(&secret.hash(), now).await?.ok_or(Error::NotFound(Kind::Link))?;
    if tx.has_organizations().await? || !tx.delete_link(link.id).await? {
        return Err(Error::NotFound(Kind::Link));
    }
    let user =
        User { id: ops.new_id()?, email: draft.email, name: draft.name, created_at: now, active: true };
    tx.insert_user(&user).await.on_conflict(EMAIL_UNIQUE, || {
        Error::conflict("email_taken", "There is an account with this address already.")
    })?;
    tx.update_password_hash(user.id, &hash).await?;
    let author = Author::anonymous(Some(user.id), user.display_name(), &visitor.address);
    let id = user.id;
    found(ops, &mut tx, draft.organization, user, &author).await?;
    let opened = open(ops, &mut tx, id, visitor).await?;
    tx.commit().await?;
    Ok(opened)
}

fn parse(input: Input<'_>) -> std::result::Result<Draft, Invalid> {
    let mut check = Check::new();
    let organization = match OrganizationDraft::parse(input.organization, input.slug) {
        Ok(draft) => Some(draft),
        Err(Invalid(errors)) => {
            for mut error in errors {
                if error.field == "name" {
                    error.field = "organization";
                }
                check.fail(error);
            }
            None
        }
    };
    let name = check.take(parse_optional_name(input.name));
    let email = check.take(Email::parse("email", input.email));
    check.take(check_password(input.password));
    let all = organization.zip(name).zip(email);
    check.finish(all.map(|((organization, name), email)| Draft { organization, name, email }))
}
