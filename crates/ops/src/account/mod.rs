//! One's own account, and the links by which a password is set.

pub mod accept_link;
pub(crate) mod make_link;
pub mod reset_password;
pub mod update;

use chrono::TimeDelta;
use grantry_model::id::UserId;
use grantry_model::user::User;

use crate::Ops;
use crate::error::{Error, Result};

/// How long a link works by which a password is set.
pub const LINK_VALIDITY: TimeDelta = TimeDelta::days(7);

/// A user's account.
///
/// # Errors
/// There is no such account.
pub async fn show(ops: &Ops, user: UserId) -> Result<User> {
    ops.store().read().await?.find_user(user).await?.ok_or(Error::Unauthenticated)
}
