//! Copying what another customer is licensed for.

use axum::extract::State;
use chrono::{DateTime, Months, Utc};
use grantry_model::field::{Check, FieldError};
use grantry_model::id::CustomerId;
use grantry_model::policy::Action;
use grantry_ops::customer;
use grantry_ops::customer::copy::{self, Input};
use grantry_ops::error::Error;
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::license::copy::{Copy, CopyKind, CopyValues};
use grantry_ui::route::CustomerLicenses;

use crate::app::App;
use crate::extract::Path;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::form::{day, write_day};
use crate::portal::frame::{Member, MemberForm, go};
use crate::portal::license_key::owners;

impl ReadForm for CopyValues {
    fn read(fields: &Fields) -> Self {
        Self {
            from: fields.text("from"),
            expires_at: fields.text("expiresAt"),
            kinds: fields.all("kinds").filter_map(|kind| CopyKind::of(&kind)).collect(),
        }
    }
}

/// The form.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<CustomerId>) -> PageResult {
    app.ops.require(&member.caller, creates(CopyKind::ArtifactEntitlements)).await?;
    let form = FormState::fresh(proposed(offered(&app, &member), app.ops.clock().now()));
    let page = page(&app, &member, id, form).await?;
    Ok(member.page(Nav::Licenses, &page))
}

/// Copies.
pub(crate) async fn create(
    State(app): State<App>,
    Path(id): Path<CustomerId>,
    MemberForm { member, form: values }: MemberForm<CopyValues>,
) -> PageResult {
    app.ops.require(&member.caller, creates(CopyKind::ArtifactEntitlements)).await?;
    let copied = match input(&values, id) {
        Ok(input) => checked(copy::copy(&app.ops, &member.caller, input).await)?,
        Err(errors) => Err(errors.into()),
    };
    match copied {
        Ok(_) => Ok(go(&CustomerLicenses { customer: id }, Notice::Copied)),
        Err(refusal) => {
            let form = FormState::refused(values, refusal.errors.clone());
            let page = page(&app, &member, id, form).await?;
            Ok(member.refused(&refusal, Nav::Licenses, &page))
        }
    }
}

fn input(values: &CopyValues, to: CustomerId) -> Result<Input, Vec<FieldError>> {
    let mut check = Check::new();
    let from = check.take(
        values
            .from
            .parse()
            .map_err(|_| FieldError::new("from", "customer_unknown", "Choose a customer from the list.")),
    );
    let expires_at = check.take(day("expiresAt", &values.expires_at));
    let all = check.finish(from.zip(expires_at)).map_err(|invalid| invalid.0);
    let (from, expires_at) = all?;
    Ok(Input {
        from,
        to,
        expires_at,
        application_entitlements: values.kinds.contains(&CopyKind::ApplicationEntitlements),
        artifact_entitlements: values.kinds.contains(&CopyKind::ArtifactEntitlements),
        license_keys: values.kinds.contains(&CopyKind::LicenseKeys),
    })
}

/// What a fresh form proposes: everything, for a year.
fn proposed(kinds: Vec<CopyKind>, now: DateTime<Utc>) -> CopyValues {
    let end = now.checked_add_months(Months::new(12)).unwrap_or(now);
    CopyValues { from: String::new(), expires_at: write_day(end), kinds }
}

/// What it takes to copy this.
fn creates(kind: CopyKind) -> Action {
    match kind {
        CopyKind::ApplicationEntitlements => Action::EditApplicationEntitlements,
        CopyKind::ArtifactEntitlements => Action::EditArtifactEntitlements,
        CopyKind::LicenseKeys => Action::CreateLicenseKey,
    }
}

/// The kinds that a member may copy.
pub(super) fn offered(app: &App, member: &Member) -> Vec<CopyKind> {
    CopyKind::ALL.into_iter().filter(|kind| member.may(app, creates(*kind))).collect()
}

async fn page(
    app: &App,
    member: &Member,
    id: CustomerId,
    form: FormState<CopyValues>,
) -> Result<Copy, Error> {
    let (found, _) = customer::show(&app.ops, &member.caller, id).await?;
    let mut others = owners(&app.ops, &member.caller).await?;
    others.retain(|other| other.customer != id);
    Ok(Copy {
        customer: id,
        name: found.name.as_str().to_owned(),
        others,
        offered: offered(app, member),
        form,
    })
}
