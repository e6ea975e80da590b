//! Choosing the image of an application.

use axum::extract::State;
use grantry_model::id::ApplicationId;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::application::{self, image::choose};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::image::edit::{Edit, Of};
use grantry_ui::route::ShowApplication;

use super::Form;
use crate::extract::Path;
use crate::portal::error::{PageError, PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

async fn page(ops: &Ops, member: &Member, id: ApplicationId, form: FormState<()>) -> Result<Edit, PageError> {
    let application = application::show(ops, &member.caller, id).await?.application;
    let (of, name) = (Of::Application(id), application.name.as_str().to_owned());
    Ok(Edit { of, name, image: application.image, form })
}

/// The form.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    ops.require(&member.caller, Action::EditApplications).await?;
    let page = page(&ops, &member, id, FormState::default()).await?;
    Ok(member.page(Nav::Applications, &page))
}

/// Uploads and chooses an image, or takes it away.
pub(crate) async fn update(
    State(ops): State<Ops>,
    Path(id): Path<ApplicationId>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    match checked(choose(&ops, &member.caller, id, form.choice()).await)? {
        Ok(_) => Ok(go(&ShowApplication { application: id }, Notice::Saved)),
        Err(refusal) => {
            let page = page(&ops, &member, id, FormState::refused((), refusal.errors.clone())).await?;
            Ok(member.refused(&refusal, Nav::Applications, &page))
        }
    }
}
