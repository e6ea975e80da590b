//! Making an artifact that is pulled through from another registry.

use axum::extract::State;
use grantry_model::policy::Action;
use grantry_ops::artifact::upstream::{self, Credentials, Input};
use grantry_ops::once::Once;
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::artifact::fields::UpstreamValues;
use grantry_ui::pages::artifact::new::New;
use grantry_ui::route::ShowArtifact;

use super::registry;
use super::upstream::Form;
use crate::app::App;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The form.
pub(crate) async fn show(State(app): State<App>, member: Member) -> PageResult {
    app.ops.require(&member.caller, Action::PushArtifacts).await?;
    let form = FormState::fresh(UpstreamValues::default());
    let page = New { form, registry: registry(&app, &member.caller).await? };
    Ok(member.page(Nav::Artifacts, &page))
}

/// Makes it.
pub(crate) async fn create(
    State(app): State<App>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    let values = &form.values;
    let credentials = Credentials { username: &values.username, password: &form.password };
    let input = Input {
        name: &values.name,
        url: Some(&values.url),
        credentials: form.has_credentials().then_some(credentials),
        upkeep: form.upkeep(),
    };
    match checked(upstream::create(&app.ops, &member.caller, &input, &Once::without_key()).await)? {
        Ok(outcome) => Ok(go(&ShowArtifact { artifact: outcome.made()?.id }, Notice::Created)),
        Err(refusal) => {
            let form = FormState::refused(form.values, refusal.errors.clone());
            let page = New { form, registry: registry(&app, &member.caller).await? };
            Ok(member.refused(&refusal, Nav::Artifacts, &page))
        }
    }
}
