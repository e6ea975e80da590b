//! Deleting a secret, unless deployments read it.

use axum::extract::State;
use grantry_model::id::SecretId;
use grantry_ops::Ops;
use grantry_ops::error::Error;
use grantry_ops::secret::{delete, update};
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::secret::delete::Delete;
use grantry_ui::route::Secrets;

use crate::extract::Path;
use crate::portal::deployment::affected;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The question.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, Path(id): Path<SecretId>) -> PageResult {
    let page = page(&ops, &member, id).await?;
    Ok(member.page(Nav::Secrets, &page))
}

/// Deletes it; if deployments read it by now, the question comes back and names them.
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Path(id): Path<SecretId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    match checked(delete::delete(&ops, &member.caller, id).await)? {
        Ok(()) => Ok(go(&Secrets, Notice::Deleted)),
        Err(refusal) => {
            let page = page(&ops, &member, id).await?;
            Ok(member.refused(&refusal, Nav::Secrets, &page))
        }
    }
}

async fn page(ops: &Ops, member: &Member, id: SecretId) -> Result<Delete, Error> {
    let (secret, readers) = update::preview(ops, &member.caller, id).await?;
    Ok(Delete {
        secret: id,
        key: secret.key.as_str().to_owned(),
        read_by: affected::refs(ops, member, &readers).await?,
    })
}
