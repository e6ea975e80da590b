//! Renaming an application.

use axum::extract::State;
use grantry_model::id::ApplicationId;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::application::update::{self, Input};
use grantry_ops::application::{self, Detail};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::application::edit::Edit;
use grantry_ui::route::ShowApplication;

use crate::extract::Path;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The new name.
pub(crate) struct Form(pub(crate) String);

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        Self(fields.text("name"))
    }
}

fn page(detail: &Detail, form: FormState<String>) -> Edit {
    let application = &detail.application;
    Edit { application: application.id, name: application.name.as_str().to_owned(), form }
}

/// The form.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    ops.require(&member.caller, Action::EditApplications).await?;
    let detail = application::show(&ops, &member.caller, id).await?;
    let form = FormState::fresh(detail.application.name.as_str().to_owned());
    Ok(member.page(Nav::Applications, &page(&detail, form)))
}

/// Renames it.
pub(crate) async fn update(
    State(ops): State<Ops>,
    Path(id): Path<ApplicationId>,
    MemberForm { member, form: Form(name) }: MemberForm<Form>,
) -> PageResult {
    let input = Input { name: Some(&name), ..Input::default() };
    match checked(update::update(&ops, &member.caller, id, input).await)? {
        Ok(_) => Ok(go(&ShowApplication { application: id }, Notice::Saved)),
        Err(refusal) => {
            let detail = application::show(&ops, &member.caller, id).await?;
            let page = page(&detail, FormState::refused(name, refusal.errors.clone()));
            Ok(member.refused(&refusal, Nav::Applications, &page))
        }
    }
}
