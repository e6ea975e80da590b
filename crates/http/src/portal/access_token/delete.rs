//! Deleting an access token.

use axum::extract::State;
use grantry_model::id::AccessTokenId;
use grantry_ops::Ops;
use grantry_ops::access_token::{self, delete};
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::access_token::delete::Delete;
use grantry_ui::route::AccessTokens;

use super::name;
use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::{Member, MemberForm, go};

/// The question.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    Path(id): Path<AccessTokenId>,
) -> PageResult {
    let token = access_token::show(&ops, &member.caller, id).await?;
    let page = Delete { token: id, label: name(&token.label), last_used_at: token.last_used_at };
    Ok(member.page(Nav::AccessTokens, &page))
}

/// Deletes it.
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Path(id): Path<AccessTokenId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    delete::delete(&ops, &member.caller, id).await?;
    Ok(go(&AccessTokens, Notice::Deleted))
}
