//! Choosing the image of an artifact.

use axum::extract::State;
use grantry_model::id::ArtifactId;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::artifact::{image::choose, show};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::image::edit::{Edit, Of};
use grantry_ui::route::ShowArtifact;

use super::Form;
use crate::extract::Path;
use crate::portal::error::{PageError, PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

async fn page(ops: &Ops, member: &Member, id: ArtifactId, form: FormState<()>) -> Result<Edit, PageError> {
    let none = PageRequest { limit: Some(0), ..PageRequest::default() };
    let artifact = show::show(ops, &member.caller, id, &none).await?.listed.artifact;
    let (of, name) = (Of::Artifact(id), artifact.name.to_string());
    Ok(Edit { of, name, image: artifact.image, form })
}

/// The form.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, Path(id): Path<ArtifactId>) -> PageResult {
    ops.require(&member.caller, Action::PushArtifacts).await?;
    let page = page(&ops, &member, id, FormState::default()).await?;
    Ok(member.page(Nav::Artifacts, &page))
}

/// Uploads and chooses an image, or takes it away.
pub(crate) async fn update(
    State(ops): State<Ops>,
    Path(id): Path<ArtifactId>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    match checked(choose(&ops, &member.caller, id, form.choice()).await)? {
        Ok(_) => Ok(go(&ShowArtifact { artifact: id }, Notice::Saved)),
        Err(refusal) => {
            let page = page(&ops, &member, id, FormState::refused((), refusal.errors.clone())).await?;
            Ok(member.refused(&refusal, Nav::Artifacts, &page))
        }
    }
}
