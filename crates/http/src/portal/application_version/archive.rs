//! Archiving a version, or bringing it back.

use axum::extract::State;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::application_version::{self, update};
use grantry_ui::layout::notice::Notice;
use grantry_ui::route::ShowApplication;

use crate::extract::ApplicationVersionPath;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::PageResult;
use crate::portal::frame::{MemberForm, go};

/// Whether it is to be archived.
pub(crate) struct Form(bool);

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        Self(fields.text("archived") == "true")
    }
}

/// Archives it, or brings it back. One that is archived already stays so since it was.
pub(crate) async fn update(
    State(ops): State<Ops>,
    ApplicationVersionPath(at): ApplicationVersionPath,
    MemberForm { member, form: Form(archived) }: MemberForm<Form>,
) -> PageResult {
    ops.require(&member.caller, Action::EditApplications).await?;
    let before = application_version::show(&ops, &member.caller, at).await?;
    let since = archived.then(|| before.archived_at.unwrap_or_else(|| ops.clock().now()));
    update::update(&ops, &member.caller, at, (before.name.as_str(), since)).await?;
    let notice = if since == before.archived_at { Notice::Unchanged } else { Notice::Saved };
    Ok(go(&ShowApplication { application: at.0 }, notice))
}
