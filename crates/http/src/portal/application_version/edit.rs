//! Renaming a version.

use axum::extract::State;
use grantry_model::policy::Action;
use grantry_ops::application_version::{self, At, update};
use grantry_ops::error::Error;
use grantry_ops::{Ops, application};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::application_version::edit::Edit;
use grantry_ui::route::ShowApplicationVersion;

use crate::extract::ApplicationVersionPath;
use crate::portal::application::edit::Form;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

async fn page(ops: &Ops, member: &Member, at: At, form: Option<FormState<String>>) -> Result<Edit, Error> {
    let version = application_version::show(ops, &member.caller, at).await?;
    let application = application::show(ops, &member.caller, at.0).await?.application;
    let name = version.name.as_str().to_owned();
    Ok(Edit {
        application: at.0,
        application_name: application.name.as_str().to_owned(),
        version: at.1,
        form: form.unwrap_or_else(|| FormState::fresh(name.clone())),
        name,
    })
}

/// The form.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    ApplicationVersionPath(at): ApplicationVersionPath,
) -> PageResult {
    ops.require(&member.caller, Action::EditApplications).await?;
    let page = page(&ops, &member, at, None).await?;
    Ok(member.page(Nav::Applications, &page))
}

/// Renames it.
pub(crate) async fn update(
    State(ops): State<Ops>,
    ApplicationVersionPath(at): ApplicationVersionPath,
    MemberForm { member, form: Form(name) }: MemberForm<Form>,
) -> PageResult {
    ops.require(&member.caller, Action::EditApplications).await?;
    let before = application_version::show(&ops, &member.caller, at).await?;
    match checked(update::update(&ops, &member.caller, at, (&name, before.archived_at)).await)? {
        Ok(_) => Ok(go(&ShowApplicationVersion { application: at.0, version: at.1 }, Notice::Saved)),
        Err(refusal) => {
            let form = FormState::refused(name, refusal.errors.clone());
            let page = page(&ops, &member, at, Some(form)).await?;
            Ok(member.refused(&refusal, Nav::Applications, &page))
        }
    }
}
