//! Ending one of one's own sessions.

use axum::extract::State;
use grantry_model::id::SessionId;
use grantry_ops::Ops;
use grantry_ops::session::end::end;
use grantry_ui::layout::notice::Notice;
use grantry_ui::route::Account;

use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::{MemberForm, go};

/// Ends it.
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Path(id): Path<SessionId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    end(&ops, &member.caller, id).await?;
    Ok(go(&Account, Notice::Revoked))
}
