//! Who sees applications.

use axum::extract::State;
use grantry_model::organization::Organization;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::error::Error;
use grantry_ops::organization::applications;
use grantry_ui::form::FormState;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::settings::applications::ApplicationSettings;
use grantry_ui::route;

use crate::app::App;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::PageResult;
use crate::portal::frame::{Member, MemberForm, go};

/// Whether customers deploy only what they are entitled to. Anything unknown is the narrower choice.
pub(crate) struct Form {
    restricted: bool,
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        Self { restricted: fields.text("applications") != "open" }
    }
}

/// The section.
pub(super) async fn section(
    app: &App,
    member: &Member,
    organization: &Organization,
) -> Result<ApplicationSettings, Error> {
    let effects = applications::preview(&app.ops, &member.caller).await?;
    Ok(ApplicationSettings {
        form: FormState::fresh(organization.applications_restricted),
        customers: effects.customers,
        entitled: effects.entitled,
        applications: effects.applications,
        can_restrict: member.may(app, Action::RestrictApplications),
    })
}

/// Saves it.
pub(crate) async fn update(
    State(ops): State<Ops>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    applications::set_restricted(&ops, &member.caller, form.restricted).await?;
    Ok(go(&route::Settings, Notice::Saved))
}
