//! Creating an application.

use axum::extract::State;
use grantry_model::application::TargetKind;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::application::create;
use grantry_ops::once::Once;
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::application::new::{ApplicationValues, New};
use grantry_ui::route::NewApplicationVersion;

use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

impl ReadForm for ApplicationValues {
    fn read(fields: &Fields) -> Self {
        Self { name: fields.text("name"), kind: fields.text("type").parse().unwrap_or(TargetKind::Docker) }
    }
}

/// The form.
pub(crate) async fn show(State(ops): State<Ops>, member: Member) -> PageResult {
    ops.require(&member.caller, Action::EditApplications).await?;
    Ok(member.page(Nav::Applications, &New::default()))
}

/// Creates it, and leads to its first version.
pub(crate) async fn create(
    State(ops): State<Ops>,
    MemberForm { member, form: values }: MemberForm<ApplicationValues>,
) -> PageResult {
    let input = (values.name.as_str(), values.kind.as_str());
    match checked(create::create(&ops, &member.caller, input, &Once::without_key()).await)? {
        Ok(outcome) => {
            let application = outcome.made()?.id;
            Ok(go(&NewApplicationVersion { application }, Notice::Created))
        }
        Err(refusal) => {
            let page = New { form: FormState::refused(values, refusal.errors.clone()) };
            Ok(member.refused(&refusal, Nav::Applications, &page))
        }
    }
}
