//! Setting up an organization from the command line.

use grantry_model::access_token::AccessToken;
use grantry_model::audit::Author;
use grantry_model::field::{Check, Invalid};
use grantry_model::id::{OrganizationId, UserId};
use grantry_model::name::Email;
use grantry_model::organization::OrganizationDraft;
use grantry_model::policy::Permit;
use grantry_model::user::{User, check_password};
use grantry_store::store::Tx;

use super::found;
use crate::Ops;
use crate::error::Result;
use crate::hub_secret::{Secret, SecretKind};

/// What the command is given.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The organization's name.
    pub organization: &'a str,
    /// The organization's slug.
    pub slug: &'a str,
    /// The administrator's address; an account that has it becomes the administrator.
    pub email: &'a str,
    /// A password for a new account; without one it is set by link later.
    pub password: Option<&'a str>,
}

/// What was made.
#[derive(Debug)]
pub struct Made {
    /// The organization.
    pub organization: OrganizationId,
    /// Its administrator.
    pub user: UserId,
    /// An access token of the administrator, shown this once.
    pub access_token: Secret,
}

/// Adds an organization with an administrator and an access token of theirs.
///
/// # Errors
/// A field is not valid, or the slug is taken: it never works twice for one slug.
pub async fn set_up(ops: &Ops, input: Input<'_>) -> Result<Made> {
    let (draft, email) = parse(input)?;
    let hash = match input.password {
        Some(password) => Some(ops.0.hasher.hash(password).await?),
        None => None,
    };
    let mut tx = ops.store().write().await?;
    let user = find_or_add(ops, &mut tx, email, hash.as_deref()).await?;
    let (organization, _) = found(ops, &mut tx, draft, user.clone(), &Author::operator()).await?;
    let secret = add_access_token(ops, &mut tx, &user, organization.id).await?;
    tx.commit().await?;
    Ok(Made { organization: organization.id, user: user.id, access_token: secret })
}

fn parse(input: Input<'_>) -> std::result::Result<(OrganizationDraft, Email), Invalid> {
    let organization = OrganizationDraft::parse(input.organization, input.slug)?;
    let mut check = Check::new();
    let email = check.take(Email::parse("email", input.email));
    if let Some(password) = input.password {
        check.take(check_password(password));
    }
    check.finish(email.map(|email| (organization, email)))
}

/// An existing account keeps its password: the operator resets it by its own command if that is meant.
async fn find_or_add(ops: &Ops, tx: &mut Tx, email: Email, hash: Option<&str>) -> Result<User> {
    if let Some(user) = tx.find_user_by_email(email.as_str()).await? {
        return Ok(user);
    }
    let now = ops.clock().now();
    let user =
        User { id: ops.new_id()?, email, name: String::new(), created_at: now, active: hash.is_some() };
    tx.insert_user(&user).await?;
    if let Some(hash) = hash {
        tx.update_password_hash(user.id, hash).await?;
    }
    Ok(user)
}

async fn add_access_token(
    ops: &Ops,
    tx: &mut Tx,
    user: &User,
    organization: OrganizationId,
) -> Result<Secret> {
    let secret = Secret::generate(SecretKind::AccessToken)?;
    let token = AccessToken {
        id: ops.new_id()?,
        label: "Made at set-up".to_owned(),
        role: None,
        created_at: ops.clock().now(),
        expires_at: None,
        last_used_at: None,
    };
    let permit = Permit::operator(organization).on_behalf_of(user.id);
    tx.insert_access_token(&permit, &token, &secret.hash()).await?;
    Ok(secret)
}
