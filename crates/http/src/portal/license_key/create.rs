//! Creating a license key.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Months, Utc};
use grantry_model::field::FieldError;
use grantry_model::license_key::LicenseKey;
use grantry_model::policy::Action;
use grantry_ops::error::Error;
use grantry_ops::license_key::create::{self, Input};
use grantry_ops::once::{Once, Outcome};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::license_key::fields::{KeyValues, Preview};
use grantry_ui::pages::license_key::new::New;
use grantry_ui::route::ShowLicenseKey;
use serde::Deserialize;

use super::{owners, terms};
use crate::app::App;
use crate::extract::Query;
use crate::portal::error::{PageResult, Refusal, checked};
use crate::portal::form::{customer, write_day};
use crate::portal::frame::{Member, MemberForm, go};

/// Whom the key is for.
#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(default)]
    customer: String,
}

/// The form.
pub(crate) async fn show(State(app): State<App>, member: Member, Query(params): Query<Params>) -> PageResult {
    app.ops.require(&member.caller, Action::CreateLicenseKey).await?;
    let form = FormState::fresh(proposed(params.customer, app.ops.clock().now()));
    let page = page(&app, &member, form).await?;
    Ok(member.page(Nav::Licenses, &page))
}

/// Creates it.
pub(crate) async fn create(
    State(app): State<App>,
    MemberForm { member, form: values }: MemberForm<KeyValues>,
) -> PageResult {
    let outcome = match input(&values) {
        Ok(input) => checked(create::create(&app.ops, &member.caller, input, &Once::without_key()).await)?,
        Err(errors) => Err(errors.into()),
    };
    match outcome.map(Outcome::made) {
        Ok(key) => Ok(created(&key?)),
        Err(refusal) => refused(&app, member, values, refusal).await,
    }
}

fn created(key: &LicenseKey) -> Response {
    go(&ShowLicenseKey { key: key.id }, Notice::Created)
}

async fn refused(app: &App, member: Member, values: KeyValues, refusal: Refusal) -> PageResult {
    let form = FormState::refused(values, refusal.errors.clone());
    let page = page(app, &member, form).await?;
    Ok(member.refused(&refusal, Nav::Licenses, &page))
}

fn input(values: &KeyValues) -> Result<Input<'_>, Vec<FieldError>> {
    Ok(Input {
        name: &values.name,
        description: &values.description,
        customer: customer(&values.customer).map_err(|error| vec![error])?,
        terms: terms::typed(values)?,
    })
}

/// What a fresh form proposes: a year from today on.
fn proposed(customer: String, now: DateTime<Utc>) -> KeyValues {
    KeyValues {
        customer,
        not_before: write_day(now),
        expires_at: write_day(now.checked_add_months(Months::new(12)).unwrap_or(now)),
        grace_days: "0".to_owned(),
        payload: "{\n  \n}".to_owned(),
        ..KeyValues::default()
    }
}

async fn page(app: &App, member: &Member, form: FormState<KeyValues>) -> Result<New, Error> {
    let preview = Preview {
        issuer: app.public_url().to_owned(),
        organization: member.caller.actor.organization,
        subject: None,
        revision: 1,
    };
    Ok(New { form, customers: owners(&app.ops, &member.caller).await?, preview })
}
