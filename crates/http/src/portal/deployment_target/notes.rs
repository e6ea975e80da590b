//! Notes on a deployment target, each side's own.

use axum::extract::State;
use grantry_model::id::DeploymentTargetId;
use grantry_ops::deployment_target::notes;
use grantry_ui::form::{FormState, lines};
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::deployment_target::notes::Notes;
use grantry_ui::route::ShowDeploymentTarget;

use super::show::page;
use crate::app::App;
use crate::extract::Path;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{MemberForm, go};

/// The text of the notes.
pub(crate) struct Form(String);

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        Self(lines(&fields.text("notes")))
    }
}

/// Keeps them.
pub(crate) async fn update(
    State(app): State<App>,
    Path(id): Path<DeploymentTargetId>,
    MemberForm { member, form: Form(text) }: MemberForm<Form>,
) -> PageResult {
    match checked(notes::update(&app.ops, &member.caller, id, &text).await)? {
        Ok(_) => Ok(go(&ShowDeploymentTarget { target: id }, Notice::Saved)),
        Err(refusal) => {
            let notes = Notes { form: FormState::refused(text, refusal.errors.clone()), updated_at: None };
            let page = page(&app, &member, id, Some(notes)).await?;
            Ok(member.refused(&refusal, Nav::Deployments, &page))
        }
    }
}
