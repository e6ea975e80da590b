//! One's own access tokens.

pub mod create;
pub mod delete;

use grantry_model::access_token::AccessToken;
use grantry_model::id::AccessTokenId;
use grantry_model::policy::Action;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// The caller's tokens, the newest first.
///
/// # Errors
/// The database can't be read.
pub async fn list(ops: &Ops, caller: &Caller) -> Result<Vec<AccessToken>> {
    let permit = ops.authorize(caller, Action::ManageOwnAccessTokens).await?;
    Ok(ops.store().read().await?.list_access_tokens(&permit).await?)
}

/// One of the caller's tokens.
///
/// # Errors
/// They have no such token.
pub async fn show(ops: &Ops, caller: &Caller, id: AccessTokenId) -> Result<AccessToken> {
    let permit = ops.authorize(caller, Action::ManageOwnAccessTokens).await?;
    let token = ops.store().read().await?.find_access_token(&permit, id).await?;
    token.ok_or(Error::NotFound(Kind::AccessToken))
}
