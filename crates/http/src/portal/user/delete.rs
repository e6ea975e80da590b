//! Removing a member.

use axum::extract::State;
use grantry_model::id::UserId;
use grantry_ops::Ops;
use grantry_ops::member::remove;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::user::delete::Delete;
use grantry_ui::route::Users;

use super::display_name;
use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::{Member, MemberForm, go};

/// The question.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, Path(id): Path<UserId>) -> PageResult {
    let (person, access_tokens) = remove::preview(&ops, &member.caller, id).await?;
    let page = Delete { user: id, name: display_name(&person.user), access_tokens };
    Ok(member.page(Nav::Users, &page))
}

/// Removes them.
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Path(id): Path<UserId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    remove::remove(&ops, &member.caller, id).await?;
    Ok(go(&Users, Notice::Removed))
}
