//! Name, slug and plan of the organization, and how it distributes applications and artifacts.

use axum::extract::State;
use grantry_model::organization::Organization;
use grantry_model::policy::Action;
use grantry_ops::error::Error;
use grantry_ops::organization::{self, update};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::settings::show::{Settings, SettingsValues};
use grantry_ui::route;

use super::{applications, artifacts};
use crate::app::App;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};
use crate::portal::license::locked::{in_force, plan_name};

impl ReadForm for SettingsValues {
    fn read(fields: &Fields) -> Self {
        Self { name: fields.text("name"), slug: fields.text("slug") }
    }
}

async fn page(
    app: &App,
    member: &Member,
    organization: &Organization,
    form: FormState<SettingsValues>,
) -> Result<Settings, Error> {
    let (subscription, now) = (organization.subscription, app.ops.clock().now());
    Ok(Settings {
        form,
        plan: plan_name(in_force(subscription, now)).to_owned(),
        plan_until: subscription.until.filter(|until| *until > now),
        organization: organization.id.to_string(),
        applications: Some(applications::section(app, member, organization).await?),
        artifacts: Some(artifacts::section(app, member, organization).await?),
        can_edit: member.may(app, Action::EditOrganization),
    })
}

/// The page.
pub(crate) async fn show(State(app): State<App>, member: Member) -> PageResult {
    // A customer's members see the organization's name everywhere, but its settings are the vendor's.
    app.ops.require(&member.caller, Action::ViewCustomers).await?;
    let organization = organization::show(&app.ops, &member.caller).await?;
    let values = SettingsValues {
        name: organization.name.as_str().to_owned(),
        slug: organization.slug.as_str().to_owned(),
    };
    let page = page(&app, &member, &organization, FormState::fresh(values)).await?;
    Ok(member.page(Nav::Settings, &page))
}

/// Saves them.
pub(crate) async fn update(
    State(app): State<App>,
    MemberForm { member, form: values }: MemberForm<SettingsValues>,
) -> PageResult {
    match checked(update::update(&app.ops, &member.caller, &values.name, Some(&values.slug)).await)? {
        Ok(_) => Ok(go(&route::Settings, Notice::Saved)),
        Err(refusal) => {
            let organization = organization::show(&app.ops, &member.caller).await?;
            let form = FormState::refused(values, refusal.errors.clone());
            let page = page(&app, &member, &organization, form).await?;
            Ok(member.refused(&refusal, Nav::Settings, &page))
        }
    }
}
