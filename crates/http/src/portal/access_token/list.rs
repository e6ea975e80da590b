//! One's own access tokens.

use axum::extract::State;
use grantry_model::access_token::AccessToken;
use grantry_ops::{Ops, access_token};
use grantry_ui::layout::Nav;
use grantry_ui::pages::access_token::list::{List, Row};

use super::name;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The list.
pub(crate) async fn list(State(ops): State<Ops>, member: Member) -> PageResult {
    let tokens = access_token::list(&ops, &member.caller).await?;
    let page = List { rows: tokens.iter().map(row).collect() };
    Ok(member.page(Nav::AccessTokens, &page))
}

fn row(token: &AccessToken) -> Row {
    Row {
        token: token.id,
        label: name(&token.label),
        role: token.role,
        created_at: token.created_at,
        expires_at: token.expires_at,
        last_used_at: token.last_used_at,
    }
}
